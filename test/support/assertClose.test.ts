import assert from "node:assert/strict";
import { assertClose } from "./assertClose";

describe("assertClose", () => {
  const fails = (check: () => void, message: RegExp) => assert.throws(check, message);

  it("assertClose accepts numbers, lists and typed arrays within the tolerance, bound included", () => {
    assertClose(0.5, 0.25, 0.25);
    assertClose([1, 2.5], Float32Array.of(1, 2), 0.25);
    assertClose([], [], 0);
  });

  it("the error names the index, both numbers and the allowed difference", () => {
    const check = () => assertClose([1, 4, 9], [1, 2, 9], 0.25, { what: "sum" });
    fails(check, /sum\[1\]: expected 2 within 0\.5, got 4/);
    fails(() => assertClose(1, 0, 0.5), /value\[0\]: expected 0 within 0\.5, got 1/);
  });

  it("assertClose multiplies the tolerance by the larger of 1 and the expected number", () => {
    assertClose([-9, 0.75], [-8, 0.5], 0.25);
    fails(() => assertClose(-10.5, -8, 0.25), /within 2,/);
    fails(() => assertClose(0.875, 0.5, 0.25), /within 0\.25,/);
  });

  it("assertClose multiplies the tolerance by the scale if one is given, for all or each", () => {
    assertClose([8.25, 0.25], [8, 0], 0.25, { scale: 1 });
    fails(() => assertClose(8.5, 8, 0.25, { scale: 1 }), /within 0\.25,/);
    fails(() => assertClose(-0.25, -0.5, 0.25, { scale: -0.5 }), /within 0\.125,/);
    assertClose([2, 1], [0, 0], 0.5, { scale: [4, 2] });
    fails(() => assertClose([2, 2], [0, 0], 0.5, { scale: [4, 2] }), /value\[1\].* within 1,/);
  });

  it("assertClose rejects NaN, infinite numbers and null", () => {
    fails(() => assertClose(NaN, 1, Infinity), /got NaN/);
    fails(() => assertClose([null as never], [null as never], 1), /expected null/);
    fails(() => assertClose(1, NaN, Infinity), /expected NaN/);
    fails(() => assertClose(1, 2, 1, { scale: NaN }), /within NaN/);
    fails(() => assertClose(Infinity, 1, Infinity), /got Infinity/);
    fails(() => assertClose(1, Infinity, 1), /expected Infinity/);
    fails(() => assertClose(Infinity, Infinity, 1), /expected Infinity/);
  });

  it("assertClose rejects another count of numbers or scales than expected", () => {
    fails(() => assertClose([1], [1, 1], 1), /expected 2 numbers/);
    fails(() => assertClose([1, 1], 1, 1), /expected 1 numbers/);
    fails(() => assertClose([1, 1], [1, 1], 1, { scale: [1] }), /scales/);
  });
});
