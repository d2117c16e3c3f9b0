import assert from "node:assert/strict";
import fc from "fast-check";
import { wilcoxonSignedRank } from "../../src/statistics/wilcoxon";
import { assertClose } from "../support/assertClose";

describe("wilcoxonSignedRank", () => {
  it("wilcoxonSignedRank counts the choices of signs: 1, 2, -3 has w = 3 and p = 1", () => {
    // Of the 8 rank sums 0, 1, 2, 3, 3, 4, 5, 6 five are 3 or less: 2 * 5/8 is more than a chance.
    const { w, p, isExact } = wilcoxonSignedRank([1, 2, -3]);
    assert.deepEqual([w, p, isExact], [3, 1, true]);
    // Ranks 1 and 4 negative, 5; of the 32 sums 0, 1, 2, 3, 3, 4, 4, 5, 5, 5 ten are 5 or less.
    assert.equal(wilcoxonSignedRank([-1, 2, 3, -4, 5]).p, 20 / 32);
  });

  it("wilcoxonSignedRank gives equal sizes the mean of their ranks and remains exact", () => {
    // Ranks 1.5, 1.5, 3; the negative one 1.5. Sums 0, 1.5, 1.5, 3, 3, 4.5, 4.5, 6.
    const { w, p } = wilcoxonSignedRank([1, -1, 2]);
    assert.deepEqual([w, p], [1.5, 6 / 8]);
  });

  it("wilcoxonSignedRank drops differences of 0", () => {
    assert.deepEqual(wilcoxonSignedRank([0, 1, 0, -2, 3]), wilcoxonSignedRank([1, -2, 3]));
    assert.equal(wilcoxonSignedRank([0, 1, 0, -2, 3]).n, 3);
  });

  it("wilcoxonSignedRank depends only on the signs and the order of the sizes", () => {
    const differences = fc.array(fc.integer({ min: -30, max: 30 }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(differences, (values) => {
        const cubed = values.map((value) => value ** 3);
        assert.deepEqual(wilcoxonSignedRank(cubed), wilcoxonSignedRank(values));
      }),
      { seed: 5 },
    );
  });

  it("the p-value is between 2 / 2^n and 1", () => {
    const differences = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(differences, (values) => {
        const { n, p } = wilcoxonSignedRank(values);
        assert.ok(p <= 1 && p >= Math.min(1, 2 / 2 ** n), `n ${n}, p ${p}`);
      }),
      { seed: 6 },
    );
    assert.equal(wilcoxonSignedRank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).p, 2 / 1024);
  });

  it("wilcoxonSignedRank is exact up to 50 differences and a normal approximation above", () => {
    const ones = (n: number) => Array.from({ length: n }, (_, i) => (i % 3 === 0 ? -1 : 1));
    assert.equal(wilcoxonSignedRank(ones(50)).isExact, true);
    // 51 equal sizes: 17 of 51 signs are negative, (17 - 25.5) / (sqrt(51) / 2) = -2.3805.
    const { isExact, p } = wilcoxonSignedRank(ones(51));
    assert.equal(isExact, false);
    assertClose(p, 0.01729, 1e-6);
  });

  it("wilcoxonSignedRank rejects empty input and NaN", () => {
    assert.throws(() => wilcoxonSignedRank([]), /expected numbers, got none/);
    assert.throws(() => wilcoxonSignedRank([NaN]), /got NaN/);
  });
});
