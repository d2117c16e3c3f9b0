import assert from "node:assert/strict";
import { trainingBuild } from "../../src/backend/trainingBuild";

describe("the build of the SIMD kernels", () => {
  const before = process.env.TDNC_SIMD;
  afterEach(() => {
    if (before === undefined) delete process.env.TDNC_SIMD;
    else process.env.TDNC_SIMD = before;
  });

  for (const variant of ["plain", "relaxed"])
    it(`is the ${variant} build when TDNC_SIMD says so`, () => {
      process.env.TDNC_SIMD = variant;
      assert.equal(trainingBuild()?.variant, variant);
    });

  it("is the relaxed build by default, which Node has from version 20 on", () => {
    delete process.env.TDNC_SIMD;
    assert.equal(trainingBuild()?.variant, "relaxed");
  });

  it("is none when TDNC_SIMD is none", () => {
    process.env.TDNC_SIMD = "none";
    assert.equal(trainingBuild(), undefined);
  });

  it("names the choices when TDNC_SIMD is something else", () => {
    process.env.TDNC_SIMD = "fast";
    assert.throws(() => trainingBuild(), /relaxed, plain or none, got "fast"/);
  });
});
