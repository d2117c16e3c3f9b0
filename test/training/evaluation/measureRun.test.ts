import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../../src/backend/selectBackend";
import { DETECTORS } from "../../../src/metrics/behavior/detection";
import { classReport } from "../../../src/metrics/collapse/classMeasures";
import { compareConventions } from "../../../src/metrics/collapse/compareConventions";
import { classStatistics, meanFeature } from "../../../src/metrics/collapse/classStatistics";
import { detectionReport } from "../../../src/metrics/collapse/detectionReport";
import { outOfDistributionOrthogonality } from "../../../src/metrics/collapse/outOfDistributionOrthogonality";
import { selectExamples } from "../../../src/data/imageSet";
import { noiseImages } from "../../../src/data/noise";
import { Random } from "../../../src/numerics/random";
import { epochReport } from "../../../src/training/evaluation/epochReport";
import {
  classifierOf,
  evaluateSet,
  networkOutputs,
  setMeasures,
  type EvaluatedSet,
} from "../../../src/training/evaluation/outputs";
import type { MeasureRow } from "../../../src/training/evaluation/measureRow";
import { measureRun } from "../../../src/training/evaluation/measureRun";
import { robustnessRows } from "../../../src/training/evaluation/robustnessRows";
import { simpleCnnMnist } from "../../../src/model/architecture";
import { Network } from "../../../src/model/network";
import { measureRobustness } from "../../../src/metrics/robustness/measureRobustness";
import { quantile } from "../../../src/statistics/quantile";
import { deathTimes } from "../../../src/metrics/topology/deathTimes";
import { TEST_BACKEND } from "../../support/backend";
import { tinyConfig, tinyData } from "../../support/tinyRun";

const data = tinyData();
const options = { config: tinyConfig, draws: 50 };

/** The value of a measure of all classes, or of one; it must be there once. */
function valueOf(
  rows: readonly MeasureRow[],
  set: MeasureRow["set"],
  name: string,
  k: number | null = null,
): number | null {
  const found = rows.filter((row) => row.set === set && row.name === name && row.class === k);
  assert.equal(found.length, 1, `${set} ${name} ${k}`);
  return found[0].value;
}

