import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { firstOfClasses } from "../../src/data/firstOfClasses";
import { npyBytes, readNpyBytes, writeNpyBytes } from "../../src/files/npy";
import { temporaryFolder } from "../../src/files/temporaryFolder";
import { npyFile } from "../support/npyFile";

describe("arrays of bytes", () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "a.npy");
  const values = Uint8Array.of(1, 2, 3, 250, 5, 6);

  it("what is written is read again, with its shape, and its values begin at a multiple of 64", async () => {
    for (const shape of [[2, 3], [6], [1, 2, 3]]) {
      await writeNpyBytes(file, values, shape);
      assert.deepEqual(await readNpyBytes(file), { values, shape });
      assert.equal((npyBytes(values, shape).length - values.length) % 64, 0);
    }
  });

  it("the header is that of NumPy's format", () => {
    const bytes = npyBytes(values, [6]);
    assert.equal(bytes.toString("latin1", 0, 8), "\x93NUMPY\x01\x00");
    assert.match(
      bytes.toString("latin1", 10),
      /^\{'descr': '\|u1', 'fortran_order': False, 'shape': \(6,\), \} *\n/,
    );
  });

  it("another shape, another type and a short file are refused, with the file's name", async () => {
    assert.throws(() => npyBytes(values, [4]), /expected 4 values for 4, got 6/);
    writeFileSync(file, npyFile("<f4", false, [1], new Uint8Array(4)));
    await assert.rejects(readNpyBytes(file), /a\.npy: expected unsigned bytes .* got type float32/);
    writeFileSync(file, npyBytes(values, [6]).subarray(0, -1));
    await assert.rejects(readNpyBytes(file), /a\.npy: expected 6 bytes, got 5/);
  });

  it("a temporary folder is removed when the process ends", () => {
    const code = 'console.log(require("./src/files/temporaryFolder").temporaryFolder())';
    const { stdout } = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", code], {
      encoding: "utf8",
    });
    assert.match(stdout, /tdnc-/);
    assert(!existsSync(stdout.trim()));
  });
});

describe("firstOfClasses", () => {
  it("has the first rows of each class, as many as asked for", () => {
    const labels = [1, 0, 1, 1, 0];
    assert.deepEqual(
      firstOfClasses(labels, (label) => (label === 1 ? 2 : 1)),
      [0, 1, 2],
    );
  });
});
