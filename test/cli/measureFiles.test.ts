import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { measureLayers } from "../../src/metrics/collapse/layers";
import { layerRows } from "../../src/training/evaluation/layerRows";
import type { MeasureRow } from "../../src/training/evaluation/measureRow";
import { npyFile } from "../support/npyFile";
import { npzFile } from "../support/npzFile";
import { tdnc } from "./commandLine";

const FIXTURES = path.resolve("test/fixtures");
const digits = (name: string) => path.join(FIXTURES, "digits", name);
const train = digits("train.npz");

/** What `--json` prints of a file. */
interface Measured {
  readonly file: string;
  readonly examples: number;
  readonly dimensions: number;
  readonly classes: number;
  readonly rows: readonly MeasureRow[];
}

describe("tdnc measure of files", function () {
  this.timeout(180_000);
  let root: string;
  const at = (name: string) => path.join(root, name);

  before(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-measure-files-"));
    mkdirSync(at("folder"));
    const floats = (values: readonly number[]) => Buffer.from(Float32Array.from(values).buffer);
    // Classes at 0, 2 and at 4, 6 on a line: NC1 is 1/8.
    writeFileSync(at("folder/features.npy"), npyFile("<f4", false, [4, 1], floats([0, 4, 2, 6])));
    writeFileSync(at("folder/labels.npy"), npyFile("|u1", false, [4], Buffer.from([0, 1, 0, 1])));
    writeFileSync(at("nan.npy"), npyFile("<f4", false, [4, 1], floats([0, 4, NaN, 6])));
    writeFileSync(at("beyond.npy"), npyFile("|u1", false, [4], Buffer.from([0, 1, 2, 1])));
    writeFileSync(at("names.txt"), "left\nright\n");
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("tdnc measure prints the measures of a folder of .npy files, with names of the classes", async () => {
    const names = ["--class-names", at("names.txt"), "--seed", "3"];
    const { code, stdout, stderr } = await tdnc("measure", at("folder"), ...names);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    assert(
      stdout.startsWith(
        `${at("folder")}\n4 examples, 1 dimensions, 2 classes\n\ntrain, accuracy\n`,
      ),
    );
    assert.match(stdout, /withinClassVariability +0\.1250 +tr\(S_W S_B\^\+\) \/ C\n/);
    assert.match(stdout, /of each class +left +right\n/);
    assert.match(stdout, /selfDuality +- .*\(not defined: no classifier was given\)\n/);
  });

  it("tdnc measure gives JSON and a page of a training file and a test file", async () => {
    const page = at("pages/page.html");
    const options = ["--test", digits("test.npz"), "--json", "--report", page];
    const { code, stdout, stderr } = await tdnc("measure", train, ...options);
    assert.equal(code, 0, stderr);
    const { file, rows, ...sizes } = JSON.parse(stdout) as Measured;
    assert.equal(file, train);
    assert.deepEqual([sizes.examples, sizes.dimensions, sizes.classes], [1000, 32, 10]);
    const value = (set: string, name: string) =>
      rows.find((row) => row.set === set && row.name === name && row.class === null)!.value!;
    assert.equal(value("test", "examples"), 797);
    assert(
      value("test", "accuracy") > 0.9 && value("train", "accuracy") > value("test", "accuracy"),
    );
    const html = readFileSync(page, "utf8");
    for (const title of ["Spectra", "Cosines", "Three classes", "Death times", "Margins", "lowest"])
      assert.match(html, new RegExp(`aria-label="[^"]*${title}`), title);
    assert(html.includes("withinClassVariability"));
    assert.match(stderr, /page\.html \(open it in a browser\)/);
  });

  it("tdnc measure measures several files one by one, as CSV with the reasons", async () => {
    const files = [at("folder"), train];
    const options = ["--csv", "--topology-examples", "0"];
    const { code, stdout, stderr } = await tdnc("measure", ...files, ...options);
    assert.equal(code, 0, stderr);
    const lines = stdout.split("\r\n");
    assert.equal(lines[0], "folder,set,section,name,class,formula,value,reason");
    for (const file of files)
      assert(lines.some((line) => line.startsWith(`${file},train,NC1,withinClassVariability,,`)));
    assert(lines.some((line) => line.endsWith(",,no classifier was given")));
  });

  it("tdnc measure takes labels of another file", async () => {
    const features = at("folder/features.npy");
    const labels = ["--labels", at("folder/labels.npy")];
    const { code, stdout, stderr } = await tdnc("measure", features, ...labels);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /withinClassVariability +0\.1250/);
    const test = await tdnc("measure", features, ...labels, "--test", features);
    assert.equal(test.code, 2);
    assert.match(test.stderr, /--test-labels: expected the labels of .*features\.npy/);
  });

  /** Features of 4 examples after three layers, not in the order of the names. */
  const layers = { stem: [0, 4, 1, 6], block10: [0, 5, 2, 9], block2: [1, 7, 1, 7] };
  const layeredFile = (name: string, by: number, more: Record<string, Buffer> = {}) => {
    const matrix = (values: readonly number[]) =>
      npyFile("<f4", false, [4, 1], Buffer.from(scaled(values, by).buffer));
    const arrays = Object.entries(layers).map(([key, values]) => [key, matrix(values)] as const);
    const labels = npyFile("|u1", false, [4], Buffer.from([0, 1, 0, 1]));
    const entries = Object.entries({ ...Object.fromEntries(arrays), y: labels, ...more });
    writeFileSync(at(name), npzFile(Object.fromEntries(entries)));
    return at(name);
  };
  const scaled = (values: readonly number[], by: number) =>
    Float32Array.from(values, (v) => by * v);
  const measuredLayers = (names: readonly (keyof typeof layers)[]) => {
    const labels = [0, 1, 0, 1];
    const of = (by: number) => names.map((name) => ({ name, features: scaled(layers[name], by) }));
    return layerRows(measureLayers({ layers: of(1), labels, test: { layers: of(0.5), labels } }));
  };

  it("tdnc measure takes the network's own logits for accuracy, from another file", async () => {
    // The second example of class 1 has the larger logit of class 0.
    const logits = Float32Array.from([1, 0, 0, 1, 2, 1, 3, 1]);
    writeFileSync(at("z.npy"), npyFile("<f4", false, [4, 2], Buffer.from(logits.buffer)));
    const options = ["--logits", at("z.npy"), "--json"];
    const { code, stdout, stderr } = await tdnc("measure", at("folder"), ...options);
    assert.equal(code, 0, stderr);
    const { rows } = JSON.parse(stdout) as Measured;
    const of = (name: string) => rows.find((row) => row.name === name && row.class === null)!;
    assert.equal(of("accuracy").value, 0.75);
    assert.equal(of("selfDuality").reason, "no classifier was given");
  });

  it("tdnc measure FILE --layers measures each array with a row a label, in the file's order", async () => {
    const names = ["stem", "block10", "block2"] as const;
    const bias = npyFile("<f4", false, [4, 2], new Uint8Array(32));
    const test = ["--test", layeredFile("test-layers.npz", 0.5)];
    const file = layeredFile("layers.npz", 1, { logits: bias });
    const { code, stdout, stderr } = await tdnc("measure", file, "--layers", ...test, "--json");
    assert.equal(code, 0, stderr);
    const measured = JSON.parse(stdout) as Measured;
    assert.deepEqual(measured.rows, measuredLayers(names));
    assert.equal(measured.rows.length, 6 * 3);
    const text = await tdnc("measure", file, "--layers", "block2,stem", ...test);
    assert.equal(text.code, 0, text.stderr);
    assert(text.stdout.startsWith(`${file}\n4 examples, 2 layers, 2 classes\n\ntrain, layers\n`));
    assert.match(text.stdout, /of each layer +block2 +stem\n/);
  });

  it("tdnc measure FILE --layers adds the layers to the measures of the features", async () => {
    const file = layeredFile("layers.npz", 1);
    const options = ["--features", "block2", "--layers", "--json"];
    const { code, stdout, stderr } = await tdnc("measure", file, ...options);
    assert.equal(code, 0, stderr);
    const { rows } = JSON.parse(stdout) as Measured;
    assert(rows.some(({ name }) => name === "withinClassVariability"));
    assert.equal(rows.filter(({ section }) => section === "layers").length, 4 * 3);
  });

  it("tdnc measure takes the layers of a folder by name, 2 before 10", async () => {
    mkdirSync(at("layered"));
    for (const [name, values] of Object.entries(layers))
      writeFileSync(
        at(`layered/${name}.npy`),
        npyFile("<f4", false, [4, 1], Buffer.from(scaled(values, 1).buffer)),
      );
    const labels = ["--labels", at("folder/labels.npy")];
    const { code, stdout, stderr } = await tdnc("measure", at("layered"), "--layers", ...labels);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /of each layer +block2 +block10 +stem\n/);
  });

  const failing: [string, () => string[], RegExp][] = [
    [
      "a file without labels",
      () => [at("nan.npy")],
      /nan\.npy: expected labels named .*\(--labels KEY or FILE\)\n$/,
    ],
    [
      "a NaN",
      () => [at("nan.npy"), "--labels", at("folder/labels.npy")],
      /nan\.npy: expected finite values, got NaN in row 2, column 0\n$/,
    ],
    [
      "a class without examples",
      () => [at("folder"), "--class-names", "a,b,c"],
      /labels\.npy: expected an example of each of 3 classes, got none of class 2\n$/,
    ],
    [
      "a label beyond the names",
      () => [at("folder"), "--labels", at("beyond.npy"), "--class-names", "a,b"],
      /beyond\.npy: expected class indices from 0 to 1, got 2 at example 2\n$/,
    ],
    [
      "a pickle",
      () => [path.join(FIXTURES, "arrays/tensor.pt")],
      /tensor\.pt: .*only Python reads; convert it with\n {2}import numpy, torch\n/,
    ],
    [
      "several arrays that could be the features",
      () => [layeredFile("layers.npz", 1)],
      /layers\.npz: expected features .*stem \(4 x 1\), block10 .*measure several as layers \(--layers\)\n$/,
    ],
    [
      "a layer that is not there",
      () => [layeredFile("layers.npz", 1), "--layers", "stem,block3"],
      /layers\.npz: expected an array block3 for layers, got stem \(4 x 1\), block10/,
    ],
    [
      "a test file without a layer",
      () => [layeredFile("layers.npz", 1), "--layers", "--test", at("folder")],
      /folder: expected an array stem for layers, got features \(4 x 1\), labels \(4\)\n$/,
    ],
    [
      "a file without layers",
      () => [at("folder/labels.npy"), "--layers", "--labels", "labels"],
      /labels\.npy: expected floating-point arrays of 4 rows, as many as .*labels\.npy, got labels \(4\)\n$/,
    ],
    [
      "a layer that is not finite",
      () => [at("nan.npy"), "--layers", "--labels", at("folder/labels.npy")],
      /nan\.npy: .*NaN/,
    ],
    [
      "a missing file",
      () => [at("nothing.npz")],
      /nothing\.npz: expected a file of arrays, which does not exist\n$/,
    ],
  ];
  for (const [name, args, message] of failing)
    it(`tdnc measure ends with code 1 and one sentence at ${name}`, async () => {
      const { code, stdout, stderr } = await tdnc("measure", ...args());
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
    });

  const bad: [string[], RegExp][] = [
    [["--robustness", "3"], /--robustness: this option is for runs only/],
    [["--splits-file", "x"], /--splits-file: this option is for runs only/],
    [
      ["--class-names", "a"],
      /--class-names: expected a,b,c or a file with one name per line, got "a"/,
    ],
    [["--metric", "L0"], /expected a metric L1, L2/],
    [["--sub-batch-size", "1"], /--sub-batch-size: expected a whole number from 2, got "1"/],
    [["--beta", "0"], /--beta: expected a number above 0, got "0"/],
    [
      ["--topology-examples", "-1"],
      /--topology-examples: expected a whole number from 0, got "-1"/,
    ],
    [["--report", "page.pdf"], /--report: expected the name of a file ending in \.html/],
    [["--report", "a.html", train], /--report: expected one file of features with it, got 2/],
    [
      [path.join(FIXTURES, "..", "support")],
      /expected folders of runs or files of features, got both/,
    ],
  ];
  for (const [args, message] of bad)
    it(`tdnc measure FILE with "${args.map((arg) => path.basename(arg)).join(" ")}" exits with code 2`, async () => {
      const { code, stdout, stderr } = await tdnc("measure", at("folder"), ...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
    });

  it("tdnc measure FILE --layers rejects --report without an array of features", async () => {
    const options = ["--layers", "--report", at("layers.html")];
    const { code, stdout, stderr } = await tdnc(
      "measure",
      layeredFile("layers.npz", 1),
      ...options,
    );
    assert.equal(code, 2, stderr);
    assert.match(
      stderr,
      /--report: expected an array of features in .*layers\.npz next to the layers/,
    );
    assert.equal(stdout, "");
  });

  it("tdnc measure RUN rejects options for files", async () => {
    const keys = await tdnc("measure", root + "/pages", "--layers", "stem");
    assert.equal(keys.code, 2);
    assert.match(keys.stderr, /--layers: expected no keys with a run, got "stem"/);
    const { code, stderr } = await tdnc("measure", root + "/pages", "--test", train);
    assert.equal(code, 2);
    assert.match(stderr, /--test: this option is for files of features only/);
  });
});
