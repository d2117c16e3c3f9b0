import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { parseRanges } from "../../src/training/settings/ranges";
import { countOf, parseGridOptions, wholeNumber } from "../../src/cli/options";
import { readOrRefused } from "../support/malformed";
import { startWith, tdnc } from "./commandLine";

describe("parseRanges", () => {
  it("parseRanges returns the numbers of a range list in ascending order, each once", () => {
    assert.deepEqual(parseRanges("0-3"), [0, 1, 2, 3]);
    assert.deepEqual(parseRanges("5-7, 0,6"), [0, 5, 6, 7]);
  });

  for (const text of ["", "9-0", "a", "1-", "-1", "1.5", "0,,1"])
    it(`parseRanges rejects "${text}"`, () => {
      assert.throws(() => parseRanges(text), /expected whole numbers such as 0-9 or 0,3,5-7/);
    });
});

describe("the texts of options", () => {
  it("options' texts are read with the meaning that they have, or rejected in a sentence", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "",
        "0",
        "1e3",
        "0x10",
        "-1",
        "1.5",
        "NaN",
        "Infinity",
        " 7 ",
        "٣",
        "99999999",
      ),
      fc.nat().map(String),
      fc.stringMatching(/^[0-9,-]{1,12}$/),
      fc.stringMatching(/^(beta|__proto__|sub-batch-size)=[\w(),]{0,9}$/),
    );
    const names = /expected .*, got /;
    fc.assert(
      fc.property(text, (given) => {
        const count = readOrRefused(() => countOf("--workers", given), names);
        if (count !== undefined) assert.ok(count === Number(given) && count >= 1 && count <= 999);
        const whole = readOrRefused(() => wholeNumber("--seed", given, 0), names);
        if (whole !== undefined) assert.ok(whole === Number(given) && Number.isSafeInteger(whole));
        const ranges = readOrRefused(() => parseRanges(given), names);
        for (const number of ranges ?? []) assert.ok(Number.isInteger(number) && number >= 0);
        assert.ok((ranges?.length ?? 0) <= 100_000);
        const grid = readOrRefused(() => parseGridOptions([given]), names);
        if (grid !== undefined) assert.equal(Object.keys(grid).length, 1, given);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("invalid arguments", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-arguments-"))));
  after(() => rmSync(folder, { recursive: true }));

  const cases: [string[], RegExp][] = [
    [["fly"], /unknown command 'fly'/],
    [["train", "--wings", "2"], /unknown option '--wings'/],
    [["train", "mnist-251"], /unknown preset "mnist-251"; expected one of mnist-250,/],
    [["train", "--regularizer", "holer"], /unknown regularizer "holer"; expected one of vanilla/],
    [["train", "--epochs", "0"], /epochs: expected a whole number from 1 to 100000, got "0"/],
    [["train", "--beta", "linear(1)"], /beta: expected .*"linear\(1\)" has 1 arguments/],
    [["train", "--splits", "9-0"], /expected whole numbers such as 0-9/],
    [["train", "--splits", "3,10"], /split 10: expected 0 to 9, the splits of "seeded"/],
    [["train", "--workers", "0"], /--workers: expected a whole number from 1 to 999, got "0"/],
    [["train", "--backend", "abacus"], /'abacus' is invalid/],
    [["train", "--zero-death-times", "epsilon", "--metric", "L1"], /needs metric L2, got L1/],
    [["train", "--label-count", "5"], /labelCount 5 is less than/],
    [["train", "--label-count", "10"], /class \d has 1 example; a sub-batch needs at least 2/],
    [
      ["train", "--label-count", "30", "--with-replacement", "false"],
      /class \d has \d examples; a sub-batch without replacement needs 16/,
    ],
    [["train", "--width", "9"], /width: expected a number above 0, at most 8, got "9"/],
    [
      ["train", "--robustness-count", "10001"],
      /robustnessCount: expected 0 to 10000, .* got 10001/,
    ],
    [["train", "--robustness-count", "9", "--report-count", "0"], /needs a reportCount above 0/],
    [["train", "--label-count", "60", "--validation-count", "59"], /validationCount: .* got 59/],
    [["table", "--json", "--csv", "."], /--json or --csv, got both/],
    [["report", "data/records", "--out", "record.json"], /ending in \.html, got "record\.json"/],
    [["report", "data/records", "--out", "LICENSE/x.html"], /a folder, got the file .*LICENSE/],
    [
      ["figures", "data/records", "--out", "package.json"],
      /a folder, got the file .*package\.json/,
    ],
    [["figures", "data/records", "--out", ""], /--out: expected a folder, got an empty name/],
    [["sweep", "mnist-250", "--out", "package.json/x"], /got the file .*package\.json/],
    [["sweep", "mnist-250", "--out", " "], /--out: expected a folder, got an empty name/],
    [["data", "svhn", "--mirror", "no address"], /--mirror: expected an address such as/],
    [["data", "svhn", "--mirror", "http://a", "--from", "b"], /cannot be used with/],
    [["help", "nope"], /unknown command 'nope'/],
    [
      ["sweep", "mnist-250", "--queue", ""],
      /--queue: expected an address such as redis:.* got none/,
    ],
    [["sweep", "mnist-250", "--grid", "__proto__=1"], /unknown setting __proto__/],
    [["train", "--epochs", "1e9"], /epochs: expected a whole number from 1 to 100000, got "1e9"/],
    [["train", "--epochs", "100000", "--sub-batch-size", "1e9"], /subBatchSize: expected .*100000/],
    [["train", "--beta", "product(".repeat(3000)], /beta: expected .* is not text of at most/],
    [
      ["train", "--beta", `${"product(".repeat(99)}1${")".repeat(99)}`],
      /more than 50 nested products/,
    ],
    [["train", "--splits", "0-999999,0-999999"], /expected at most 100000 numbers, got "0-999999,/],
    [["train", "--threads", "1000000000"], /--threads: expected a whole number from 1 to 999/],
    [
      ["sweep", "mnist-250", "--splits", "0-9", "--seeds", "0-99999"],
      /expected a sweep of at most 100000 runs, got 1000000/,
    ],
    [
      ["worker", "--queue", "redis://u:pw#x@h"],
      /--queue: expected an address .*in user and password, write # as %23/,
    ],
  ];
  for (const [args, message] of cases)
    it(`"tdnc ${args.join(" ").slice(0, 80)}" prints an error and exits with code 2`, async () => {
      const out = path.join(folder, "out");
      const run = args[0] === "train" ? [...args, "--out", out] : args;
      const { code, stdout, stderr } = await tdnc(...run);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.ok(!/\n\s+at /.test(stderr), "no stack trace");
      assert.deepEqual(readdirSync(folder), []);
    });

  it("of an option given twice the last value counts, and a line says so", async () => {
    const given = ["--splits", "0-4", "--splits", "5,6"];
    const dry = ["--dry-run", "--no-trial", "--json", "--out", path.join(folder, "out")];
    const { code, stdout, stderr } = await tdnc("sweep", "mnist-250", ...given, ...dry);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^--splits: given more than once; the last value counts$/m);
    assert.match(stdout, /split-5-seed-0[^]*split-6-seed-0/);
    assert.doesNotMatch(stdout, /split-0-seed-0/);
  });

  it("any words after a command end it with a sentence and code 1 or 2", async function () {
    this.timeout(300_000);
    const word = fc.oneof(
      fc.constantFrom("sweep", "train", "table", "measure", "status", "choose", "--json", "--grid"),
      fc.constantFrom("--splits", "--seeds", "-1", "0-99999", "--queue", "--epochs", "beta=", "="),
      fc.string({ maxLength: 8 }).filter((text) => !text.includes("\0")),
    );
    const commands = ["sweep", "measure", "status", "worker", "data"];
    for (const [i, words] of fc
      .sample(fc.array(word, { minLength: 1, maxLength: 4 }), {
        numRuns: 15,
        seed: 1,
      })
      .entries()) {
      const args = [commands[i % commands.length], path.join(folder, "nothing"), ...words];
      const { code, stdout, stderr } = await tdnc(...args);
      assert.ok(code === 1 || code === 2, JSON.stringify(args) + stderr);
      assert.match(stderr, /^(tdnc|error): .+/);
      assert.equal(stdout, "");
      assert.doesNotMatch(stderr, /\n\s+at |Cannot read|is not a function|NaN|undefined/);
      assert.deepEqual(readdirSync(folder), []);
    }
  });

  it("an invalid TDNC_BACKEND variable ends tdnc train with exit code 2", async () => {
    const out = ["--out", path.join(folder, "out")];
    const { code, stderr } = await startWith({ TDNC_BACKEND: "abacus" }, "train", ...out).finished;
    assert.equal(code, 2);
    assert.match(stderr, /TDNC_BACKEND: expected one of auto, .*, got "abacus"/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("npm run notebooks exits with code 2 on invalid arguments and has a help text", () => {
    const script = path.resolve("dist/cli/notebooks.js");
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    for (const args of [
      ["--ot", "x"],
      ["folder"],
      ["--out"],
      ["--out", ""],
      ["--out", "LICENSE"],
      ["--parameter", "epochs"],
      ["--parameter", "epochs=1", "--parameter", "epochs=2"],
    ]) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, /^.+\n\nExecutes notebooks/);
    }
    const { status, stdout } = run("--help");
    assert.deepEqual([status, /--out FOLDER/.test(stdout)], [0, true]);
  });

  it("a missing or invalid splits file ends tdnc train with exit code 2", async () => {
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

  it("tdnc train exits with code 2 and names the file that --data lacks", async () => {
    const { code, stderr } = await tdnc("train", "--data", folder);
    assert.equal(code, 2);
    assert.match(stderr, /train-images/);
  });
});

describe("help texts", function () {
  this.timeout(30_000);

  it("tdnc train --help lists presets, regularizers, schedules and exit codes", async () => {
    const { code, stdout } = await tdnc("train", "--help");
    assert.equal(code, 0);
    for (const word of ["mnist-250-as-coded", "sliding", "squareRootDecay(from)", "--weight-decay"])
      assert.ok(stdout.includes(word), word);
    assert.match(stdout, /Exit codes: 0 done, 1 a run failed, 2 bad\s+arguments, 130 interrupted/);
  });

  it("tdnc presets lists the presets with their settings as text and as JSON", async () => {
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

  it("tdnc presets with a name lists that preset with its own regularizers and beta", async () => {
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
