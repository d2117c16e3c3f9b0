import assert from "node:assert/strict";
import {
  cpSync,
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
import { parseGridOption, parseGridOptions } from "../../src/cli/options";
import { durationText } from "../../src/cli/textFormats";
import type { RunRecord } from "../../src/runs/record";
import { start, startWith, tdnc, type Finished } from "./commandLine";

/** Two epochs of three steps, a test at the end. */
const SETTINGS = [
  ...["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"],
  ...["--epochs", "2", "--test-every", "2", "--report-count", "0", "--validation-count", "10"],
];
const GRID = ["--grid", "beta=0.5,linear(30, 20)", "--splits", "0-1"];
const FOLDERS = ["beta=0.5", "beta=linear-30-20"].flatMap((beta) =>
  [0, 1].map((split) => path.join("mnist-250-sliding", beta, `split-${split}-seed-0`)),
);

describe("the option --grid", () => {
  it("--grid separates values at commas outside parentheses", () => {
    assert.deepEqual(parseGridOption("beta=0.5, 1.1,product(linear(0, 1), 2)"), [
      "beta",
      ["0.5", "1.1", "product(linear(0, 1), 2)"],
    ]);
    assert.deepEqual({ ...parseGridOptions(["a=1", "b=2,3"]) }, { a: ["1"], b: ["2", "3"] });
  });

  for (const text of ["", "beta", "beta=", "=1", "beta=1,,2"])
    it(`--grid rejects "${text}"`, () => {
      assert.throws(() => parseGridOption(text), /--grid: expected <setting>=<value>,<value>/);
    });

  it("--grid rejects a setting that is given twice", () => {
    assert.throws(() => parseGridOptions(["a=1", "a=2"]), /--grid a: expected one option/);
  });
});

describe("durationText", () => {
  it("durationText uses at most two units and rounds to the smaller one", () => {
    assert.deepEqual([0.04, 9.94, 59.4, 59.6, 320, 3599.6, 11520].map(durationText), [
      ...["0.0 s", "9.9 s", "59 s", "1 min 0 s", "5 min 20 s", "1 h 0 min", "3 h 12 min"],
    ]);
  });
});

describe("tdnc sweep", function () {
  this.timeout(180_000);
  let root: string;
  let whole: Finished;
  const at = (...names: string[]) => path.join(root, ...names);
  const sweep = (out: string, ...args: string[]) =>
    tdnc("sweep", "mnist-250", ...SETTINGS, ...args, "--out", at(out));
  const dryRun = (out: string, ...args: string[]) =>
    sweep(out, ...args, "--dry-run", "--no-trial").then(({ stdout }) => stdout);
  const record = (...names: string[]) =>
    JSON.parse(readFileSync(at(...names, "record.json"), "utf8")) as RunRecord;
  const bytes = (out: string) =>
    FOLDERS.map((folder) => readFileSync(at(out, folder, "record.json"), "utf8"));

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-sweep-"));
    whole = await sweep("whole", ...GRID);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("tdnc sweep executes every combination in its own folder and prints the table", () => {
    assert.equal(whole.code, 0, whole.stderr);
    for (const folder of FOLDERS) assert.equal(record("whole", folder).status, "complete");
    assert.match(whole.stdout, /^sliding +constant\(0\.5\) +2 +\d+\.\d\d /m);
    assert.match(whole.stdout, /^sliding +linear\(30, 20\) +2 +\d+\.\d\d /m);
    assert.match(whole.stderr, /4 runs, 0 of them done/);
  });

  it("a repeated tdnc sweep computes nothing and prints the same table", async () => {
    const before = bytes("whole");
    const again = await sweep("whole", ...GRID);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /4 runs, 4 of them done/);
    assert.doesNotMatch(again.stderr, /epoch|complete already/);
    assert.equal(again.stdout, whole.stdout);
    assert.deepEqual(bytes("whole"), before);
  });

  it("tdnc sweep reuses a complete run in a deeper folder and under another name", async () => {
    cpSync(at("whole", FOLDERS[0]), at("named", "old", "run"), { recursive: true });
    const { environment: _, ...rest } = record("whole", FOLDERS[0]);
    const args = ["--grid", "beta=0.5", "--splits", "0"];
    // Where beta is given, sliding is no more than its weight.
    const named = [...args, "--regularizer", "weight-only"];
    const dry = await dryRun("named", ...named);
    assert.match(dry, /mnist-250-weight-only.*split-0-seed-0 +done in .*named.old.run$/m);
    const { code, stdout, stderr } = await sweep("named", ...named);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /1 runs, 1 of them done/);
    assert.match(stdout, /^weight-only +1 /m);
    assert.deepEqual(readdirSync(at("named")), ["old"]);
    const json = await sweep("named", ...named, "--json");
    const [result] = JSON.parse(json.stdout) as Record<string, unknown>[];
    assert.equal(result.folder, at("named", "old", "run"));
    assert.deepEqual(result.test, rest.epochs[1].test);
  });

  it("tdnc sweep computes a run with two names once and shows it under both", async () => {
    const args = ["--regularizer", "hofer,hofer-l1", "--grid", "metric=L1"];
    const { code, stdout, stderr } = await sweep("twice", ...args);
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(at("twice")), ["mnist-250-hofer"]);
    const [, , hofer, named] = stdout.split("\n");
    assert.match(hofer, /^hofer /);
    assert.equal(named.replace(/hofer-l1 +/, ""), hofer.replace(/hofer +/, ""));
  });

  it("tdnc sweep resumes where Ctrl-C stopped it", async () => {
    const longer = [...GRID, "--epochs", "14", "--checkpoint-every", "1", "--workers", "1"];
    const out = at("stopped");
    const running = start("sweep", "mnist-250", ...SETTINGS, ...longer, "--out", out);
    const first = path.join(out, FOLDERS[0], "record.json");
    const epochs = () =>
      existsSync(first) ? (JSON.parse(readFileSync(first, "utf8")) as RunRecord).epochs.length : 0;
    while (epochs() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    running.signalGroup("SIGINT");
    const { code, stderr } = await running.finished;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /interrupted; 0 of 4 runs are complete/);
    const dry = await dryRun("stopped", ...longer);
    assert.match(
      dry,
      new RegExp(`beta=0\\.5.split-0-seed-0 +to resume from epoch ${epochs()}$`, "m"),
    );
    assert.match(dry, /4 runs: 0 done, 0 running, 1 to resume, 3 to do/);
    const one = ["--epochs", "14", "--checkpoint-every", "1", "--grid", "beta=0.5"];
    const resumed = await sweep("stopped", ...one);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /resumes after epoch \d+ of 14/);
  });

  it("tdnc sweep finishes the other runs if one fails and retries it the next time", async () => {
    const other = at("failing", FOLDERS[0]);
    mkdirSync(other, { recursive: true });
    const broken = { ...record("whole", FOLDERS[0]), status: "interrupted" };
    const config = { ...broken.config, momentum: 0.5 };
    writeFileSync(path.join(other, "record.json"), JSON.stringify({ ...broken, config }));
    assert.match(await dryRun("failing", ...GRID), /will fail: its folder holds another run$/m);
    // Where beta is given, weight-only is sliding: the same runs under another name.
    const twice = [...GRID, "--regularizer", "sliding,weight-only", "--json"];
    const { code, stderr, stdout } = await sweep("failing", ...twice);
    assert.equal(code, 1);
    assert.equal(stderr.match(/^failed: /gm)?.length, 1);
    assert.match(stderr, /failed: .*beta=0\.5.split-0-seed-0: .*holds another run[^]*momentum/);
    assert.match(stderr, /Give the same command to try the failed runs again/);
    const results = JSON.parse(stdout) as { status: string; error?: string }[];
    assert.deepEqual(
      results.map(({ status }) => status),
      ["failed", "complete", "failed", "complete", ...Array<string>(4).fill("complete")],
    );
    for (const i of [0, 2]) assert.match(results[i].error!, /holds another run/);
    rmSync(other, { recursive: true });
    const again = await sweep("failing", ...GRID);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /4 runs, 3 of them done/);
    assert.equal(withoutSeconds(again.stdout), withoutSeconds(whole.stdout));
  });

  it("tdnc sweep --dry-run estimates the time from a trial and leaves no files", async () => {
    mkdirSync(at("temporary"));
    const variables = { TMPDIR: at("temporary") };
    const args = [...SETTINGS, ...GRID, "--epochs", "200", "--workers", "2", "--dry-run"];
    const out = at("dry");
    const { code, stdout, stderr } = await startWith(
      variables,
      ...["sweep", "mnist-250", ...args, "--out", out],
    ).finished;
    assert.equal(code, 0, stderr);
    const lines = stdout.split("\n");
    assert.equal(lines.filter((line) => /^[\da-f]{16} .* s +to do$/.test(line)).length, 4);
    assert.match(stdout, /^trial: [\d.]+ s an epoch, [\d.]+ s a test, one run at a time$/m);
    assert.match(stdout, /^estimate: .* a run, .* in total with 2 concurrent runs$/m);
    assert.equal(existsSync(out), false);
    assert.deepEqual(readdirSync(at("temporary")), []);
  });

  it("tdnc sweep reads a definition file, and options override its fields", async () => {
    const file = at("study.ts");
    const dist = path.resolve("dist");
    writeFileSync(
      file,
      `import { linear } from ${JSON.stringify(dist)};
       const betas: unknown[] = [0.5, linear(30, 20)];
       export default { preset: "mnist-250", grid: { beta: betas }, splits: "0-9" };`,
    );
    const out = at("whole");
    const args = [...SETTINGS, "--splits", "0-1", "--dry-run", "--json", "--out", out];
    const { code, stdout, stderr } = await tdnc("sweep", file, ...args);
    assert.equal(code, 0, stderr);
    const { runs, estimate } = JSON.parse(stdout) as {
      runs: { state: string }[];
      estimate?: object;
    };
    assert.deepEqual(
      runs.map(({ state }) => state),
      ["done", "done", "done", "done"],
    );
    assert.equal(estimate, undefined);
  });

  const refused: [string[], RegExp][] = [
    [["mnist-251"], /unknown preset "mnist-251"; expected one of mnist-250, .*or a file that ends/],
    [["none.json"], /none\.json: expected the definition of a sweep/],
    [["mnist-250", "--grid", "beta"], /--grid: expected <setting>=<value>/],
    [
      ["mnist-250", "--beta", "1", "--grid", "beta=1,2"],
      /beta: expected it in settings or in grid/,
    ],
    [["mnist-250", "--grid", "zeroDeathTimes=epsilon", "--metric", "L1"], /1 of 1 combinations/],
    [
      ["mnist-250", "--grid", "labelCount=250,10"],
      /labelCount=10.split-0-seed-0: class \d has 1 example/,
    ],
    [["mnist-250", "--splits", "9-12"], /split-10-seed-0: split 10: expected 0 to 9/],
  ];
  for (const [args, message] of refused)
    it(`"tdnc sweep ${args.join(" ")}" exits with code 2 before it writes anything`, async () => {
      const { code, stdout, stderr } = await tdnc("sweep", ...args, "--out", at("refused"));
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.equal(existsSync(at("refused")), false);
    });

  it("tdnc choose selects the best setting on the held-out images", async () => {
    const { code, stdout, stderr } = await tdnc("choose", at("whole"));
    assert.equal(code, 0, stderr);
    const means = ["beta=0.5", "beta=linear-30-20"].map((beta) =>
      [0, 1].map((split) => {
        const { epochs } = record("whole", "mnist-250-sliding", beta, `split-${split}-seed-0`);
        return epochs[1].validation!;
      }),
    );
    const [a, b] = means.map((runs) => runs.reduce((sum, { accuracy }) => sum + accuracy, 0));
    const [c, d] = means.map((runs) => runs.reduce((sum, run) => sum + run.crossEntropy, 0));
    const best = a > b || (a === b && c < d) ? "constant(0.5)" : "linear(30, 20)";
    const lines = stdout.split("\n");
    assert.match(lines[0], /^beta +n +validation accuracy % +sample std +cross entropy$/);
    assert.ok(lines[1].startsWith(best), stdout);
    const command = lines[lines.indexOf("chosen:") + 1];
    assert.ok(command.includes(`train mnist-250 --regularizer sliding`), command);
    assert.ok(
      command.includes(`--beta "${best}"`) && command.includes("--label-count 30"),
      command,
    );
    assert.ok(!command.includes("validation"), command);
    const json = await tdnc("choose", at("whole"), "--json");
    const choice = JSON.parse(json.stdout) as { command: string; candidates: unknown[] };
    assert.equal(choice.candidates.length, 2);
    assert.equal(choice.command, command.trim());
  });

  it("tdnc choose fails on runs without held-out images", async () => {
    await sweep("unkept", "--validation-count", "0");
    const { code, stderr } = await tdnc("choose", at("unkept"));
    assert.equal(code, 1);
    assert.match(stderr, /expected runs with held-out images/);
  });
});

const withoutSeconds = (table: string) => table.replace(/ +\S+$/gm, "");
