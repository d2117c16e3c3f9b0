import assert from "node:assert/strict";
import fc from "fast-check";
import { mean, median, populationStd, sampleStd } from "../../src/statistics/summary";

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("the summary of some numbers", () => {
  it("has the spread 0 where all are equal, though their mean rounds", () => {
    assert.notEqual(mean([0.1, 0.1, 0.1]), 0.1);
    assert.equal(populationStd([0.1, 0.1, 0.1]), 0);
    assert.equal(sampleStd([0.1, 0.1, 0.1]), 0);
  });

  it("is refused where a number is not finite", () => {
    for (const statistic of [mean, median, populationStd, sampleStd]) {
      assert.throws(() => statistic([1, NaN]), /expected finite numbers, got NaN/);
      assert.throws(() => statistic([Infinity, 1]), /expected finite numbers, got Infinity/);
    }
  });

  it("does not depend on the order, and moves and grows with the numbers", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 20 }), (values) => {
        const changed = values.map((value) => 7 - 2 * value).reverse();
        const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-8, `${a} ${b}`);
        close(mean(changed), 7 - 2 * mean(values));
        close(median(changed), 7 - 2 * median(values));
        close(populationStd(changed), 2 * populationStd(values));
        close(sampleStd(changed)!, 2 * sampleStd(values)!);
      }),
      { seed: 1 },
    );
  });
});
