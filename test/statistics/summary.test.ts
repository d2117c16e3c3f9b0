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

describe("the statistics", () => {
  it("of 2, 4, 4, 4, 5, 5, 7, 9 are mean 5, population std 2 and sample std sqrt(32 / 7)", () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    assert.equal(mean(values), 5);
    assert.equal(populationStd(values), 2);
    assert.ok(Math.abs(sampleStd(values)! - Math.sqrt(32 / 7)) < 1e-12);
  });

  it("of one number are itself, 0, and no sample std", () => {
    assert.deepEqual([mean([3]), populationStd([3]), sampleStd([3])], [3, 0, null]);
  });

  it("have as median the middle, or the mean of the two in the middle", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
  });

  it("of nothing are refused", () => {
    for (const statistic of [mean, populationStd, sampleStd, median])
      assert.throws(() => statistic([]), /expected numbers, got none/);
  });
});
