import assert from "node:assert/strict";
import { selfDuality } from "../../../src/metrics/collapse/selfDuality";
import { assertClose } from "../../support/assertClose";
import { rounding } from "./examples";

describe("selfDuality", () => {
  it("selfDuality is 0 for a multiple, sqrt(2) for orthogonal and 2 for opposite matrices", () => {
    assertClose(selfDuality([1, 2, 3, 4], [10, 20, 30, 40], 2), 0, rounding);
    assertClose(selfDuality([1, 0, 0, 1], [0, 3, 3, 0], 2), Math.SQRT2, rounding);
    assertClose(selfDuality([1, 2, 3, 4], [-2, -4, -6, -8], 2), 2, rounding);
  });

  it("selfDuality normalizes the whole matrix, not each row", () => {
    // (3, 4) / 5 against (4, 3) / 5.
    assertClose(selfDuality([3, 4], [4, 3], 1), Math.SQRT2 / 5, rounding);
  });

  it("selfDuality rejects zero matrices and mismatched lengths", () => {
    assert.throws(() => selfDuality([0, 0], [1, 2], 1), /RangeError: expected a classifier, got/);
    assert.throws(
      () => selfDuality([1, 2], [0, 0], 1),
      /RangeError: expected different class means/,
    );
    assert.throws(
      () => selfDuality([1, 2, 3], [1, 2], 1),
      /RangeError: expected a classifier of 2/,
    );
  });
});
