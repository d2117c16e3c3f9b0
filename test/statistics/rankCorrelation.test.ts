import fixture from "../fixtures/statistics.json";
import assert from "node:assert/strict";
import { Random } from "../../src/numerics/random";
import { holm, rankCorrelation } from "../../src/statistics/rankCorrelation";
import { assertClose } from "../support/assertClose";

const random = () => new Random(0, "permutations");

describe("rankCorrelation", () => {
  for (const [name, { x, y, rho, exactP }] of Object.entries(fixture.rankCorrelations))
    it(`rankCorrelation agrees with SciPy for ${name}`, () => {
      const found = rankCorrelation(x, y, { random: random(), permutations: 20_000 });
      assertClose([found.rho!], [rho], 1e-12);
      // Five standard errors of a share of 20,000 permutations.
      const error = 5 * Math.sqrt((exactP * (1 - exactP)) / 20_000) + 1 / 20_000;
      assert(Math.abs(found.p! - exactP) <= error, `p ${found.p}, exactly ${exactP}`);
    });

  it("values that rise together in every block give rho 1 and the smallest p of their blocks", () => {
    const x = [1, 2, 3, 4, 5, 6];
    const found = rankCorrelation(x, x, {
      random: random(),
      permutations: 6000,
      blocks: [0, 0, 0, 1, 1, 1],
    });
    assert.equal(found.n, 6);
    assertClose([found.rho!], [1], 1e-12);
    // Only 1 of the 3! 3! orders within blocks gives 1, and none -1.
    assert(Math.abs(found.p! - 1 / 36) < 0.011, `p ${found.p}`);
  });

  it("blocks of one pair each allow no other order, so that p is 1", () => {
    const x = [1, 2, 3, 4];
    assert.equal(
      rankCorrelation(x, x, { random: random(), permutations: 50, blocks: [0, 1, 2, 3] }).p,
      1,
    );
  });

  it("equal values have no correlation, with null", () => {
    const found = rankCorrelation([1, 1, 1], [1, 2, 3], { random: random() });
    assert.deepEqual(found, { n: 3, rho: null, p: null });
  });

  it("rankCorrelation rejects too few, unequally many and infinite values", () => {
    const options = { random: random() };
    assert.throws(
      () => rankCorrelation([1, 2], [1, 2], options),
      /expected 3 numbers or more, got 2/,
    );
    assert.throws(
      () => rankCorrelation([1, 2, 3], [1, 2, 3, 4], options),
      /the first side has, 3, got 4/,
    );
    assert.throws(() => rankCorrelation([1, 2, 3], [1, NaN, 3], options), /got NaN at number 1/);
  });
});

describe("holm", () => {
  it("holm gives the values of the definition by hand", () => {
    // 4 x 0.005; 3 x 0.01; 2 x 0.03; 0.04 raised to the one before.
    assertClose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02], 1e-12);
  });

  it("holm never exceeds 1, and gives nothing for nothing", () => {
    assert.deepEqual(holm([0.6, 0.9]), [1, 1]);
    assert.deepEqual(holm([]), []);
  });
});
