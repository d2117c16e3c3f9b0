import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { measuresCsv, measuresText } from "../../src/cli/printMeasures";
import { loadMnist } from "../../src/data/mnist";
import { stratifiedSplits } from "../../src/data/splits";
import type { MeasureRow } from "../../src/training/evaluation/measureRow";
import { readStateDict } from "../../src/runs/stateDictFile";
import { loadSavedNetwork } from "../../src/runs/savedRun";
import { readRecord } from "../../src/runs/record";
import { assertClose } from "../support/assertClose";
import { tdnc } from "./commandLine";

const rows: MeasureRow[] = [
  { name: "withinClassVariability", formula: "tr(S_W S_B^+) / C", value: 0.0123456 },
  { name: "withinClassRank", formula: "how many, where, 128", value: 128 },
  { name: "selfDuality", formula: 'called "dual"', value: null },
  { name: "mass", formula: "of class k", value: 1 / 3, class: 0 },
  { name: "mass", formula: "of class k", value: 1, class: 1 },
  { name: "selfDuality", formula: 'called "dual"', value: -2e-5, class: 0 },
  { name: "selfDuality", formula: 'called "dual"', value: null, class: 1 },
].map((row) => ({ class: null, ...row, set: "train", section: "NC1" }));

describe("measuresText", () => {
  it("measuresText aligns values, formulas and the columns of class values", () => {
    assert.equal(
      measuresText([...rows, { ...rows[1], set: "test" }]),
      [
        "train, NC1",
        "  withinClassVariability  0.01235  tr(S_W S_B^+) / C",
        "  withinClassRank             128  how many, where, 128",
        '  selfDuality                   -  called "dual"',
        "  of each class          0  1",
        "  mass              0.3333  1",
        "  selfDuality    -2.000e-5  -",
        "",
        "  mass  of class k",
        "",
        "test, NC1",
        "  withinClassRank  128  how many, where, 128",
        "",
      ].join("\n"),
    );
  });
});

describe("reasons of undefined values", () => {
  const nulls: MeasureRow[] = ["no example of the class", "no weights"].flatMap((reason, i) => [
    { ...rows[0], class: 0, name: `measure${i}`, value: 1 },
    { ...rows[0], class: 1, name: `measure${i}`, value: null, reason },
  ]);

  it("measuresText prints each reason of class values once, after the table", () => {
    const whole = { ...rows[0], value: null, reason: "no weights" };
    assert.equal(
      measuresText([whole, ...nulls]),
      [
        "train, NC1",
        "  withinClassVariability  -  tr(S_W S_B^+) / C (not defined: no weights)",
        "  of each class  0  1",
        "  measure0       1  -",
        "  measure1       1  -",
        "  -: no example of the class",
        "",
        "  measure0  tr(S_W S_B^+) / C",
        "  measure1  tr(S_W S_B^+) / C",
        "",
      ].join("\n"),
    );
  });
});

describe("measuresCsv", () => {
  it("measuresCsv prints full numbers, quoted cells and empty nulls, a line per measure", () => {
    assert.deepEqual(measuresCsv([{ folder: "runs/a", rows }]).split("\r\n"), [
      "folder,set,section,name,class,formula,value,reason",
      "runs/a,train,NC1,withinClassVariability,,tr(S_W S_B^+) / C,0.0123456,",
      'runs/a,train,NC1,withinClassRank,,"how many, where, 128",128,',
      'runs/a,train,NC1,selfDuality,,"called ""dual""",,',
      "runs/a,train,NC1,mass,0,of class k,0.3333333333333333,",
      "runs/a,train,NC1,mass,1,of class k,1,",
      'runs/a,train,NC1,selfDuality,0,"called ""dual""",-0.00002,',
      'runs/a,train,NC1,selfDuality,1,"called ""dual""",,',
      "",
    ]);
  });
});

describe("measures of layers", () => {
  const layered: MeasureRow[] = [0.25, 4].flatMap((value, i) => {
    const layer = `block${i + 1}`;
    const common = { set: "train" as const, section: "layers" as const, layer, class: null };
    return [
      { ...common, name: "dimensions", formula: "values", value: 10 ** i },
      { ...common, name: "covarianceTraceRatio", formula: "tr S_W / tr S_B", value },
    ];
  });

  it("measuresText has a column for each layer", () => {
    assert.equal(
      measuresText(layered),
      [
        "train, layers",
        "  of each layer         block1  block2",
        "  dimensions                 1      10",
        "  covarianceTraceRatio  0.2500       4",
        "",
        "  dimensions            values",
        "  covarianceTraceRatio  tr S_W / tr S_B",
        "",
      ].join("\n"),
    );
  });

  it("measuresCsv has a column of layers if a row has a layer", () => {
    const lines = measuresCsv([{ folder: "a", rows: [rows[1], layered[1]] }]).split("\r\n");
    assert.deepEqual(lines, [
      "folder,set,section,layer,name,class,formula,value,reason",
      'a,train,NC1,,withinClassRank,,"how many, where, 128",128,',
      "a,train,layers,block1,covarianceTraceRatio,,tr S_W / tr S_B,0.25,",
      "",
    ]);
  });
});

