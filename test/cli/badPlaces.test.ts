import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { measuredRun } from "../support/records";
import { startWith } from "./commandLine";

/** Commands that write into a place, by name. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "sweep --slurm": ["sweep", "mnist-250", "--seeds", "0-1999", "--slurm", "PLACE/job"],
  figures: ["figures", "RUNS", "--out", "PLACE/figures"],
  report: ["report", "RUNS", "--out", "PLACE/report.html"],
  kernel: ["kernel"],
  train: ["train", "--epochs", "1", "--out", "PLACE/runs"],
};

describe("a place that takes nothing", function () {
  this.timeout(120_000);
  let root: string;
  let place: string;
  before(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc place-"));
    place = path.join(root, "disk");
    const run = path.join(root, "runs", "a");
    mkdirSync(run, { recursive: true });
    mkdirSync(place);
    const record = measuredRun("vanilla", [{ test: 0.5 }]);
    writeFileSync(path.join(run, "record.json"), JSON.stringify(record));
  });
  after(() => rmSync(root, { recursive: true }));

  /** Every file of a folder, with its length. */
  const filesIn = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file, "latin1").length]);

  async function refused(command: string, to: string, message: RegExp): Promise<void> {
    const words = COMMANDS[command].map((word) =>
      word.replace("PLACE", to).replace("RUNS", path.join(root, "runs")),
    );
    const { code, stderr } = await startWith({ JUPYTER_DATA_DIR: to }, ...words).finished;
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /ENOSPC|EROFS|ENOENT| {4}at /);
  }

  for (const command of Object.keys(COMMANDS)) {
    it(`tdnc ${command} reports a full or read-only disk and leaves existing files`, async function () {
      try {
        const options = ["-t", "tmpfs", "-o", "size=300k", "tmpfs", place];
        execFileSync("mount", options, { stdio: "ignore" });
      } catch {
        console.log("      skipped: a small disk cannot be mounted here");
        this.skip();
      }
      try {
        mkdirSync(path.join(place, "kernels", "tslab"), { recursive: true });
        writeFileSync(path.join(place, "kernels", "tslab", "kernel.json"), "theirs");
        writeFileSync(path.join(place, "report.html"), "old");
        // Of a filler that is too large, what fits stays.
        try {
          writeFileSync(path.join(place, "filler"), Buffer.alloc(400_000));
        } catch {
          // The disk is full now.
        }
        const before = filesIn(place);
        await refused(command, place, /could not write .*: the disk is full\n/);
        assert.deepEqual(filesIn(place), before);
        execFileSync("mount", ["-o", "remount,ro", place]);
        await refused(command, place, /could not write .*: the disk is read-only\n/);
        assert.deepEqual(filesIn(place), before);
      } finally {
        execFileSync("umount", [place]);
      }
    });

    it(`tdnc ${command} fails below a folder that accepts no files`, async function () {
      if (process.platform !== "linux") return this.skip();
      await refused(command, "/proc/tdnc", /could not write \/proc\/tdnc: .* accepts no files\n/);
    });
  }
});
