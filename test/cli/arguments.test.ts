import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseRanges } from "../../src/experiment/ranges";
import { tdnc } from "./commandLine";

describe("ranges of splits", () => {
  it("are single numbers and ranges with commas, ascending, each once", () => {
    assert.deepEqual(parseRanges("0-3"), [0, 1, 2, 3]);
    assert.deepEqual(parseRanges("5-7, 0,6"), [0, 5, 6, 7]);
  });

  for (const text of ["", "9-0", "a", "1-", "-1", "1.5", "0,,1"])
    it(`refuse "${text}"`, () => {
      assert.throws(() => parseRanges(text), /expected whole numbers such as 0-9 or 0,3,5-7/);
    });
});

describe("bad arguments", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-arguments-"))));
  after(() => rmSync(folder, { recursive: true }));

  const cases: [string[], RegExp][] = [
    [["fly"], /unknown command 'fly'/],
    [["train", "--wings", "2"], /unknown option '--wings'/],
    [["train", "mnist-251"], /unknown preset "mnist-251"; expected one of mnist-250,/],
    [["train", "--regularizer", "holer"], /unknown regularizer "holer"; expected one of vanilla/],
    [["train", "--epochs", "0"], /epochs: expected a whole number from 1, got "0"/],
    [["train", "--beta", "linear(1)"], /beta: expected .*"linear\(1\)" has 1 arguments/],
    [["train", "--splits", "9-0"], /expected whole numbers such as 0-9/],
    [["train", "--splits", "3,10"], /split 10: expected 0 to 9, the splits of "seeded"/],
    [["train", "--workers", "0"], /--workers: expected a whole number from 1, got "0"/],
    [["train", "--backend", "abacus"], /'abacus' is invalid/],
    [["train", "--zero-death-times", "epsilon", "--metric", "L1"], /goes with metric L2, got L1/],
    [["train", "--label-count", "5"], /labelCount 5 is less than/],
    [["train", "--label-count", "10"], /class \d has 1 example; a sub-batch needs at least 2/],
    [
      ["train", "--label-count", "30", "--with-replacement", "false"],
      /class \d has \d examples; a sub-batch without replacement needs 16/,
    ],
    [["table", "--json", "--csv", "."], /--json or --csv, got both/],
  ];
  for (const [args, message] of cases)
    it(`"${args.join(" ")}" ends with exit code 2 and says what is wrong`, async () => {
      const out = path.join(folder, "out");
      const run = args[0] === "train" ? [...args, "--out", out] : args;
      const { code, stdout, stderr } = await tdnc(...run);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.ok(!/\n\s+at /.test(stderr), "no stack trace");
      assert.deepEqual(readdirSync(folder), []);
    });

  it("that name a file of splits which is none, or has others, end with exit code 2", async () => {
    const out = ["--out", path.join(folder, "out")];
    const file = path.join(folder, "splits.json");
    const missing = await tdnc("train", "--splits-file", file, ...out);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /splits\.json: expected a file of splits, got/);
    writeFileSync(file, JSON.stringify({ dataset: "mnist", labelled: 3, splits: [[0, 1, 1]] }));
    const twice = await tdnc("train", "--splits-file", file, ...out);
    assert.equal(twice.code, 2);
    assert.match(twice.stderr, /splits\.json/);
    assert.deepEqual(readdirSync(folder), ["splits.json"]);
  });

  it("that name a folder without MNIST in it end with exit code 2, and name the file", async () => {
    const { code, stderr } = await tdnc("train", "--data", folder);
    assert.equal(code, 2);
    assert.match(stderr, /train-images/);
  });
});

describe("help", function () {
  this.timeout(30_000);

  it("teaches presets, regularizers, schedules and exit codes", async () => {
    const { code, stdout } = await tdnc("train", "--help");
    assert.equal(code, 0);
    for (const word of ["mnist-250-as-coded", "sliding", "squareRootDecay(from)", "--weight-decay"])
      assert.ok(stdout.includes(word), word);
    assert.match(stdout, /Exit codes: 0 done, 1 a run failed, 2 bad\s+arguments, 130 interrupted/);
  });

  it("lists the presets with every setting, as text and as JSON", async () => {
    const text = await tdnc("presets");
    assert.match(text.stdout, /weightDecay +0\.01 /);
    const json = JSON.parse((await tdnc("presets", "--json")).stdout) as {
      PRESETS: Record<string, { config: { epochs: number } }>;
      REGULARIZERS: Record<string, Record<string, { difference: { beta?: string } }>>;
    };
    assert.equal(json.PRESETS["mnist-250"].config.epochs, 310);
    assert.equal(json.REGULARIZERS["mnist-250"].hofer.difference.beta, "constant(1.1)");
    assert.equal(json.REGULARIZERS["cifar10-500"].hofer.difference.beta, "constant(0.7)");
  });

  it("lists one preset with its own regularizers, whose beta is the preset's", async () => {
    const { stdout } = await tdnc("presets", "svhn-250");
    assert.match(stdout, /^Presets\n\nsvhn-250: /);
    assert.match(stdout, /\nhofer: .* beta 1 throughout\n/);
    assert.match(stdout, /\n {2}beta +squareRootDecay\(1\)\n/);
    assert.doesNotMatch(stdout, /1\.1|cifar10/);
    const wrong = await tdnc("presets", "svhn-25");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /Allowed choices are mnist-250/);
  });
});
