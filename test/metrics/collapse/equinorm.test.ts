import assert from "node:assert/strict";
import { equinorm } from "../../../src/metrics/collapse/equinorm";
import { assertClose } from "../../support/assertClose";
import { rounding } from "./examples";

describe("equinorm", () => {
  it("equinorm is 1/2 for norms 1 and 3, which have population std 1 and mean 2", () => {
    assertClose(equinorm([1, 0, 0, -3], 2), 0.5, rounding);
  });

  it("equinorm is 0 for vectors of one length, whatever their angles", () => {
    assert.equal(equinorm([3, 4, 5, 0, 5, 0], 2), 0);
  });

  it("equinorm is sqrt(C - 1), its maximum, if all vectors but one are zero", () => {
    assertClose(equinorm([0, 0, 0, 7, 0], 1), 2, rounding);
  });

  it("equinorm rejects all-zero vectors, a single vector, a wrong length and NaN", () => {
    assert.throws(() => equinorm([0, 0], 1), /RangeError: expected a vector that is not zero/);
    assert.throws(() => equinorm([1, 2], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([1, 2, 3], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([1, NaN], 1), /RangeError: expected finite vectors, got NaN/);
  });
});
