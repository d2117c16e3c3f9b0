import assert from "node:assert/strict";
import { convolutionErrors } from "../bench/winogradError";

describe("rounding errors of Winograd's algorithm", () => {
  const errors = convolutionErrors(16, 32, 32);
  const kernels = [...new Set(errors.map(({ kernel }) => kernel))];
  const errorOf = (kernel: string, way: string) =>
    errors.find((error) => error.kernel === kernel && error.way === way)!.rootMeanSquare;

  for (const kernel of kernels) {
    it(`errors of tiles of 4 x 4 are at most 2.5 times those of the direct sum (${kernel})`, () => {
      assert.ok(errorOf(kernel, "F(4 x 4)") < 2.5 * errorOf(kernel, "direct"));
    });

    it(`errors of tiles of 2 x 2 are smaller than those of the direct sum, of 4 x 4 larger (${kernel})`, () => {
      assert.ok(errorOf(kernel, "F(2 x 2)") < errorOf(kernel, "direct"));
      assert.ok(errorOf(kernel, "F(4 x 4)") > errorOf(kernel, "direct"));
    });
  }
});
