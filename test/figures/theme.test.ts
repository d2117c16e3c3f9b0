import assert from "node:assert/strict";
import { REGULARIZERS } from "../../src/training/settings/presets";
import { layout, regularizerLooks } from "../../src/figures/theme";

const names = Object.keys(REGULARIZERS);

describe("regularizerLooks", () => {
  it("every regularizer of the presets has its own color, its own marker, and a pattern", () => {
    const looks = [...regularizerLooks(names).values()];
    assert.equal(new Set(looks.map(({ symbol }) => symbol)).size, names.length);
    const colors = looks.map(({ color }) => color);
    for (const seenBy of [SEEN, DEUTERANOPIA, PROTANOPIA])
      for (const [i, color] of colors.entries())
        for (const other of colors.slice(i + 1)) {
          const distance = colorDistance(color, other, seenBy);
          assert(distance > 16, `${color} and ${other} are ${distance.toFixed(1)} apart`);
        }
  });

  it("a look does not depend on the other names, and vanilla, hofer and sliding are solid", () => {
    const all = regularizerLooks(names);
    for (const name of names)
      assert.deepEqual(regularizerLooks(["mine", name]).get(name), all.get(name));
    for (const name of ["vanilla", "hofer", "sliding"]) assert.equal(all.get(name)!.dash, "solid");
  });

  it("a name outside the presets has a look that no other drawn name has", () => {
    const looks = regularizerLooks(["b", "a", "beta-only", "decov"]);
    assert.equal(new Set([...looks.values()].map(({ color }) => color)).size, 4);
  });

  it("looks never use dot and dash, which mean something else in a figure", () => {
    const many = Array.from({ length: 40 }, (_, i) => `name ${i}`);
    for (const { dash } of regularizerLooks([...names, ...many]).values())
      assert(!["dot", "dash"].includes(dash));
  });
});

/** Linear RGB as it is seen, and without one kind of cones (Machado, Oliveira and Fernandes 2009). */
// prettier-ignore
const [SEEN, DEUTERANOPIA, PROTANOPIA] = [
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
];
/** Linear RGB to XYZ, each part of that of white. */
// prettier-ignore
const TO_XYZ = [
  [0.43395, 0.37622, 0.18983], [0.21267, 0.71515, 0.07217], [0.01776, 0.10947, 0.87277],
];

const times = (matrix: readonly number[][], vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i], 0));

/** The distance of two colors in CIELAB; 2 are just told apart side by side. */
function colorDistance(a: string, b: string, seenBy: readonly number[][]): number {
  const [p, q] = [a, b].map((color) => {
    const linear = [1, 3, 5].map((at) => {
      const value = parseInt(color.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    const seen = times(seenBy, linear).map((value) => Math.min(1, Math.max(0, value)));
    const [x, y, z] = times(TO_XYZ, seen).map((value) =>
      value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116,
    );
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  });
  return Math.hypot(...p.map((value, i) => value - q[i]));
}

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
    assert.deepEqual(subtitle(`a; b; ${part}`), [`a; b; ${part}`, 70]);
    assert.deepEqual(subtitle(`${part}; ${part}`), [`${part};<br>${part}`, 86]);
    assert.deepEqual(subtitle("y".repeat(90)), ["y".repeat(90), 70]);
  });
});
