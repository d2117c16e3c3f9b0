import assert from "node:assert/strict";
import { euclideanNorms, normSummary } from "../../../src/metrics/collapse/norms";
import { assertClose, rounding } from "./examples";

describe("norms", () => {
  it("of (3, 4) and (0, 1) are 5 and 1: mean 3, sample std sqrt(8)", () => {
    assert.deepEqual([...euclideanNorms([3, 4, 0, 1], 2)], [5, 1]);
    const { sampleStd, ...rest } = normSummary([3, 4, 0, 1], 2);
    assert.deepEqual(rest, { count: 2, mean: 3, smallest: 1 });
    assertClose(sampleStd ?? NaN, Math.sqrt(8), rounding);
  });

  it("of one vector have no sample std", () => {
    const summary = { count: 1, mean: 5, sampleStd: null, smallest: 5 };
    assert.deepEqual(normSummary([3, 4], 2), summary);
  });

  it("are refused for no vector, a wrong length and NaN", () => {
    assert.throws(() => normSummary([], 2), /RangeError: expected numbers, got none/);
    assert.throws(() => normSummary([1, 2, 3], 2), /RangeError: expected vectors of dimension 2/);
    assert.throws(() => normSummary([NaN], 1), /RangeError: expected a finite norm, got NaN/);
  });
});
