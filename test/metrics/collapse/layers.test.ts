import assert from "node:assert/strict";
import fc from "fast-check";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { measureLayers, type LayerMeasures } from "../../../src/metrics/collapse/layers";
import { covarianceTraceRatio } from "../../../src/metrics/collapse/withinClassVariability";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";

const CLASSES = 3;

/** Random classes: rows of `dim` normal numbers about means that differ. */
function randomSet(count: number, dim: number, seed: number) {
  const random = new Random(seed, "layers");
  const labels = Array.from({ length: count }, (_, n) => n % CLASSES);
  const features = Array.from(
    { length: count * dim },
    (_, at) => random.normal() + (at % dim === labels[Math.floor(at / dim)] ? 2 : 0),
  );
  return { features, labels };
}

const measureOne = (
  train: { features: readonly number[]; labels: readonly number[] },
  test?: { features: readonly number[]; labels: readonly number[] },
): LayerMeasures => {
  const layered = ({ features, labels }: typeof train) => ({
    layers: [{ name: "only", features }],
    labels,
  });
  return measureLayers({ ...layered(train), ...(test && { test: layered(test) }) })[0];
};

const numbersOf = ({ train, test }: LayerMeasures) =>
  Object.values<number | null>({
    ...train,
    ...test,
    trainCenters: train.nearestClassCenterAccuracy,
  }).map(Number);

describe("measureLayers", () => {
  it("classes {0, 2} and {4, 6} have tr S_W / tr S_B = 1/4, and means 1 and 5 classify up to 3", () => {
    const line = { name: "line", features: [0, 2, 4, 6] };
    // Each class twice at one of two opposite points: S_W = 0, and one direction.
    const collapsed = { name: "collapsed", features: [1, 0, 1, 0, -1, 0, -1, 0] };
    const labels = [0, 0, 1, 1];
    const test = {
      layers: [
        { name: "line", features: [2.9, 3.1, 2.5, 3.5, 9] },
        { name: "collapsed", features: [3, 5, -1, 2, -1, 0, -4, 9, 1, 1] },
      ],
      labels: [0, 0, 0, 1, 1],
    };
    const [first, second] = measureLayers({ layers: [line, collapsed], labels, test });
    assert.deepEqual([first.name, first.dim, second.name, second.dim], ["line", 1, "collapsed", 2]);
    const train = { covarianceTraceRatio: 0.25, nearestClassCenterAccuracy: 1, effectiveRank: 1 };
    assert.deepEqual(first.train, train);
    assert.deepEqual(second.train, { ...train, covarianceTraceRatio: 0 });
    // 3.1 is nearer to 5; the probe's threshold is 3 too.
    const expected = { examples: 5, nearestClassCenterAccuracy: 0.8, probeAccuracy: 0.8 };
    assert.deepEqual(first.test, expected);
    assert.deepEqual(second.test, {
      ...expected,
      nearestClassCenterAccuracy: 0.4,
      probeAccuracy: 0.4,
    });
  });

  it("the effective rank of C collapsed classes at the corners of a simplex is C - 1", () => {
    const features = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const { train } = measureOne({ features, labels: [0, 1, 2] });
    assertClose(train.effectiveRank!, 2, 1e-12);
    assert.equal(train.covarianceTraceRatio, 0);
  });

  it("the trace ratio is covarianceTraceRatio of the class statistics, also of unbalanced classes", () => {
    const { features, labels } = randomSet(20, 4, 5);
    const statistics = classStatistics(features, labels, 4, CLASSES);
    const { train } = measureOne({ features, labels });
    assertClose(train.covarianceTraceRatio!, covarianceTraceRatio(statistics), 1e-12);
  });

  it("dimensions of zeros change nothing, whichever of N x N and p x p is the smaller", () => {
    const padded = ({ features, labels }: ReturnType<typeof randomSet>, to: number) => ({
      features: labels.flatMap((_, n) => [
        ...features.slice(4 * n, 4 * n + 4),
        ...Array.from({ length: to - 4 }, () => 0),
      ]),
      labels,
    });
    const [train, test] = [randomSet(20, 4, 1), randomSet(300, 4, 2)];
    const expected = numbersOf(measureOne(train, test));
    for (const dim of [19, 20, 21, 60])
      assertClose(numbersOf(measureOne(padded(train, dim), padded(test, dim))), expected, 1e-10);
  });

  it("a factor, a shift and an orthogonal map of the features change no measure", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.integer({ min: -1000, max: 1000 }),
        fc.constantFrom(3, 40),
        (exponent, shift, dim) => {
          const [train, test] = [randomSet(12, dim, 3), randomSet(30, dim, 4)];
          const factor = 10 ** exponent;
          const moved = ({ features, labels }: typeof train) => ({
            // Reversed in each row: an orthogonal map.
            features: features.map((_, at) => {
              const start = at - (at % dim);
              return factor * (features[start + dim - 1 - (at % dim)] + shift);
            }),
            labels,
          });
          const expected = numbersOf(measureOne(train, test));
          assertClose(numbersOf(measureOne(moved(train), moved(test))), expected, 1e-8);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("equal features have no trace ratio, effective rank or probe", () => {
    const equal = { features: [0.1, 0.7, 0.1, 0.7, 0.1, 0.7, 0.1, 0.7], labels: [0, 0, 1, 1] };
    const { train, test } = measureOne(equal, { features: [1, 1], labels: [1] });
    assert.deepEqual([train.covarianceTraceRatio, train.effectiveRank], [null, null]);
    assert.equal(test!.probeAccuracy, null);
  });

  it("a class without a test example is allowed, one without a training example is not", () => {
    const { features, labels } = randomSet(9, 2, 1);
    assert.equal(
      measureOne({ features, labels }, { features: [0, 0], labels: [2] }).test!.examples,
      1,
    );
    const gap = { features: [0, 1, 2], labels: [0, 0, 2] };
    assert.throws(() => measureOne(gap), /only: .*got none of class 1/);
  });

  for (const [what, given, message] of [
    ["other layers in the test set", { test: { layers: [], labels: [0] } }, /layers a, got none/],
    [
      "features that are no rows",
      { layers: [{ name: "a", features: [1, 2, 3] }] },
      /a: .*2 examples/,
    ],
    [
      "a feature that is not finite",
      { layers: [{ name: "a", features: [1, NaN] }] },
      /a: .*finite/,
    ],
    ["one class only", { labels: [0, 0] }, /expected 2 classes or more, got 1/],
    ["a label that is no whole number", { labels: [0, 1.5] }, /labels|classes/],
    [
      "test labels beyond the classes",
      { test: { layers: [{ name: "a", features: [1] }], labels: [2] } },
      /a: expected labels from 0 to 1, got 2/,
    ],
    [
      "test features of another dimension",
      { test: { layers: [{ name: "a", features: [1, 2] }], labels: [1] } },
      /a: expected 1 labels x 1 features, got 2/,
    ],
  ] as const)
    it(`measureLayers rejects ${what}`, () => {
      const layers = [{ name: "a", features: [1, 2] }];
      assert.throws(() => measureLayers({ layers, labels: [0, 1], ...given }), message);
    });
});
