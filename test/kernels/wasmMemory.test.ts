import assert from "node:assert/strict";
import { refuseFailedAllocations } from "../../src/kernels/wasmMemory";

describe("memory of the wasm backend", () => {
  it("an allocation that fails is an error, also after the module has replaced its first function", () => {
    const freed: number[] = [];
    const real = (bytes: number) => (bytes > 1000 ? 0 : 16);
    const module = {
      _malloc(bytes: number): number {
        module._malloc = real;
        return real(bytes);
      },
      _free: (address: number) => void freed.push(address),
    };
    refuseFailedAllocations(module);
    refuseFailedAllocations(module);
    assert.equal(module._malloc(1000), 16);
    assert.throws(() => module._malloc(1001), /out of memory: 1001 more bytes were requested/);
    assert.deepEqual(freed, [16]);
  });
});
