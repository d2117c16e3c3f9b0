import assert from "node:assert/strict";
import { euclideanNorms, normSummary } from "../../../src/metrics/collapse/norms";
import { assertClose } from "../../support/assertClose";
import { rounding } from "./examples";

describe("norms", () => {
  it("the norms of (3, 4) and (0, 1) are 5 and 1, with mean 3 and sample std sqrt(8)", () => {
    assert.deepEqual([...euclideanNorms([3, 4, 0, 1], 2)], [5, 1]);
    const { sampleStd, ...rest } = normSummary([3, 4, 0, 1], 2);
    assert.deepEqual(rest, { count: 2, mean: 3, smallest: 1 });
    assertClose(sampleStd ?? NaN, Math.sqrt(8), rounding);
  });

  it("normSummary of a single vector has a sample std of null", () => {
    const summary = { count: 1, mean: 5, sampleStd: null, smallest: 5 };
    assert.deepEqual(normSummary([3, 4], 2), summary);
  });

  it("normSummary rejects empty input, a wrong length and NaN", () => {
    assert.throws(() => normSummary([], 2), /RangeError: expected numbers, got none/);
    assert.throws(() => normSummary([1, 2, 3], 2), /RangeError: expected vectors of dimension 2/);
    assert.throws(() => normSummary([NaN], 1), /RangeError: expected a finite norm, got NaN/);
  });
});
