import assert from "node:assert/strict";
import { addressSpace, limitHint, threadsThatFit } from "../../src/backend/addressSpace";

const GIB = 2 ** 30;
/** A process that uses 1 GiB. */
const space = (limit: number, guarded: boolean) => ({ limit: limit * GIB, used: GIB, guarded });

describe("the address space", () => {
  it("without a limit holds all wanted threads", function () {
    if (addressSpace() !== undefined) this.skip();
    assert.equal(threadsThatFit(64), 64);
    assert.equal(limitHint(), "");
  });

  it("with guard pages must hold two memories of 10 GiB, or the error names the option", () => {
    assert.equal(threadsThatFit(64, space(22, true)), 1);
    assert.throws(
      () => threadsThatFit(1, space(21.9, true)),
      /21\.9 GiB of address space \(ulimit -v\), of which 1\.0 GiB are used, .* needs 21\.0 GiB more: set NODE_OPTIONS=--disable-wasm-trap-handler, or raise the limit$/,
    );
  });

  it("without guard pages holds one thread from 3.5 GiB on, or the error asks for more", () => {
    assert.equal(threadsThatFit(64, space(3.5, false)), 1);
    assert.throws(
      () => threadsThatFit(1, space(3.4, false)),
      /3\.4 GiB of address space .* needs 2\.5 GiB more: raise the limit$/,
    );
  });

  it("holds a further thread for every 0.6 GiB beyond the memories", () => {
    assert.equal(threadsThatFit(64, space(22 + 3 * 0.61, true)), 4);
    assert.equal(threadsThatFit(64, space(10 + 3 * 0.61, false)), 4);
    assert.equal(threadsThatFit(2, space(100, true)), 2);
  });
});
