import assert from "node:assert/strict";
import { trainingBuild } from "../../src/backend/trainingBuild";
import { loadTrainingModule, useTrainingBuild } from "../../src/kernels/trainingModule";
import { loadVariant, VARIANTS } from "./arena";

describe("loadTrainingModule", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });

  it("loadTrainingModule returns undefined without a build", () => {
    useTrainingBuild(() => undefined);
    try {
      assert.equal(loadTrainingModule(memory), undefined);
    } finally {
      useTrainingBuild(trainingBuild);
    }
  });

  it("loading the module leaves the memory unchanged", () => {
    const bytes = new Uint8Array(memory.buffer).fill(7);
    for (const variant of VARIANTS) loadVariant(variant, memory);
    assert.ok(bytes.every((byte) => byte === 7));
  });

  it("only the relaxed build fuses multiply-add", () => {
    // (1 + e)(1 - e) - 1 = -e^2 with e = 2^-13: the product rounds to 1 when it is rounded alone.
    const e = 2 ** -13;
    const fused = VARIANTS.map((variant) => {
      const { kernels } = loadVariant(variant, memory);
      new Float32Array(memory.buffer).set([1 + e, 1 - e, -1]);
      kernels.matrixProduct(0, 4, 8, 64, 1, 1, 1, 128);
      return new Float32Array(memory.buffer)[16];
    });
    assert.deepEqual(fused, [0, -e * e]);
  });
});
