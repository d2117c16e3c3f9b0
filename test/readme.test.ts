import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { chooseSetting } from "../src/results/chooseSetting";
import { settingsJson } from "../src/training/settings/config";
import { findRecords } from "../src/runs/findRecords";
import { pairedComparisons, type ExperimentComparison } from "../src/results/pairedComparisons";
import { resultTable } from "../src/results/resultTable";
import { mean, sampleStd } from "../src/statistics/summary";

const root = path.join(__dirname, "..");
const textOf = (file: string) => readFileSync(path.join(root, file), "utf8");
const onOneLine = (text: string) => text.replace(/\s+/g, " ");
const readme = textOf("README.md");
const results = textOf("data/records/README.md");
const speed = onOneLine(textOf("data/benchmarks/README.md"));

/** Epochs and splits file of a preset's runs in data/records. */
const PROTOCOLS: Readonly<Record<string, readonly [number, string]>> = {
  "mnist-250": [310, "splits-250.json"],
  "mnist-250-as-coded": [310, "splits-250.json"],
  "svhn-250-quarter": [60, "splits.json"],
};

/**
 * Rows of results: preset's folder, n, mean and sample std of the test accuracy, NC1, difference to
 * vanilla with its interval and p.
 */
const rowsOf = (text: string) =>
  [
    ...text.matchAll(
      /^\| \[([\w-]+)\]\((?:data\/records\/)?([^)]+)\) +\| (\d+) +\| ([\d.]+)(?: ± ([\d.]+))? +\| ([\d.e-]+) +\| ([^|]*?) +\|/gm,
    ),
  ].map(([, regularizer, folder, ...cells]) => ({ regularizer, folder, cells }));
const rows = rowsOf(results);

/** The fields of a benchmark's JSON that the page on speed gives. */
interface Benchmark {
  readonly kernels: {
    readonly peak: number;
    readonly results: readonly {
      readonly kernel: string;
      readonly shape: string;
      readonly shareOfPeak?: number;
    }[];
  };
  readonly trees: readonly {
    readonly ours: { readonly milliseconds: number };
    readonly scipyDistances: { readonly milliseconds: number };
  }[];
  readonly training: {
    readonly what: string;
    readonly sides: {
      readonly name: string;
      readonly milliseconds: number;
      readonly ratios?: readonly { readonly to: string; readonly ratio: number }[];
    }[];
  }[];
  readonly memory: readonly {
    readonly steps: number;
    readonly wasm: number;
    readonly resident: number;
  }[];
}

/** "1.1" of "constant(1.1)". */
const numberOf = (text: string) => /[\d.]+/.exec(text)![0];

