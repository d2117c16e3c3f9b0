import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { FileServer } from "../files/fileServer";
import { startWith, tdnc } from "./commandLine";

describe("tdnc data", function () {
  this.timeout(60_000);
  let folder: string;
  const at = (name: string) => path.join(folder, name);
  before(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-data-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the command with a server whose files are wrong in content or size or do not exist. */
  async function withServer(content: Buffer, status: number | undefined, ...args: string[]) {
    const server = new FileServer(content, status === undefined ? [] : [{ status }]);
    const mirror = await server.start();
    const finished = await tdnc("data", ...args, "--mirror", mirror);
    await server.stop();
    return { ...finished, mirror, requests: server.requests };
  }

  it("tdnc data prints which files to download, and to where, if a server lacks a file", async () => {
    const out = at("svhn");
    const { code, stderr, stdout, mirror, requests } = await withServer(
      Buffer.alloc(1),
      404,
      ...["svhn", "--out", out],
    );
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.deepEqual(requests, ["/train_32x32.mat all"]);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(
      lines[0],
      `tdnc: ${mirror}train_32x32.mat: expected the file, got HTTP status 404`,
    );
    assert.deepEqual(lines.slice(2, 4), [
      `  ${mirror}train_32x32.mat  (182 MB, MD5 e26dedcc434d2e4c54c9b2d4a06d8373)`,
      `  ${mirror}test_32x32.mat  (64 MB, MD5 eb5a983be6a315427106f1b164d9cef3)`,
    ]);
    assert.match(
      lines[4],
      /^and put them into .*svhn, or name their folder: npx tdnc data svhn --from/,
    );
    assert.equal(existsSync(path.join(out, "train_32x32.mat")), false);
  });

  it("tdnc data prints which files to download if the server's name does not resolve", async () => {
    // No name ends in .invalid: RFC 2606.
    const args = ["cifar10", "--out", at("cifar10"), "--mirror", "http://data.invalid"];
    const { code, stderr } = await tdnc("data", ...args);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^tdnc: http:\/\/data\.invalid\/cifar-10-binary\.tar\.gz: expected a response, got: .*\n/,
    );
    assert.match(stderr, /\(170 MB, MD5 c32a1d4ab5d03f1284b67883e8d87530\)/);
    assert.match(stderr, /and put it into .*cifar10/);
  });

  it("tdnc data rejects a file of another size and leaves no part of it", async () => {
    const out = at("wrong");
    const { code, stderr } = await withServer(Buffer.alloc(100), undefined, "svhn", "--out", out);
    assert.equal(code, 1);
    assert.match(stderr, /expected a file of 182040794 bytes, got one of 100/);
    assert.deepEqual(readdirSync(out), []);
  });

  it("tdnc data fetches a file only once and also takes it from a folder", async () => {
    const content = Buffer.from("a made-up archive");
    const md5 = createHash("md5").update(content).digest("hex");
    // Before the command starts: the official file is this one.
    const preload = at("official.cjs");
    const files = JSON.stringify(path.resolve("dist/data/officialFiles.js"));
    const changes = JSON.stringify({ bytes: content.length, md5 });
    writeFileSync(
      preload,
      `Object.assign(require(${files}).OFFICIAL_FILES.cifar10[0], ${changes});`,
    );
    const server = new FileServer(content);
    const mirror = await server.start();
    const run = (...args: string[]) =>
      startWith({ NODE_OPTIONS: `--require ${preload}` }, "data", "cifar10", ...args).finished;
    const fetched = { code: 0, stdout: `${at("whole")}: cifar-10-binary.tar.gz, as published\n` };
    for (let i = 0; i < 2; i++) {
      const { code, stdout, stderr } = await run("--out", at("whole"), "--mirror", mirror);
      assert.deepEqual({ code, stdout }, fetched, stderr);
    }
    await server.stop();
    assert.deepEqual(server.requests, ["/cifar-10-binary.tar.gz all"]);
    assert.deepEqual(readdirSync(at("whole")), ["cifar-10-binary.tar.gz"]);
    const taken = await run("--from", at("whole"), "--out", at("taken"));
    assert.equal(taken.code, 0, taken.stderr);
    assert.deepEqual(readFileSync(path.join(at("taken"), "cifar-10-binary.tar.gz")), content);
  });

  it("tdnc data --from rejects and names a missing or unofficial file", async () => {
    const from = at("from");
    mkdirSync(from);
    const missing = await tdnc("data", "svhn", "--from", from, "--out", at("out"));
    assert.equal(missing.code, 1);
    assert.match(
      missing.stderr,
      /from\/train_32x32\.mat: expected this file, which does not exist/,
    );
    assert.match(missing.stderr, /http:\/\/ufldl\.stanford\.edu\/housenumbers\/train_32x32\.mat/);
    writeFileSync(path.join(from, "train_32x32.mat"), "other");
    const wrong = await tdnc("data", "svhn", "--from", from, "--out", at("out"));
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /expected the official file \(MD5 e26dedcc.*\), got 5 bytes/);
    assert.equal(existsSync(at("out")), false);
  });

  it("tdnc data rejects names other than svhn and cifar10", async () => {
    const { code, stderr } = await tdnc("data", "imagenet");
    assert.equal(code, 2);
    assert.match(stderr, /Allowed choices are svhn, cifar10/);
  });
});
