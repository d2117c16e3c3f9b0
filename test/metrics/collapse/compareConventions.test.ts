import assert from "node:assert/strict";
import { compareConventions } from "../../../src/metrics/collapse/compareConventions";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import { assertClose } from "../../support/assertClose";

/** With classifier rows 1 and -3. */
const conventionsOf = (features: number[], labels: number[], weights = [1, -3]) =>
  compareConventions(
    geometryOf({
      examples: [{ features, labels }],
      classifier: { weights, bias: weights.map(() => 0) },
    }),
  );

describe("compareConventions", () => {
  const conventions = conventionsOf([0, 2, 4, 6], [0, 0, 1, 1]);
  const values = (measure: string) =>
    conventions.flatMap((convention) => (convention.measure === measure ? [convention.value] : []));

  it("the NC1 conventions give 1/8, 1/4 without / C and 1/16 with examples counted twice", () => {
    [0.125, 0.125, 0.25, 0.0625].forEach((expected, i) =>
      assertClose(values("withinClassVariability")[i] ?? NaN, expected, 1e-14),
    );
  });

  it("the sample std of two norms gives sqrt(2) times the equinorm of the population std", () => {
    const [population, sample] = values("classifierEquinorm");
    assertClose(population ?? NaN, 0.5, 1e-14);
    assertClose(sample ?? NaN, Math.SQRT1_2, 1e-14);
  });

  it("a single angle has no sample std, and every convention has a source and a formula", () => {
    assert.equal(values("meansEquiangularity")[1], null);
    assert.ok(conventions.every(({ source, formula }) => source.length > 3 && formula.length > 3));
  });

  it("compareConventions gives null for coinciding class means and rejects a single class", () => {
    const undefinedOnes = conventionsOf([1, 1], [0, 1])
      .filter(({ value }) => value === null)
      .map(({ measure }) => measure);
    assert.ok(undefinedOnes.includes("withinClassVariability"));
    assert.ok(!undefinedOnes.includes("classifierEquinorm"));
    assert.throws(
      () => conventionsOf([1, 2], [0, 0], [1]),
      /RangeError: expected 2 classes or more, got 1/,
    );
  });
});
