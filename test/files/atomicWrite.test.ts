import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { atomicWrite, makeFolder, removeTemporaries } from "../../src/files/atomicWrite";

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

  it("an atomicWrite keeps the old file if its check throws or its content is removed meanwhile", async () => {
    const file = path.join(folder, "a.txt");
    writeFileSync(file, "old");
    const refusal = new Error("not yours");
    await assert.rejects(
      atomicWrite(file, "new", () => Promise.reject(refusal)),
      refusal,
    );
    await assert.rejects(
      atomicWrite(file, "new", () => removeTemporaries(folder)),
      /could not write .*a\.txt/,
    );
    assert.equal(readFileSync(file, "utf8"), "old");
    assert.deepEqual(readdirSync(folder), ["a.txt"]);
  });

  it("an atomicWrite that fails names the file and leaves no temporary file", async () => {
    await atomicWrite(path.join(folder, "b.txt"), "kept");
    const inner = path.join(folder, "b.txt", "c.txt");
    await assert.rejects(atomicWrite(inner, "x"), /could not write .*c\.txt/);
    // A folder cannot be replaced by a file: the rename fails, after the content was written.
    mkdirSync(path.join(folder, "taken"));
    writeFileSync(path.join(folder, "taken", "inside"), "");
    await assert.rejects(atomicWrite(path.join(folder, "taken"), "x"), /could not write .*taken/);
    assert.deepEqual(readdirSync(folder).sort(), ["b.txt", "taken"]);
    assert.equal(readFileSync(path.join(folder, "b.txt"), "utf8"), "kept");
  });
});

describe("makeFolder", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("makeFolder makes all missing folders, also for several callers at the same time", async () => {
    const inner = path.join(folder, "a", "b", "c");
    await Promise.all([makeFolder(inner), makeFolder(inner), makeFolder(path.join(inner, "d"))]);
    await makeFolder(inner);
    assert.deepEqual(readdirSync(inner), ["d"]);
  });

  it("makeFolder names a file that is in the way", async () => {
    writeFileSync(path.join(folder, "file"), "kept");
    for (const inner of ["file", "file/a", "file/a/b"])
      await assert.rejects(
        makeFolder(path.join(folder, inner)),
        /could not write .*: a file is in/,
      );
    assert.equal(readFileSync(path.join(folder, "file"), "utf8"), "kept");
  });

  it("makeFolder fails if an existing folder accepts no subfolder", async function () {
    if (process.platform !== "linux") return this.skip();
    await assert.rejects(makeFolder("/proc/x/y"), /could not write \/proc\/x: .*accepts no files/);
  });
});