/** "+1.40 (+0.90 to +1.90), p 0.001"; empty without two common splits. */
function differenceText(comparison?: ExperimentComparison): string {
  if (comparison === undefined) return "";
  const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(2)}`;
  const { meanDifference, confidenceInterval: interval, tTest } = comparison;
  const p = tTest.p < 0.001 ? "p < 0.001" : `p ${tTest.p.toFixed(3)}`;
  return `${signed(meanDifference)} (${signed(interval.lower)} to ${signed(interval.upper)}), ${p}`;
}

describe("the README", () => {
  it("shows four rows of the results", () => {
    const shown = rowsOf(readme);
    const names = shown.map(({ regularizer }) => regularizer);
    assert.deepEqual(names, ["vanilla", "hofer", "sliding", "sliding-l1"]);
    for (const row of shown)
      assert.deepEqual(
        row,
        rows.find(({ folder }) => folder === row.folder),
      );
  });

  it("says how much further sliding collapses than vanilla, and how much better it tests", () => {
    const [vanilla, , sliding] = rows;
    const times = Number(vanilla.cells[3]) / Number(sliding.cells[3]);
    assert.equal(times.toFixed(0), "14");
    const [, difference] = /^\+([\d.]+)/.exec(sliding.cells[4])!;
    const text = `fourteen times further (NC1) and classifies ${difference} points more`;
    assert.ok(onOneLine(readme).includes(text), text);
  });
});

describe("data/records/README.md", () => {
  it("has a row for every folder of records", () => {
    const folders = readdirSync(path.join(root, "data", "records"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    assert.deepEqual(rows.map(({ folder }) => folder).sort(), folders.sort());
  });

  it("gives the numbers of the records", async () => {
    const found = await findRecords([path.join(root, "data", "records")]);
    const all = found.map(({ record }) => record);
    for (const { config, split, status } of all) {
      assert.deepEqual([config.epochs, split.source], PROTOCOLS[config.preset]);
      assert.equal(status, "complete");
    }
    for (const { folder } of found)
      assert.ok(statSync(path.join(folder, "record.json")).size < 1e6, folder);
    for (const { regularizer, folder, cells } of rows) {
      const start = path.join(root, "data", "records", folder, path.sep);
      const own = found.filter((one) => one.folder.startsWith(start));
      const table = resultTable(own.map((r) => r.record));
      const [{ preset, n, testAccuracy, withinClassVariability }] = table;
      assert.deepEqual([table.length, table[0].regularizer], [1, regularizer], folder);
      const comparison = pairedComparisons(
        all.filter(({ config }) => config.preset === preset),
      ).find(({ experiment }) => experiment === regularizer);
      const [count, mean, std, nc1, difference] = cells;
      assert.equal(count, String(n));
      assert.equal(mean, testAccuracy.mean!.toFixed(2));
      assert.equal(std, testAccuracy.sampleStd?.toFixed(2));
      assert.equal(Number(nc1), Number(withinClassVariability.mean!.toPrecision(2)));
      assert.equal(difference, differenceText(comparison));
    }
  });

  it("compares sliding with hofer as the records do, and so does the README", async () => {
    const folders = ["hofer", "sliding"].map((name) =>
      path.join(root, "data", "records", `mnist-250-${name}`),
    );
    const records = (await findRecords(folders)).map(({ record }) => record);
    // Without vanilla among them the first is the baseline.
    const [comparison] = pairedComparisons(records);
    assert.deepEqual([comparison.baseline, comparison.experiment], ["hofer", "sliding"]);
    const text = differenceText(comparison);
    assert.ok(onOneLine(results).includes(`The second is ${text}.`), text);
    assert.ok(onOneLine(readme).includes(`\`sliding\` against \`hofer\`: ${text}.`), text);
  });

  it("gives the held-out and test accuracies for hofer's beta", async () => {
    const found = (...names: string[]) => findRecords([path.join(root, "data", ...names)]);
    const kept = (await found("studies", "hofer-beta", "validation")).map(({ record }) => record);
    const { candidates, chosen } = chooseSetting(kept);
    const full = [
      ...(await found("studies", "hofer-beta", "full")),
      ...(await found("records", "mnist-250-hofer")),
    ].map(({ record }) => record);
    const spread = ({ mean, sampleStd }: { mean: number; sampleStd: number | null }) =>
      `${mean.toFixed(2)} ± ${sampleStd!.toFixed(2)}`;
    const table = [
      ...results.matchAll(/^\| (\d\.\d) +\| ([\d.]+ ± [\d.]+) +\| ([\d.]+ ± [\d.]+) +\|/gm),
    ];
    const tests = table.map(([, beta, validation, test]) => {
      const text = `constant(${beta})`;
      const candidate = candidates.find(({ settings }) => settings.beta === text)!;
      assert.equal(validation, spread(candidate.validationAccuracy), beta);
      const runs = full.filter(
        ({ config }) => config.split < 3 && String(settingsJson(config).beta) === text,
      );
      const accuracies = runs.map(({ epochs }) => 100 * epochs.at(-1)!.test!.accuracy);
      assert.deepEqual([candidate.n, accuracies.length], [3, 3]);
      const tested = { mean: mean(accuracies), sampleStd: sampleStd(accuracies) };
      assert.equal(test, spread(tested), beta);
      return { text, mean: tested.mean };
    });
    assert.equal(table.length, candidates.length);
    const best = tests.reduce((a, b) => (b.mean > a.mean ? b : a));
    const text = onOneLine(results);
    assert.ok(text.includes(`The held-out images choose ${numberOf(chosen.settings.beta)}.`));
    assert.ok(text.includes(`The test set would choose ${numberOf(best.text)} too`));
  });

  it("gives the accuracies for fixed and sliding weight and beta", async () => {
    const maps = path.join(root, "data", "studies", "phase-diagram");
    const last = (schedule: unknown) =>
      String(schedule)
        .match(/[\d.]+/g)!
        .pop()!;
    const cells = new Map<string, string>();
    for (const map of ["fixed", "sliding"])
      for (const { record } of await findRecords([path.join(maps, map)])) {
        const { topologicalWeight, beta } = settingsJson(record.config);
        const accuracy = 100 * record.epochs.at(-1)!.test!.accuracy;
        assert.deepEqual([record.status, record.epochs.length], ["complete", 60]);
        cells.set(`${map} ${last(topologicalWeight)} ${last(beta)}`, accuracy.toFixed(2));
      }
    const table = [...results.matchAll(/^\| ([\d.]+) +((?:\| \d+\.\d\d +){6})\|$/gm)];
    assert.equal(6 * table.length, cells.size);
    const columns = ["fixed", "sliding"].flatMap((map) =>
      ["0.01", "0.1", "1"].map((weight) => `${map} ${weight}`),
    );
    for (const [, beta, row] of table)
      assert.deepEqual(
        row.match(/[\d.]+/g),
        columns.map((column) => cells.get(`${column} ${beta}`)),
        beta,
      );
  });

  it("gives the accuracies of vanilla's seeds here and in PyTorch", async () => {
    const file = path.join(root, "test", "fixtures", "vanillaTraining.json");
    const { runs } = JSON.parse(readFileSync(file, "utf8")) as {
      runs: { testAccuracy: number; loss: number[] }[];
    };
    const records = await findRecords([
      path.join(root, "data", "studies", "vanilla-seeds"),
      path.join(root, "data", "records", "mnist-250-vanilla", "split-0-seed-0"),
    ]);
    const own = records.map(({ record }) => record.epochs.at(-1)!.test!.accuracy);
    const spread = (accuracies: number[]) =>
      `${(100 * mean(accuracies)).toFixed(2)} ± ${(100 * sampleStd(accuracies)!).toFixed(2)} %`;
    const text = onOneLine(results.slice(results.indexOf("## Why is vanilla better")));
    assert.equal(new Set(records.map(({ record }) => record.config.seed)).size, 4);
    assert.ok(text.includes(`on the first split ${spread(runs.map((r) => r.testAccuracy))}`));
    assert.ok(text.includes(`and this project ${spread(own)}`));
    const ascending = [...runs].sort((a, b) => a.testAccuracy - b.testAccuracy);
    const jump = ({ loss }: { loss: number[] }) =>
      loss.reduce((last, value, i) => (value > 0.01 ? i + 1 : last), 0);
    const [worst, best] = [ascending[0], ascending[3]].map(
      (run) => [`${(100 * run.testAccuracy).toFixed(2)} %`, `epoch ${jump(run)}`] as const,
    );
    assert.ok(
      text.includes(`worst seed, ${worst[0]}, had its last loss above 0.01 in ${worst[1]};`),
    );
    assert.ok(text.includes(`its best, ${best[0]}, in ${best[1]}.`));
  });

  it("gives the margins of runs that equal those of its table", async () => {
    const studied = await findRecords([path.join(root, "data", "studies", "robustness")]);
    const first = path.join(root, "data", "records", "mnist-250-");
    const means = new Map<string, number[][]>();
    for (const { folder, record } of studied) {
      const { regularizer } = record.config;
      const [plain] = await findRecords([`${first}${regularizer}/${path.basename(folder)}`]);
      const { loss, test } = plain.record.epochs.at(-1)!;
      assert.deepEqual(record.split.rowsHash, plain.record.split.rowsHash);
      assert.equal(record.epochs.at(-1)!.loss, loss);
      assert.deepEqual(record.epochs.at(-1)!.test, test);
      const margins = record.epochs
        .filter(({ epoch }) => epoch >= record.terminalPhaseEpoch!)
        .flatMap(({ report }) => report?.margins?.meanRelativeNorm ?? []);
      const own = means.get(regularizer) ?? [[], []];
      means.set(regularizer, [
        [...own[0], margins[0]],
        [...own[1], margins.at(-1)!],
      ]);
    }
    const table = [
      ...results.matchAll(/^\| `(\w+)` +\| (\d) +\| (0\.\d{3}) +\| (0\.\d{3}) +\|$/gm),
    ];
    assert.deepEqual(table.map(([, name]) => name).sort(), [...means.keys()].sort());
    for (const [, name, n, begin, end] of table) {
      const [begins, ends] = means.get(name)!;
      const expected = [`${begins.length}`, mean(begins).toFixed(3), mean(ends).toFixed(3)];
      assert.deepEqual([n, begin, end], expected, name);
      const grown = ends.filter((value, i) => value > begins[i]).length;
      assert.equal(grown, name === "vanilla" ? 1 : 3, name);
    }
  });

  it("gives the gain of the smaller weight decay on common splits", async () => {
    const accuracy = async (name: string) => {
      const folders = [0, 1, 2].map((split) =>
        path.join(root, "data", "records", name, `split-${split}-seed-0`),
      );
      const records = await findRecords(folders);
      return mean(records.map(({ record }) => 100 * record.epochs.at(-1)!.test!.accuracy));
    };
    const text = onOneLine(results);
    for (const [name, own, coded] of [
      ["vanilla", "mnist-250-vanilla", "mnist-250-as-coded-vanilla"],
      ["sliding-l1", "mnist-250-sliding-l1", "mnist-250-as-coded-sliding"],
    ]) {
      const [one, other] = [await accuracy(own), await accuracy(coded)];
      const sentence = new RegExp(
        `\`${name}\`[^.]*? ${one.toFixed(2)}, by ${(one - other).toFixed(2)} more`,
      );
      assert.match(text, sentence);
    }
  });
});

