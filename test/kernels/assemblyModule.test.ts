import assert from "node:assert/strict";
import { loadTrainingModule } from "../../src/kernels/trainingModule";
import { loadVariant, VARIANTS } from "./arena";

describe("loading the SIMD kernels", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const before = process.env.TDNC_SIMD;
  afterEach(() => {
    if (before === undefined) delete process.env.TDNC_SIMD;
    else process.env.TDNC_SIMD = before;
  });

  for (const variant of VARIANTS)
    it(`takes the ${variant} build when TDNC_SIMD says so`, () => {
      assert.equal(loadVariant(variant, memory).variant, variant);
    });

  it("takes the relaxed build by itself, which Node has from version 20 on", () => {
    delete process.env.TDNC_SIMD;
    assert.equal(loadTrainingModule(memory)?.variant, "relaxed");
  });

  it("gives nothing when TDNC_SIMD is none", () => {
    process.env.TDNC_SIMD = "none";
    assert.equal(loadTrainingModule(memory), undefined);
  });

  it("names the choices when TDNC_SIMD is something else", () => {
    process.env.TDNC_SIMD = "fast";
    assert.throws(() => loadTrainingModule(memory), /relaxed, plain or none, got "fast"/);
  });

  it("brings no data into the memory: all of it stays as it was", () => {
    const bytes = new Uint8Array(memory.buffer).fill(7);
    for (const variant of VARIANTS) loadVariant(variant, memory);
    assert.ok(bytes.every((byte) => byte === 7));
  });

  it("fuses multiply-add in the relaxed build only", () => {
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
