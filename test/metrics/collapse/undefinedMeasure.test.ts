import assert from "node:assert/strict";
import {
  UndefinedMeasureError,
  whereDefined,
} from "../../../src/metrics/collapse/undefinedMeasure";

describe("whereDefined", () => {
  it("whereDefined returns null for undefined measures and lets other errors pass", () => {
    assert.equal(
      whereDefined(() => 3),
      3,
    );
    const undefinedOne = () => {
      throw new UndefinedMeasureError("expected means that differ");
    };
    assert.equal(whereDefined(undefinedOne), null);
    const wrong = () => {
      throw new RangeError("expected labels");
    };
    assert.throws(() => whereDefined(wrong), /expected labels/);
    assert.throws(() => whereDefined(() => NaN), /RangeError: expected a finite measure, got NaN/);
  });
});