describe("measureRun", () => {
  let network: Network;
  let rows: MeasureRow[];
  let sets: { train: EvaluatedSet; test: EvaluatedSet };

  before(async () => {
    await selectBackend(TEST_BACKEND);
    network = new Network(simpleCnnMnist, new Random(3));
    const classifier = await classifierOf(network);
    const train = await evaluateSet(network, data.train, { classifier });
    const { statistics: trainStatistics } = train.geometry;
    const test = await evaluateSet(network, data.test, { classifier, trainStatistics });
    sets = { train, test };
    rows = await measureRun(network, data, options);
  });
  after(() => network.dispose());

  it("measureRun returns the accuracy, cross entropy and number of images of each set", () => {
    for (const set of ["train", "test"] as const) {
      const expected = setMeasures(sets[set].geometry);
      assert.equal(valueOf(rows, set, "accuracy"), expected.accuracy);
      assert.equal(valueOf(rows, set, "crossEntropy"), expected.crossEntropy);
    }
    assert.equal(valueOf(rows, "train", "examples"), 30);
    assert.equal(valueOf(rows, "test", "examples"), 40);
  });

  it("measureRun returns the collapse measures and death-time quantiles of a record's report", async () => {
    const report = await epochReport(network, sets.train, sets.test, tinyConfig);
    const rounded = (value: number | null) => value && Number(value.toPrecision(7));
    for (const set of ["train", "test"] as const)
      for (const [name, value] of Object.entries(report[set].collapse))
        assert.equal(rounded(valueOf(rows, set, name)), value, name);
    const reports = { train: report.train, test: report.test, "train and test": report.union };
    for (const [set, { deathTimes }] of Object.entries(reports))
      deathTimes.forEach((quantiles, k) =>
        assert.deepEqual(
          ["05", "50", "95"].map((share) => {
            const name = `deathTimesQuantile${share}`;
            return rounded(valueOf(rows, set as MeasureRow["set"], name, k));
          }),
          [quantiles![1], quantiles![3], quantiles![5]],
        ),
      );
  });

  it("epochReport has seven death-time quantiles in the run's metric, also for the union", async () => {
    const config = { metric: "L1" as const, robustnessCount: 0 };
    const report = await epochReport(network, sets.train, sets.test, config);
    const dim = network.featureCount;
    const rowsOf = (labels: Uint8Array, features: Float32Array, label: number) =>
      [...labels.keys()]
        .filter((n) => labels[n] === label) //
        .map((n) => [...features.subarray(n * dim, (n + 1) * dim)]);
    for (const label of [0, 7]) {
      const points = {
        train: rowsOf(data.train.labels, sets.train.outputs.features, label),
        test: rowsOf(data.test.labels, sets.test.outputs.features, label),
      };
      const all = { ...points, union: [...points.train, ...points.test] };
      for (const [set, own] of Object.entries(all)) {
        const times = deathTimes(Float32Array.from(own.flat()), dim, "L1");
        const expected = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((share) =>
          Number(quantile(times, share).toPrecision(7)),
        );
        assert.deepEqual(report[set as "union"].deathTimes[label], expected, set);
      }
    }
  });

  it("each set, name and class has one row, with a finite number or null", () => {
    const keys = rows.map(({ set, name, class: k }) => `${set}/${name}/${k}`);
    assert.equal(new Set(keys).size, keys.length);
    for (const { name, value } of rows)
      assert.ok(value === null || Number.isFinite(value), `${name} ${value}`);
    const undefinedOnes = rows.filter(({ value }) => value === null).map(({ name }) => name);
    // The untrained network is worse than equal probabilities.
    assert.deepEqual(
      [...new Set(undefinedOnes)],
      [
        "outOfDistributionOrthogonality",
        "temperature",
        "scaledCalibrationError",
        "scaledCrossEntropy",
      ],
    );
    for (const { value, reason } of rows) assert.equal(reason === undefined, value !== null);
  });

  it("the same seed gives the same rows, and another seed changes only the drawn sub-batches", async () => {
    assert.deepEqual(await measureRun(network, data, options), rows);
    const other = await measureRun(network, data, { ...options, seed: 1 });
    const changed = rows.filter(({ value }, i) => value !== other[i].value);
    assert.ok(changed.length > 0);
    for (const { name } of changed) assert.match(name, /^connectivity|^massNearCore|^quantileBeta/);
  });

  it("measureRun leaks no tensor", async () => {
    const before = tf.memory().numTensors;
    await measureRun(network, data, { ...options, outOfDistribution: data.test, robustness: 1 });
    assert.equal(tf.memory().numTensors, before);
  });

  it("outOfDistribution compares each set's class means with the mean feature of other images", async () => {
    const outOfDistribution = noiseImages(7, data.train, new Random(2));
    const measured = await measureRun(network, data, { ...options, outOfDistribution });
    const dim = network.featureCount;
    const mean = meanFeature([(await networkOutputs(network, outOfDistribution)).features], dim);
    for (const set of ["train", "test"] as const) {
      const { features } = sets[set].outputs;
      const statistics = classStatistics(features, data[set].labels, dim, 10);
      assert.equal(
        valueOf(measured, set, "outOfDistributionOrthogonality"),
        outOfDistributionOrthogonality(statistics, mean),
      );
    }
    assert.equal(valueOf(measured, "out of distribution", "examples"), 7);
  });

  it("scores of the test images against other images have AUROC and FPR95", async () => {
    const outOfDistribution = noiseImages(7, data.train, new Random(2));
    const measured = await measureRun(network, data, { ...options, outOfDistribution });
    const { classifier, statistics: trainStatistics } = sets.train.geometry;
    const outside = await evaluateSet(network, outOfDistribution, { classifier, trainStatistics });
    const entries = detectionReport(sets.train.geometry, sets.test.geometry, outside.geometry);
    assert.equal(entries.length, 2 * DETECTORS.length);
    for (const { name, value } of entries) {
      assert.ok(value !== null && value >= 0 && value <= 1, name);
      assert.equal(valueOf(measured, "out of distribution", name), value);
    }
    // Test images against themselves cannot be distinguished.
    const same = await measureRun(network, data, { ...options, outOfDistribution: data.test });
    for (const { name } of DETECTORS)
      assert.equal(valueOf(same, "out of distribution", `${name}Auroc`), 0.5);
    assert.ok(rows.every(({ section }) => section !== "detection"));
  });

  it("labels of out-of-distribution images are ignored, even those of more classes", async () => {
    const other = noiseImages(7, data.train, new Random(2));
    const labeled = { ...other, labels: other.labels.map(() => 200) };
    assert.deepEqual(
      await measureRun(network, data, { ...options, outOfDistribution: labeled }),
      await measureRun(network, data, { ...options, outOfDistribution: other }),
    );
  });

  it("measures of single classes have a row for each class of each set", () => {
    for (const set of ["train", "test"] as const)
      for (const { name, values } of classReport(sets[set].geometry))
        values.forEach((value, k) => assert.equal(valueOf(rows, set, name, k), value, name));
  });

  it("out-of-distribution images are normalized like the training set", async () => {
    const normalization = { mean: [0.3], populationStd: [0.2] };
    const train = { ...data.train, normalization };
    const sets = { train, test: { ...data.test, normalization } };
    const measured = await measureRun(network, sets, { ...options, outOfDistribution: data.test });
    // The test images are normalized: they have the same norms as themselves.
    assert.equal(
      valueOf(measured, "out of distribution", "featureNormMean"),
      valueOf(measured, "test", "featureNormMean"),
    );
    assert.notEqual(
      valueOf(measured, "test", "featureNormMean"),
      valueOf(rows, "test", "featureNormMean"),
    );
  });

  it("the conventions option compares published conventions on each set's features", async () => {
    const measured = await measureRun(network, data, { ...options, conventions: true });
    for (const set of ["train", "test"] as const)
      assert.deepEqual(
        measured
          .filter((row) => row.set === set && row.section === "conventions")
          .map(({ name, value }) => [name, value]),
        compareConventions(sets[set].geometry).map(({ measure, value }) => [measure, value]),
      );
    assert.ok(rows.every(({ section }) => section !== "conventions"));
  });

  it("the validation set has only its size, accuracy and cross entropy", async () => {
    const validation = selectExamples(data.test, [0, 3, 6]);
    const measured = await measureRun(network, { ...data, validation }, options);
    const kept = measured.filter(({ set }) => set === "validation");
    const classifier = await classifierOf(network);
    const { statistics: trainStatistics } = sets.train.geometry;
    const parts = { classifier, trainStatistics };
    const expected = setMeasures((await evaluateSet(network, validation, parts)).geometry);
    assert.deepEqual(
      kept.map(({ value }) => value),
      [3, expected.accuracy, expected.crossEntropy],
    );
  });
});

