import assert from "node:assert/strict";
import { REGULARIZERS } from "../../src/training/settings/presets";
import { layout, regularizerLooks } from "../../src/figures/theme";

const names = Object.keys(REGULARIZERS);
const text = ({ color, dash }: { color: string; dash: string }) => `${color} ${dash}`;

describe("the look of regularisers", () => {
  it("tells all regularisers of the presets apart, by colour or pattern", () => {
    const looks = [...regularizerLooks(names).values()].map(text);
    assert.equal(new Set(looks).size, names.length);
  });

  it("is the same whatever stands beside one, and solid for the three that are compared", () => {
    const all = regularizerLooks(names);
    for (const name of names)
      assert.deepEqual(regularizerLooks(["mine", name]).get(name), all.get(name));
    for (const name of ["vanilla", "hofer", "sliding"]) assert.equal(all.get(name)!.dash, "solid");
  });

  it("gives other names looks that none beside them has", () => {
    const looks = regularizerLooks(["b", "a", "beta-only", "decov"]);
    assert.equal(new Set([...looks.values()].map(text)).size, 4);
  });

  it("never takes the patterns that mean something else in a figure", () => {
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

  it("breaks between its parts where a phone's width ends, and has room for its lines", () => {
    const part = "x".repeat(30);
    assert.deepEqual(subtitle(`a; b; ${part}`), [`a; b; ${part}`, 80]);
    assert.deepEqual(subtitle(`${part}; ${part}`), [`${part};<br>${part}`, 95]);
    assert.deepEqual(subtitle("y".repeat(90)), ["y".repeat(90), 80]);
  });
});