describe("tdnc measure", function () {
  this.timeout(180_000);
  let root: string;
  const at = (name: string) => path.join(root, name);
  const run = path.join("mnist-250-sliding", "split-0-seed-0");
  const seeded = () => at(path.join("seeded", run));
  const listed = () => at(path.join("listed", run));

  /** The results of `--json`. */
  interface Measured {
    folder: string;
    config: { beta: string };
    split: { source: string };
    environment: { backend: string };
    options: { seed: number; outOfDistribution: string | null };
    rows: MeasureRow[];
  }
  const valuesOf = ({ rows }: Measured, set: string, name: string) =>
    rows.filter((row) => row.set === set && row.name === name).map(({ value }) => value);

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-measure-"));
    const { labels } = (await loadMnist()).train;
    const splits = stratifiedSplits(labels, { labelCount: 30, splitCount: 1, seed: 9 });
    writeFileSync(
      at("own.json"),
      JSON.stringify({ dataset: "mnist", labelled: 30, splits: splits.map((rows) => [...rows]) }),
    );
    const small = ["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"];
    const settings = ["train", ...small, "--epochs", "2", "--report-count", "0"];
    const trained = await tdnc(...settings, "--out", at("seeded"));
    assert.equal(trained.code, 0, trained.stderr);
    await tdnc(...settings, "--out", at("listed"), "--splits-file", at("own.json"));
    mkdirSync(at("fashion"));
    const header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28];
    const images = Buffer.concat([Buffer.from(header), Buffer.alloc(2 * 784, 100)]);
    writeFileSync(at("fashion/t10k-images-idx3-ubyte"), images);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("tdnc measure prints the measures of the run's last epoch by set and section", async () => {
    const { code, stdout, stderr } = await tdnc("measure", seeded());
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^backend wasm: /);
    const { test, train } = (await readRecord(seeded()))!.epochs[1];
    const [head, ...sections] = stdout.split(/\n\n(?=\w)/);
    assert.equal(head.split("\n")[0], seeded());
    assert.match(head, /mnist-250, sliding, split 0 \(seeded\), seed 0, 2 of 2 epochs, complete/);
    const section = (title: string) => sections.find((text) => text.startsWith(`${title}\n`))!;
    const nc1 = train!.withinClassVariability!.toPrecision(4);
    assert.match(section("train, NC1"), new RegExp(`withinClassVariability +${nc1} +tr\\(S_W`));
    const nc0 = train!.classifierSum!.toPrecision(4);
    assert.match(section("train, NC0"), new RegExp(`classifierSum +${nc0} +\\|sum over c of w_c`));
    const accuracy = test!.accuracy.toPrecision(4);
    assert.match(section("test, accuracy"), new RegExp(` accuracy +${accuracy} +share of`));
    assert.match(section("test, topology"), /of each class +0 +1 +2 +3 +4 +5 +6 +7 +8 +9\n/);
    assert.match(section("test, NC5"), /outOfDistributionOrthogonality +- +mean/);
    assert.ok(section("train and test, topology").includes("deathTimesQuantile50"));
    assert.ok(!stdout.includes("conventions") && !stdout.includes("deepFool"));
  });

  it("tdnc measure --json is reproducible and includes NC5 of noise", async () => {
    const folders = [seeded(), seeded()];
    const options = ["--json", "--out-of-distribution", "noise", "--seed", "4", "--conventions"];
    const { code, stdout, stderr } = await tdnc("measure", ...folders, ...options);
    assert.equal(code, 0, stderr);
    const [first, second, ...more] = JSON.parse(stdout) as Measured[];
    assert.equal(more.length, 0);
    assert.deepEqual(first, second);
    assert.deepEqual([first.folder, first.split.source], [seeded(), "seeded"]);
    assert.equal(first.config.beta, "squareRootDecay(1.1)");
    assert.equal(first.environment.backend, "wasm");
    assert.deepEqual([first.options.seed, first.options.outOfDistribution], [4, "noise"]);
    assert.deepEqual(valuesOf(first, "out of distribution", "examples"), [1000]);
    assert.ok(valuesOf(first, "test", "outOfDistributionOrthogonality")[0]! > 0);
    assert.ok(first.rows.some(({ section }) => section === "conventions"));
    // The first of 2 epochs: 1.1 sqrt(1 - 1/2).
    assertClose(valuesOf(first, "test", "runBeta")[0]!, 1.1 / Math.SQRT2, 1e-12);
    const estimates = ["Lower", "", "Upper"].map((end) =>
      valuesOf(first, "test", `connectivityAtRunBeta${end}`),
    );
    for (let k = 0; k < 10; k++) {
      const [lower, value, upper] = estimates.map((of) => of[k]!);
      assert.ok(0 <= lower && lower <= value && value <= upper && upper <= 1);
    }
  });

  it("tdnc weights writes the state dict of a run's network, and replaces one that is there", async () => {
    const file = at("weights/network.safetensors");
    for (let i = 0; i < 2; i++) {
      const { code, stdout, stderr } = await tdnc("weights", seeded(), "--out", file);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, `${file}\n`);
    }
    const network = await loadSavedNetwork(seeded());
    try {
      const variables = [...network.parameters.values(), ...network.statistics.values()];
      const values = () => variables.map((variable) => [...variable.dataSync()]);
      const trained = values();
      for (const variable of variables) variable.assign(variable.zerosLike());
      await readStateDict(network, file);
      assert.deepEqual(values(), trained);
    } finally {
      network.dispose();
    }
    const noModel = await tdnc("weights", at("fashion"), "--out", file);
    assert.equal(noModel.code, 1);
    assert.match(noModel.stderr, /fashion/);
    const wrong = await tdnc("weights", seeded(), "--out", at("weights.pt"));
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--out: expected the name of a file ending in \.safetensors/);
  });

  it("tdnc measure --layers adds the measures of each block, of all images", async () => {
    const { code, stdout, stderr } = await tdnc("measure", seeded(), "--layers", "--json");
    assert.equal(code, 0, stderr);
    const { rows: all } = JSON.parse(stdout) as Measured;
    const layered = all.filter(({ section }) => section === "layers");
    assert.equal(layered.length, 6 * 4);
    const last = (set: string, name: string) =>
      all.filter((row) => row.set === set && row.name === name).map(({ value }) => value!);
    // The measure of the features, and the same of the four blocks: the last has the features.
    for (const [set, name] of [
      ["train", "covarianceTraceRatio"],
      ["train", "nearestClassCenterAccuracy"],
      ["test", "nearestClassCenterAccuracy"],
    ]) {
      const [features, ...blocks] = last(set, name);
      assert.equal(blocks.length, 4);
      assertClose(blocks[3], features, 1e-9, { scale: features, what: name });
    }
  });

  it("tdnc measure accepts a run's splits file and a folder of other images", async () => {
    const options = ["--splits-file", at("own.json"), "--out-of-distribution", at("fashion")];
    const more = ["--robustness", "1", "--csv"];
    const { code, stdout, stderr } = await tdnc("measure", listed(), ...options, ...more);
    assert.equal(code, 0, stderr);
    const lines = stdout.split("\r\n");
    assert.equal(lines[0], "folder,set,section,name,class,formula,value,reason");
    assert.ok(
      lines.includes(`${listed()},out of distribution,norms,examples,,examples of the set,2,`),
    );
    assert.ok(lines.some((line) => line.startsWith(`${listed()},test,robustness,deepFoolMean,`)));
    assert.ok(lines.some((line) => line.startsWith(`${listed()},train,NC0,classifierSum,`)));
  });

  it("tdnc measure rejects other rows and names the splits file of the run", async () => {
    const without = await tdnc("measure", listed());
    assert.equal(without.code, 2);
    assert.match(
      without.stderr,
      /listed.*splits file "own\.json", got no splits file.*--splits-file/,
    );
    const withIt = await tdnc("measure", seeded(), "--splits-file", at("own.json"));
    assert.equal(withIt.code, 2);
    assert.match(
      withIt.stderr,
      /own splits.*got different ones .*"own\.json"\); leave out --splits-file/,
    );
    assert.equal(without.stdout + withIt.stdout, "");
  });

  it("tdnc measure fails on a missing record or model before it measures a run", async () => {
    const nothing = await tdnc("measure", seeded(), root);
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /expected the folder of a run, found no record\.json/);
    const records = path.join(root, "record alone");
    mkdirSync(records);
    copyFileSync(path.join(seeded(), "record.json"), path.join(records, "record.json"));
    const bare = await tdnc("measure", seeded(), records);
    assert.equal(bare.code, 1);
    assert.match(bare.stderr, /model\.json: expected the trained model/);
    assert.equal(nothing.stdout + bare.stdout, "");
  });

  const bad: [string[], RegExp][] = [
    [["--json", "--csv"], /expected --json or --csv, got both/],
    [["--seed", "-1"], /--seed: expected a whole number from 0, got "-1"/],
    [["--robustness", "some"], /--robustness: expected a whole number from 0, got "some"/],
    [["--out-of-distribution", "/nowhere"], /\/nowhere: expected a folder with the files of MNIST/],
    [["--backend", "abacus"], /'abacus' is invalid/],
    [["--data", __dirname], /train-images-idx3-ubyte/],
  ];
  for (const [args, message] of bad)
    it(`tdnc measure with "${args[0]} ${args[1] === __dirname ? "<another folder>" : args[1]}" exits with code 2`, async () => {
      const { code, stdout, stderr } = await tdnc("measure", seeded(), ...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
    });
});
