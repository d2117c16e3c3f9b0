import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunRecord } from "../../src/runs/record";
import { measuredRun } from "../support/records";

const MAIN = path.resolve("dist/cli/main.js");

describe("tdnc report and tdnc figures", function () {
  this.timeout(120000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-study-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function save(name: string, record: RunRecord): void {
    mkdirSync(path.join(folder, "runs", name), { recursive: true });
    writeFileSync(path.join(folder, "runs", name, "record.json"), JSON.stringify(record));
  }

  const tdnc = (...args: string[]) =>
    spawnSync(process.execPath, [MAIN, ...args], {
      cwd: folder,
      encoding: "utf8",
      timeout: 100000,
    });

  const vanilla = measuredRun("vanilla", [{ test: 0.5 }]);
  const running: RunRecord = {
    ...measuredRun("sliding", [{ test: 0.75 }], { epochs: 310 }),
    status: "running",
  };

  it("tdnc report writes one page of complete runs and lists those that do not count", () => {
    save("a", vanilla);
    save("b", running);
    const { status, stdout, stderr } = tdnc("report", "runs", "--out", "new/study.html");
    assert.deepEqual(
      [status, stdout],
      [0, `${path.join("new", "study.html")} (open it in a browser)\n`],
    );
    assert.match(stderr, /not counted: runs.b \(running, 1 of 310 epochs\)/);
    const html = readFileSync(path.join(folder, "new", "study.html"), "utf8");
    const body = html.slice(0, html.indexOf("<script>"));
    assert(body.includes("vanilla") && !body.includes("sliding"));
  });

  for (const command of ["report", "figures"])
    it(`tdnc ${command} shows the other runs, names a damaged record and exits with code 1`, () => {
      save("a", vanilla);
      const [epoch] = vanilla.epochs;
      save("damaged", { ...vanilla, epochs: [{ ...epoch, deathTimes: {} as never }] });
      const out = command === "report" ? "study.html" : "out";
      const { status, stdout, stderr } = tdnc(command, "runs", "--out", out);
      rmSync(path.join(folder, "runs", "damaged"), { recursive: true });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /not read: runs.damaged.record\.json: expected .*: epochs\[0\]\.deathTimes\.mean: expected/,
      );
      assert.match(stdout, /\.html/);
    });

  it("tdnc figures writes pages into a new folder and takes unfinished runs on request", () => {
    save("b", running);
    const refused = tdnc("figures", "runs", "--out", "out");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /no complete run \(--unfinished includes others\) in runs/);
    const { status, stdout } = tdnc("figures", "runs", "--out", "out", "--unfinished");
    assert.equal(status, 0);
    const files = stdout.trim().split("\n");
    assert(files.includes(path.join("out", "accuracy.html")));
    for (const file of [...files, path.join("out", "plotly.js")])
      assert(existsSync(path.join(folder, file)), file);
  });

  it("tdnc figures requires an output folder and a known format", () => {
    assert.equal(tdnc("figures", "runs").status, 2);
    const { status, stderr } = tdnc("figures", "runs", "--out", "x", "--format", "gif");
    assert.equal(status, 2);
    assert.match(stderr, /html, png, svg/);
  });
});
