import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { tdnc } from "./commandLine";

describe("tdnc tfjs-node", function () {
  this.timeout(60_000);
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(os.tmpdir(), "tdnc-build-"))));
  afterEach(() => rmSync(root, { recursive: true }));

  it("tdnc tfjs-node rejects a wrong or missing wheel", async () => {
    const [wheel, folder] = ["own.whl", "library"].map((name) => path.join(root, name));
    writeFileSync(wheel, "damaged");
    const build = (file: string) => tdnc("tfjs-node", "--folder", folder, "--wheel", file);
    const { code, stderr } = await build(wheel);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /own\.whl: expected SHA-256 [\da-f]{64}, got [\da-f]{64}: the file was not used/,
    );
    const missing = await build(path.join(root, "none.whl"));
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /none\.whl: expected the wheel of tensorflow-cpu==.*, got: /);
    assert.ok(!existsSync(folder));
  });

  it("tdnc tfjs-node rejects a place for the library in which a file is in the way", async () => {
    const file = path.join(root, "file");
    writeFileSync(file, "");
    const { code, stderr } = await tdnc("tfjs-node", "--folder", path.join(file, "x"));
    assert.equal(code, 2);
    assert.match(stderr, /--folder: expected a folder, got the file/);
  });
});
