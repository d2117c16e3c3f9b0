import assert from "node:assert/strict";
import path from "node:path";
import { assertClose } from "../support/assertClose";
import { prose, readCells, shown } from "./cells";

function read(name: string): { prose: string; printed: string } {
  const cells = readCells(path.resolve("notebooks", `${name}.ipynb`));
  return { prose: prose(cells).join("\n"), printed: shown(cells) };
}

/** Numbers with a decimal point that are in the texts but in no output. */
function unseen({ prose, printed }: { prose: string; printed: string }): string[] {
  const words = prose.replace(/\]\([^)]*\)/g, "]").replace(/arXiv \d+\.\d+/g, "");
  const numbers = (from: string) => from.match(/-?(?<![\d.])\d+\.\d+(?![\d.]*\d)/g) ?? [];
  const seen = new Set(numbers(printed).map((number) => number.replace("-", "")));
  return [...new Set(numbers(words))].filter((number) => !seen.has(number.replace("-", "")));
}

/** Numbers in a text that are not outputs: settings, and values computed by hand. */
const BY_HAND: Record<string, readonly string[]> = {
  "04-representation": [
    "0.9",
    "-0.1", // the corners of the simplex on the original's axes, and their lengths
    "0.05", // the width of the cloud made by hand
    "-0.11", // -1/9
    "-0.18",
    "0.82",
    "-0.22", // the cosine drawn by the original's axes
    "33.3", // 3/9
  ],
  "05-densification": [
    "1.1", // beta of hofer
    "0.99",
    "0.5",
    "0.01", // c_beta, p, and 1 - c_beta of the published values
    "1.49", // sqrt(20/9), the distance of two corners
  ],
  "08-your-own": ["0.1", "0.2"], // the schedules
  "10-layers": [],
};

describe("a notebook's texts", () => {
  for (const [name, byHand] of Object.entries(BY_HAND))
    it(`every decimal number in the text of ${name} is printed by its run or computed by hand`, () => {
      const left = unseen(read(name)).filter((number) => !byHand.includes(number));
      assert.deepEqual(left, []);
    });

  it("04-representation prints the values that are computed by hand", () => {
    const { printed } = read("04-representation");
    const degrees = (cosine: number) => ((180 / Math.PI) * Math.acos(cosine)).toFixed(1);
    assert(printed.includes(`in this plane: ${(200 / 9).toFixed(1)} %`));
    const drawn = degrees((2 * 0.9 * -0.1) / (0.9 ** 2 + 0.1 ** 2));
    assert(printed.includes(`by hand  angle drawn ${drawn}, true ${degrees(-1 / 9)} degrees`));
  });

  it("the bound in 05-densification has the published values, and every class satisfies it", () => {
    const { printed } = read("05-densification");
    const bounds = [...printed.matchAll(/at least (\S+) \(published (\S+)\)/g)];
    assert.deepEqual(
      bounds.map(([, own]) => own),
      ["0.750", "0.848", "0.971", "0.982", "0.690"],
    );
    for (const [, own, published] of bounds) assert.equal(own, published);
    const masses = [...printed.matchAll(/within it at least (\S+), bound (\S+)/g)];
    assert.equal(masses.length, 3);
    for (const [, measured, bound] of masses) assert(Number(measured) >= Number(bound));
  });

  it("the interval in 08-your-own follows from the five printed pairs", () => {
    const { printed } = read("08-your-own");
    const of = (name: string) =>
      [...printed.matchAll(new RegExp(`${name} +seed \\d: test (\\S+) %`, "g"))].map(
        ([, accuracy]) => Number(accuracy),
      );
    const [vanilla, held] = [of("vanilla"), of("held")];
    assert.deepEqual([vanilla.length, held.length], [5, 5]);
    const differences = held.map((accuracy, i) => accuracy - vanilla[i]);
    const mean = differences.reduce((sum, value) => sum + value, 0) / 5;
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
    const half = 2.776445 * Math.sqrt(variance / 5); // t of 4 degrees of freedom, 97.5 %
    const [, ...numbers] = /held - vanilla: (\S+) points .*, 95 % interval (\S+) to (\S+): /.exec(
      printed,
    )!;
    const told = numbers.map((number) => Number(number.replace("\u2212", "-")));
    // Accuracies are printed to 0.01.
    assertClose(told, [mean, mean - half, mean + half], 0.02, { scale: 1 });
  });
});
