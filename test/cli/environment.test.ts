import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findChromium } from "../../src/figures/pages/chromium";
import type { RunRecord } from "../../src/runs/record";

const TDNC = `"${process.execPath}" "${path.resolve("dist/cli/main.js")}"`;
/** One epoch of three steps. */
const TRAIN =
  `${TDNC} train --label-count 30 --sub-batch-count 10 --sub-batch-size 3 --epochs 1 ` +
  "--report-count 0 --backend wasm";
const RUN = path.join("mnist-250-sliding", "split-0-seed-0");

describe("tdnc in other environments", function () {
  this.timeout(120_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-environment-"));
    chmodSync(root, 0o777);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const bash = (command: string, env: NodeJS.ProcessEnv = process.env) =>
    spawnSync("bash", ["-o", "pipefail", "-c", command], { encoding: "utf8", env });
  const record = () =>
    JSON.parse(readFileSync(path.join(root, RUN, "record.json"), "utf8")) as RunRecord;

  it("a user without a home folder and a passwd entry can use every command but kernel", function () {
    const user = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"];
    const run = (command: string) => bash(`${user.join(" ")} env -i PATH="$PATH" ${command}`);
    if (run(`test -x "${process.execPath}" -a -r "${path.resolve("dist")}"`).status !== 0) {
      console.log("      skipped: another user cannot be had here, or cannot read the project");
      this.skip();
    }
    const help = run(`${TDNC} --help`);
    assert.deepEqual([help.status, help.stderr], [0, ""]);
    const trained = run(`${TRAIN} --out "${root}"`);
    assert.equal(trained.status, 0, trained.stderr);
    const report = run(`${TDNC} report "${root}" --out "${root}/report.html"`);
    assert.equal(report.status, 0, report.stderr);
    if (findChromium()) {
      const figures = run(`${TDNC} figures "${root}" --out "${root}/figures" --format png`);
      assert.equal(figures.status, 0, figures.stderr);
    }
    const kernel = run(`${TDNC} kernel`);
    assert.equal(kernel.status, 1);
    assert.match(kernel.stderr, /^tdnc: expected a home folder: HOME is not set, [^\n]*\n$/);
  });

  it("a limit of the address space is named with the option of Node that suffices", function () {
    if (bash("ulimit -v 8000000").status !== 0) this.skip();
    const refused = bash(`ulimit -v 8000000; ${TRAIN} --out "${root}"`);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /7\.6 GiB of address space \(ulimit -v\).*NODE_OPTIONS=(\S+),/);
    assert.doesNotMatch(refused.stderr, /RangeError|Out of memory/);
    const [, option] = /NODE_OPTIONS=(\S+),/.exec(refused.stderr)!;
    const { NODE_OPTIONS = "" } = process.env;
    const env = { ...process.env, NODE_OPTIONS: `${NODE_OPTIONS} ${option}`, TDNC_THREADS: "8" };
    const trained = bash(`ulimit -v 8000000; ${TRAIN} --out "${root}"`, env);
    assert.equal(trained.status, 0, trained.stderr);
  });

  it("training continues without its log if the reader of standard error ends", () => {
    const { status, stdout } = bash(`${TRAIN} --out "${root}" 2>&1 >/dev/null | head -1`);
    assert.deepEqual([status, stdout.split("\n").length], [0, 2]);
    assert.equal(record().status, "complete");
  });

  it("training continues without its log if the disk of standard error is full", () => {
    const { status, stdout } = bash(`${TRAIN} --out "${root}" 2>/dev/full`);
    assert.equal(status, 0);
    assert.match(stdout, /^mnist-250, 1 epoch\nregularizer/);
    assert.equal(record().status, "complete");
  });

  it("output onto a full disk fails with one sentence", () => {
    const { status, stderr } = bash(`${TDNC} presets > /dev/full`);
    assert.equal(status, 1);
    assert.equal(stderr, "tdnc: could not write the output: the disk is full\n");
  });
});
