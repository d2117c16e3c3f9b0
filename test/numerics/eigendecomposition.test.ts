import assert from "node:assert/strict";
import { tridiagonalEigenvalues } from "../../src/numerics/eigendecomposition";
import { assertClose } from "../support/assertClose";

const eigenvalues = (diagonal: number[], offDiagonal: number[]) =>
  tridiagonalEigenvalues(Float64Array.from(diagonal), Float64Array.from(offDiagonal)).sort();

describe("tridiagonalEigenvalues", () => {
  it("a chain of n with 2 on the diagonal and -1 next to it has 2 - 2 cos(k pi / (n + 1))", () => {
    for (const count of [1, 2, 3, 50]) {
      const expected = Array.from(
        { length: count },
        (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (count + 1)),
      );
      const actual = eigenvalues(Array<number>(count).fill(2), Array<number>(count - 1).fill(-1));
      assertClose(actual, expected, 1e-14);
    }
  });

  it("blocks that are not coupled keep their eigenvalues, and squares do not overflow", () => {
    assert.deepEqual([...eigenvalues([3, 1, 2], [0, 0])], [1, 2, 3]);
    assertClose(eigenvalues([0, 0, 5], [2, 0]), [-2, 2, 5], 1e-15);
    assertClose(eigenvalues([0, 0], [3e200]), [-3e200, 3e200], 1e-15);
    assert.deepEqual([...eigenvalues([0, 0], [0])], [0, 0]);
  });
});
