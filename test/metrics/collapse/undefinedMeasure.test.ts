import assert from "node:assert/strict";
import {
  UndefinedMeasureError,
  whereDefined,
} from "../../../src/metrics/collapse/undefinedMeasure";

describe("whereDefined", () => {
  it("whereDefined returns null and the reason for undefined measures and lets other errors pass", () => {
    assert.deepEqual(
      whereDefined(() => 3),
      { value: 3 },
    );
    const undefinedOne = () => {
      throw new UndefinedMeasureError("expected means that differ");
    };
    assert.deepEqual(whereDefined(undefinedOne), {
      value: null,
      reason: "expected means that differ",
    });
    const wrong = () => {
      throw new RangeError("expected labels");
    };
    assert.throws(() => whereDefined(wrong), /expected labels/);
    assert.throws(() => whereDefined(() => NaN), /RangeError: expected a finite measure, got NaN/);
  });
});