describe("data/benchmarks/README.md", () => {
  /** Rows of speeds: operation, threads, our time, and PyTorch's in both formats with the ratios. */
  const speeds = [
    ...textOf("data/benchmarks/README.md").matchAll(
      /^\| (SimpleCNN\w+), (step|evaluating)[^|]*\| (\d) +\| ([\d.]+) ms +\| ([\d.]+) ms +\| ([\d.]+) +\| ([\d.]+) ms +\| ([\d.]+) +\|/gm,
    ),
  ];
  const benchmark = (name: string) =>
    JSON.parse(readFileSync(path.join(root, "data", "benchmarks", name), "utf8")) as Benchmark;

  it("gives the speeds of the benchmark", () => {
    const { training } = benchmark("training.json");
    assert.equal(speeds.length, 6);
    for (const [, network, operation, count, ...cells] of speeds) {
      const comparison = training.find(({ what }) => what.startsWith(`${network}: ${operation}`))!;
      const threads = `${count} thread${count === "1" ? "" : "s"}`;
      const of = (name: string) => comparison.sides.find((side) => side.name === name)!;
      const ours = of(`ours, ${threads}`);
      const expected = [ours.milliseconds];
      for (const other of [`PyTorch, ${threads}`, `PyTorch, ${threads}, channels_last`]) {
        expected.push(of(other).milliseconds, ours.ratios!.find(({ to }) => to === other)!.ratio);
      }
      const digits = cells.map((cell) => cell.split(".")[1]?.length ?? 0);
      assert.deepEqual(
        cells,
        expected.map((value, i) => value.toFixed(digits[i])),
      );
    }
  });

  it("gives the benchmarks' epochs, kernel shares of the peak and death times", () => {
    const [one, , each] = benchmark("training.json").training.at(-1)!.sides;
    const [alone, halved] = [one, each].map(({ ratios }) => ratios![0].ratio.toFixed(2));
    assert.ok(speed.includes(`an epoch of one takes ${halved} of the time of one in PyTorch`));
    assert.ok(speed.includes(`one run on both cores takes ${alone} of it`));
    const { peak, results } = benchmark("kernels.json").kernels;
    assert.ok(speed.includes(`is ${peak.toFixed(1)} GFLOP/s`));
    const shares = (isMeant: (shape: string, share: number) => boolean) =>
      results
        .filter(({ kernel }) => kernel.startsWith("convolution"))
        .filter(({ shape, shareOfPeak = 0 }) => isMeant(shape, shareOfPeak))
        .map(({ shareOfPeak = 0 }) => (100 * shareOfPeak).toFixed(0))
        .sort((a, b) => Number(a) - Number(b));
    const range = (all: string[]) => `${all[0]} to ${all.at(-1)} %`;
    const small = shares((shape) => shape.startsWith("128 x") && !shape.includes("x1 ->"));
    assert.ok(speed.includes(`with 8 channels or more reach ${range(small)}`));
    const winograd = shares((shape, share) => shape.startsWith("8 x") && share > 1);
    assert.ok(speed.includes(`algorithm speeds up ${range(winograd)}`));
    const { ours, scipyDistances } = benchmark("trees.json").trees.at(-1)!;
    assert.ok(
      speed.includes(
        `10,000 points in 128 dimensions take ${ours.milliseconds.toFixed(0)} ms, ` +
          `SciPy's distances alone ${scipyDistances.milliseconds.toFixed(0)} ms`,
      ),
    );
  });

  it("gives the memory of 10,000 steps in the benchmark file", () => {
    const file = path.join(root, "data", "benchmarks", "memory.json");
    const { memory } = JSON.parse(readFileSync(file, "utf8")) as Pick<Benchmark, "memory">;
    const [first, last] = [memory[0], memory[memory.length - 1]];
    assert.deepEqual([first.steps, last.steps], [1000, 10_000]);
    assert.equal(last.wasm, first.wasm);
    const sentence =
      /does not grow: ([\d.]+) MiB[^,]+,000 and at step 10,000, and at most (\d+) MB/;
    const [, wasm, resident] = sentence.exec(speed)!;
    assert.equal(wasm, (last.wasm / 2 ** 20).toFixed(1));
    assert.equal(resident, (last.resident / 1e6).toFixed(0));
  });
});
