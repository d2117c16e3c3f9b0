import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { atomicWrite } from "../../src/files/atomicWrite";

describe("atomicWrite", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("atomicWrite replaces the file and leaves no other file", async () => {
    const file = path.join(folder, "a.txt");
    writeFileSync(file, "old");
    await atomicWrite(file, "new");
    assert.equal(readFileSync(file, "utf8"), "new");
    assert.deepEqual(readdirSync(folder), ["a.txt"]);
  });

  it("an atomicWrite that fails names the file and leaves no temporary file", async () => {
    // A folder of that name cannot be replaced by a file.
    const file = path.join(folder, "taken");
    await atomicWrite(path.join(folder, "b.txt"), "kept");
    const inner = path.join(folder, "b.txt", "c.txt");
    await assert.rejects(atomicWrite(inner, "x"), /could not write .*c\.txt/);
    assert.deepEqual(readdirSync(folder), ["b.txt"]);
    assert.equal(readFileSync(path.join(folder, "b.txt"), "utf8"), "kept");
    await assert.rejects(atomicWrite(path.join(file, "d.txt"), "x"), /could not write .*d\.txt/);
  });
});
