import assert from "node:assert/strict";
import {
  UndefinedMeasureError,
  whereDefined,
} from "../../../src/metrics/collapse/undefinedMeasure";

describe("whereDefined", () => {
  it("gives null for an undefined measure and passes every other error on", () => {
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
