import assert from "node:assert/strict";
import { summarize } from "../../../src/metrics/collapse/summary";
import { assertClose } from "./examples";

describe("a summary", () => {
  it("keeps its digits far from zero: the sample std of 1, 2, 3, 4 plus 1e9 is sqrt(5/3)", () => {
    const { sampleStd } = summarize([1, 2, 3, 4].map((value) => 1e9 + value));
    assertClose(sampleStd ?? NaN, Math.sqrt(5 / 3), 1e-12);
  });

  it("is refused for NaN", () => {
    assert.throws(() => summarize([1, NaN]), /RangeError: expected a finite number, got NaN/);
  });
});