describe("robustnessRows", () => {
  let network: Network;
  let logits: Float32Array;
  before(async () => {
    await selectBackend(TEST_BACKEND);
    network = new Network(simpleCnnMnist, new Random(3));
    ({ logits } = await networkOutputs(network, data.test));
  });
  after(() => network.dispose());

  /** The tiny test set with the network's predictions as labels, except for the first two. */
  function readBut2() {
    const labels = Uint8Array.from(data.test.labels, (_, n) => {
      const own = [...logits.subarray(n * 10, n * 10 + 10)];
      const read = own.indexOf(Math.max(...own));
      return n < 2 ? (read + 1) % 10 : read;
    });
    return { ...data.test, labels };
  }

  it("robustness is measured on the first images that are classified correctly", async () => {
    const test = readBut2();
    const rows = await robustnessRows(network, test, logits, 3);
    const expected = await measureRobustness(network, selectExamples(test, [2, 3, 4]));
    assert.equal(valueOf(rows, "test", "robustnessImages"), 3);
    const { deepFool, fastGradientSign } = expected;
    assert.ok(deepFool.mean! > 0);
    for (const [name, summary] of Object.entries({ deepFool, fastGradientSign })) {
      assert.equal(valueOf(rows, "test", `${name}Mean`), summary.mean);
      assert.equal(valueOf(rows, "test", `${name}Median`), summary.median);
      assert.equal(valueOf(rows, "test", `${name}RelativeNorm`), summary.meanRelativeNorm);
      assert.equal(valueOf(rows, "test", `${name}NotFooled`), summary.notFooled);
    }
  });

  it("robustness uses fewer images if fewer are classified correctly, and is null without any", async () => {
    const three = selectExamples(readBut2(), [0, 1, 2]);
    const rows = await robustnessRows(network, three, logits, 9);
    assert.equal(valueOf(rows, "test", "robustnessImages"), 1);
    const none = await robustnessRows(
      network,
      selectExamples(three, [0, 1]),
      logits.slice(0, 20),
      9,
    );
    assert.equal(valueOf(none, "test", "robustnessImages"), 0);
    assert.equal(valueOf(none, "test", "deepFoolMean"), null);
  });

  it("robustnessRows rejects an image count below 1", async () => {
    await assert.rejects(
      robustnessRows(network, data.test, logits, 0.5),
      /expected 1 image or more to measure robustness on, got 0.5/,
    );
  });
});
