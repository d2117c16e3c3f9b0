import assert from "node:assert/strict";
import { summarize } from "../../../src/metrics/collapse/summary";
import { assertClose } from "../../support/assertClose";

describe("summarize", () => {
  it("summarize keeps its precision far from zero", () => {
    const { sampleStd } = summarize([1, 2, 3, 4].map((value) => 1e9 + value));
    assertClose(sampleStd ?? NaN, Math.sqrt(5 / 3), 1e-12);
  });

  it("summarize rejects NaN", () => {
    assert.throws(() => summarize([1, NaN]), /RangeError: expected a finite number, got NaN/);
  });
});
