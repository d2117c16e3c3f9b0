import assert from "node:assert/strict";
import { REGULARIZERS } from "../../src/training/settings/presets";
import { layout, regularizerLooks } from "../../src/figures/theme";

const names = Object.keys(REGULARIZERS);
const text = ({ color, dash }: { color: string; dash: string }) => `${color} ${dash}`;

describe("regularizerLooks", () => {
  it("all regularizers of the presets differ in color or pattern", () => {
    const looks = [...regularizerLooks(names).values()].map(text);
    assert.equal(new Set(looks).size, names.length);
  });

  it("a look does not depend on the other names, and vanilla, hofer and sliding are solid", () => {
    const all = regularizerLooks(names);
    for (const name of names)
      assert.deepEqual(regularizerLooks(["mine", name]).get(name), all.get(name));
    for (const name of ["vanilla", "hofer", "sliding"]) assert.equal(all.get(name)!.dash, "solid");
  });

  it("a name outside the presets has a look that no other drawn name has", () => {
    const looks = regularizerLooks(["b", "a", "beta-only", "decov"]);
    assert.equal(new Set([...looks.values()].map(text)).size, 4);
  });

  it("looks never use dot and dash, which mean something else in a figure", () => {
    const many = Array.from({ length: 40 }, (_, i) => `name ${i}`);
    for (const { dash } of regularizerLooks([...names, ...many]).values())
      assert(!["dot", "dash"].includes(dash));
  });
});

describe("a subtitle", () => {
  const subtitle = (of: string) => {
    const { title, margin } = layout("", of, { title: { text: "" } }, { title: { text: "" } }) as {
      title: { subtitle: { text: string } };
      margin: { t: number };
    };
    return [title.subtitle.text, margin.t] as const;
  };

  it("a long subtitle breaks between its parts, and the margin has room for its lines", () => {
    const part = "x".repeat(30);
    assert.deepEqual(subtitle(`a; b; ${part}`), [`a; b; ${part}`, 80]);
    assert.deepEqual(subtitle(`${part}; ${part}`), [`${part};<br>${part}`, 95]);
    assert.deepEqual(subtitle("y".repeat(90)), ["y".repeat(90), 80]);
  });
});
