import assert from "node:assert/strict";
import fc from "fast-check";
import { mean, median, populationStd, sampleStd } from "../../src/statistics/summary";
import { assertClose } from "../support/assertClose";

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("summaries of any numbers", () => {
  it("the standard deviation of equal numbers is 0 although their mean rounds", () => {
    assert.notEqual(mean([0.1, 0.1, 0.1]), 0.1);
    assert.equal(populationStd([0.1, 0.1, 0.1]), 0);
    assert.equal(sampleStd([0.1, 0.1, 0.1]), 0);
  });

  it("every statistic rejects a number that is not finite", () => {
    for (const statistic of [mean, median, populationStd, sampleStd]) {
      assert.throws(() => statistic([1, NaN]), /expected finite numbers, got NaN/);
      assert.throws(() => statistic([Infinity, 1]), /expected finite numbers, got Infinity/);
    }
  });

  it("every statistic ignores the order and follows shifts and scales of the numbers", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 20 }), (values) => {
        const changed = values.map((value) => 7 - 2 * value).reverse();
        assertClose(mean(changed), 7 - 2 * mean(values), 1e-8, { scale: 1 });
        assertClose(median(changed), 7 - 2 * median(values), 1e-8, { scale: 1 });
        assertClose(populationStd(changed), 2 * populationStd(values), 1e-8, { scale: 1 });
        assertClose(sampleStd(changed)!, 2 * sampleStd(values)!, 1e-8, { scale: 1 });
      }),
      { seed: 1 },
    );
  });
});

describe("summaries of given numbers", () => {
  it("2, 4, 4, 4, 5, 5, 7, 9 have mean 5, population std 2 and sample std sqrt(32 / 7)", () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    assert.equal(mean(values), 5);
    assert.equal(populationStd(values), 2);
    assertClose(sampleStd(values)!, Math.sqrt(32 / 7), 1e-12, { scale: 1 });
  });

  it("a single number is its own mean and has population std 0 and no sample std", () => {
    assert.deepEqual([mean([3]), populationStd([3]), sampleStd([3])], [3, 0, null]);
  });

  it("the median is the middle number or the mean of the two middle numbers", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
  });

  it("every statistic rejects an empty list", () => {
    for (const statistic of [mean, populationStd, sampleStd, median])
      assert.throws(() => statistic([]), /expected numbers, got none/);
  });
});
