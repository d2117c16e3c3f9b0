import assert from "node:assert/strict";
import { compareConventions } from "../../../src/metrics/collapse/compareConventions";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import { assertClose } from "./examples";

/** With classifier rows 1 and -3. */
const conventionsOf = (features: number[], labels: number[], weights = [1, -3]) =>
  compareConventions(
    geometryOf({
      examples: [{ features, labels }],
      classifier: { weights, bias: weights.map(() => 0) },
    }),
  );

describe("the published conventions", () => {
  const conventions = conventionsOf([0, 2, 4, 6], [0, 0, 1, 1]);
  const values = (measure: string) =>
    conventions.flatMap((convention) => (convention.measure === measure ? [convention.value] : []));

  it("give 1/8, 1/4 without / C and 1/16 with examples counted twice for NC1 1/8", () => {
    [0.125, 0.125, 0.25, 0.0625].forEach((expected, i) =>
      assertClose(values("withinClassVariability")[i] ?? NaN, expected, 1e-14),
    );
  });

  it("give sqrt(2) times the population's value for two norms by the sample std", () => {
    const [population, sample] = values("classifierEquinorm");
    assertClose(population ?? NaN, 0.5, 1e-14);
    assertClose(sample ?? NaN, Math.SQRT1_2, 1e-14);
  });

  it("have no sample std of one angle, and say where each formula is from", () => {
    assert.equal(values("meansEquiangularity")[1], null);
    assert.ok(conventions.every(({ source, formula }) => source.length > 3 && formula.length > 3));
  });

  it("are null where class means coincide, and refused for one class", () => {
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
