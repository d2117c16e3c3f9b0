import assert from "node:assert/strict";
import { trainingBuild } from "../../src/backend/trainingBuild";

describe("trainingBuild", () => {
  const before = process.env.TDNC_SIMD;
  afterEach(() => {
    if (before === undefined) delete process.env.TDNC_SIMD;
    else process.env.TDNC_SIMD = before;
  });

  for (const variant of ["plain", "relaxed"])
    it(`TDNC_SIMD=${variant} selects the ${variant} build`, () => {
      process.env.TDNC_SIMD = variant;
      assert.equal(trainingBuild()?.variant, variant);
    });

  it("the default is the relaxed build, which Node supports from version 20", () => {
    delete process.env.TDNC_SIMD;
    assert.equal(trainingBuild()?.variant, "relaxed");
  });

  it("TDNC_SIMD=none selects no build", () => {
    process.env.TDNC_SIMD = "none";
    assert.equal(trainingBuild(), undefined);
  });

  it("the error for an unknown TDNC_SIMD lists the choices", () => {
    process.env.TDNC_SIMD = "fast";
    assert.throws(() => trainingBuild(), /relaxed, plain or none, got "fast"/);
  });
});
