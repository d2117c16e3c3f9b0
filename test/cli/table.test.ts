import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { tableCsv } from "../../src/cli/printTable";
import { REGULARIZERS } from "../../src/training/settings/presets";
import { resultTable } from "../../src/results/resultTable";
import { testedRun } from "../support/records";
import { tdnc } from "./commandLine";

describe("tableCsv", () => {
  const records = [
    testedRun("vanilla", 0, 0.9),
    testedRun("vanilla", 1, 0.94),
    testedRun("sliding", 0, 0.95),
  ];

  it("tableCsv has a single epochs column if the runs differ in their epochs", () => {
    const rows = resultTable([...records, testedRun("vanilla", 0, 0.8, { epochs: 20 })]);
    const [header, ...lines] = tableCsv(rows).trimEnd().split("\r\n");
    const at = header.split(",").indexOf("epochs");
    assert.equal(header.split(",").lastIndexOf("epochs"), at);
    assert.deepEqual(
      lines.map((line) => line.split(",")[at]),
      ["1", "1", "20"],
    );
  });
});

describe("tdnc table", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-table-"));
    const runs = [
      testedRun("vanilla", 0, 0.9),
      testedRun("vanilla", 1, 0.94),
      testedRun("sliding", 0, 0.95),
    ];
    runs.push({ ...testedRun("hofer", 0, 0.5), status: "running" });
    runs.forEach((record, i) => {
      mkdirSync(path.join(folder, "runs", String(i)), { recursive: true });
      writeFileSync(path.join(folder, "runs", String(i), "record.json"), JSON.stringify(record));
    });
  });
  after(() => rmSync(folder, { recursive: true }));

  it("tdnc table prints aligned rows and names the runs that do not count", async () => {
    const { code, stdout, stderr } = await tdnc("table", folder);
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 4);
    assert.equal(lines[0], "mnist-250, 1 epoch");
    assert.match(lines[2], /^vanilla +2 +92\.00 +2\.83 +2\.00 +0\.092 +15$/);
    assert.match(lines[3], /^sliding +1 +95\.00 +- +- +/);
    assert.match(stderr, /not counted: .*3 \(running, 1 of 1 epochs\)/);
  });

  it("tdnc table counts a run once if one given folder contains another", async () => {
    const once = await tdnc("table", folder);
    const twice = await tdnc("table", folder, path.join(folder, "runs"), `${folder}/runs/0`);
    assert.equal(twice.stdout, once.stdout);
    assert.equal(twice.stderr, once.stderr);
  });

  it("tdnc table compares experiments with vanilla on the splits that they share", async () => {
    const runs = [
      ...[0.9, 0.92, 0.91].map((accuracy, split) => testedRun("vanilla", split, accuracy)),
      ...[0.93, 0.94, 0.95].map((accuracy, split) => testedRun("sliding", split, accuracy)),
    ];
    runs.forEach((record, i) => {
      mkdirSync(path.join(folder, "pairs", String(i)), { recursive: true });
      writeFileSync(path.join(folder, "pairs", String(i), "record.json"), JSON.stringify(record));
    });
    const { stdout } = await tdnc("table", path.join(folder, "pairs"));
    // Differences 3, 2, 4: mean 3, sample std 1, 95 % interval 3 +- 4.303 / sqrt(3).
    assert.match(
      stdout,
      /sliding +3 +94\.00 .* \+3\.00 +\+0\.52 to \+5\.48 +0\.035 +0\.250 +3\.00/,
    );
    assert.match(stdout, /vanilla +3 +91\.00 .* - +- +- +- +-$/m);
    rmSync(path.join(folder, "pairs"), { recursive: true });
  });

  it("tdnc table prints a row per run or epoch with record fields as columns", async () => {
    const runs = (await tdnc("table", folder, "--runs")).stdout.trimEnd().split("\r\n");
    assert.equal(runs.length, 5);
    assert.match(
      runs[0],
      /^preset,regularizer,.*,status,.*,test\.accuracy,train\.accuracy,train\.within/,
    );
    const epochs = JSON.parse(
      (await tdnc("table", folder, "--epochs", "--json")).stdout,
    ) as object[];
    assert.deepEqual(epochs[1], {
      preset: "mnist-250",
      regularizer: "vanilla",
      split: 1,
      seed: 0,
      epoch: 1,
      learningRate: 0.1,
      topologicalWeight: 0.1,
      beta: 1.1,
      loss: 1,
      crossEntropy: 1,
      connectivityLoss: 1,
      stepAccuracy: 1,
      "seconds.training": 1,
      "seconds.measuring": 1,
      "test.accuracy": 0.94,
      "train.accuracy": 1,
      "train.withinClassVariability": 0.094,
    });
  });

  it("tdnc table prints its rows as CSV and JSON", async () => {
    const csv = (await tdnc("table", folder, "--csv")).stdout.split("\r\n");
    assert.match(csv[0], /^preset,regularizer,epochs,n,test accuracy %,sample std,/);
    assert.equal(csv[1].split(",")[3], "2");
    const json = JSON.parse((await tdnc("table", folder, "--json")).stdout) as {
      rows: { n: number }[];
    };
    assert.deepEqual(
      json.rows.map(({ n }) => n),
      [2, 1],
    );
  });

  it("tdnc table --csv quotes a cell that contains a comma", async () => {
    const one = testedRun("sliding", 5, 0.9, {
      beta: REGULARIZERS.hofer.difference.topologicalWeight,
    });
    const two = testedRun("sliding", 6, 0.9);
    [one, two].forEach((record, i) => {
      mkdirSync(path.join(folder, "other", String(i)), { recursive: true });
      writeFileSync(path.join(folder, "other", String(i), "record.json"), JSON.stringify(record));
    });
    const weight = { topologicalWeight: "product(linear(0, 1), constant(2))" };
    const json = JSON.parse(JSON.stringify(two)) as { config: object };
    writeFileSync(
      path.join(folder, "other", "1", "record.json"),
      JSON.stringify({ ...json, config: { ...json.config, ...weight } }),
    );
    const { stdout } = await tdnc("table", path.join(folder, "other"), "--csv");
    assert.match(stdout, /,"product\(linear\(0, 1\), constant\(2\)\)",/);
  });

  it("tdnc table fails without records or complete runs and names a broken record", async () => {
    const empty = path.join(folder, "empty");
    mkdirSync(empty);
    const none = await tdnc("table", empty);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no record\.json in .*empty or below/);
    const running = await tdnc("table", path.join(folder, "runs", "3"));
    assert.equal(running.code, 1);
    assert.match(running.stderr, /no complete run in/);
    writeFileSync(path.join(empty, "record.json"), '{"format": "other"}');
    const broken = await tdnc("table", empty);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /record\.json: expected the record of a run: expected format/);
    assert.match(broken.stderr, /no readable record\.json in/);
    const missing = await tdnc("table", path.join(folder, "nowhere"));
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /expected folders of runs, got none at .*nowhere/);
  });

  it("tdnc table names a truncated record and shows the other runs", async () => {
    const cut = path.join(folder, "runs", "cut");
    mkdirSync(cut);
    writeFileSync(path.join(cut, "record.json"), '{"format": "tdnc-rec');
    const { stdout, stderr, code } = await tdnc("table", path.join(folder, "runs"));
    rmSync(cut, { recursive: true });
    assert.equal(code, 1);
    assert.match(stderr, /not read: .*cut.record\.json: expected the record of a run/);
    assert.equal(stdout, (await tdnc("table", path.join(folder, "runs"))).stdout);
  });

  it("tdnc table prints infinite numbers of JSON by their names", async () => {
    // 0.03125 is exact: both differences are the same.
    const runs = [0.5, 0.75].flatMap((accuracy, split) => [
      testedRun("vanilla", split, accuracy),
      testedRun("sliding", split, accuracy + 0.03125),
    ]);
    runs.forEach((record, i) => {
      mkdirSync(path.join(folder, "apart", String(i)), { recursive: true });
      writeFileSync(path.join(folder, "apart", String(i), "record.json"), JSON.stringify(record));
    });
    const { stdout } = await tdnc("table", path.join(folder, "apart"), "--json");
    rmSync(path.join(folder, "apart"), { recursive: true });
    const { comparisons } = JSON.parse(stdout) as {
      comparisons: { tTest: { t: unknown; p: number }; effectSize: { cohenDz: unknown } }[];
    };
    const [{ tTest, effectSize }] = comparisons;
    assert.deepEqual([tTest.t, tTest.p, effectSize.cohenDz], ["Infinity", 0, "Infinity"]);
  });

  it("tdnc table ends without an error if the reader of its output has ended", () => {
    const main = path.resolve("dist/cli/main.js");
    const command = `"${process.execPath}" "${main}" table data/records --epochs | head -1`;
    const piped = ["-o", "pipefail", "-c", command];
    const { status, stdout, stderr } = spawnSync("bash", piped, { encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^preset,regularizer,[^\n]*\n$/);
  });
});
