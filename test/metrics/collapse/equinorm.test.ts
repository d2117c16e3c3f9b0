import assert from "node:assert/strict";
import { equinorm } from "../../../src/metrics/collapse/equinorm";
import { assertClose, rounding } from "./examples";

describe("equinorm", () => {
  it("is 1/2 for norms 1 and 3: population std 1, mean 2", () => {
    assertClose(equinorm([1, 0, 0, -3], 2), 0.5, rounding);
  });

  it("is 0 for vectors of one length, whatever their angles", () => {
    assert.equal(equinorm([3, 4, 5, 0, 5, 0], 2), 0);
  });

  it("is sqrt(C - 1), its largest value, if all vectors but one are zero", () => {
    assertClose(equinorm([0, 0, 0, 7, 0], 1), 2, rounding);
  });

  it("is refused for zeros only, one vector, a wrong length and values that are not finite", () => {
    assert.throws(() => equinorm([0, 0], 1), /RangeError: expected a vector that is not zero/);
    assert.throws(() => equinorm([1, 2], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([1, 2, 3], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([1, NaN], 1), /RangeError: expected finite vectors, got NaN/);
  });
});
