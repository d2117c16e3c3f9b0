import assert from "node:assert/strict";
import fc from "fast-check";
import { classStatistics, type Center } from "../../../src/metrics/collapse/classStatistics";
import {
  measureCollapse,
  type CollapseMeasures,
} from "../../../src/metrics/collapse/measureCollapse";
import { nearestClassCenterMismatch } from "../../../src/metrics/collapse/nearestClassCenter";
import { Random } from "../../../src/numerics/random";
import {
  assertClose,
  collapsedExamples,
  multiply,
  normals,
  randomExamples,
  randomRotation,
  type Examples,
} from "./examples";

const centers: readonly Center[] = ["meanOfClassMeans", "globalMean"];
const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 2, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

function measure(examples: Examples, center: Center): CollapseMeasures {
  const { features, labels, dim, classCount, weights } = examples;
  return measureCollapse({
    statistics: classStatistics(features, labels, dim, classCount),
    classifier: { weights, bias: new Float64Array(classCount) },
    center,
  });
}

/**
 * Checks that a change of the examples leaves every measure as it is. The tolerance leaves room for
 * random class means that nearly lie in a subspace: NC1 divides by their smallest singular value.
 */
function assertInvariant(change: (examples: Examples, random: Random) => Examples): void {
  fc.assert(
    fc.property(sizes, ({ seed, classCount, dim }) => {
      const random = new Random(seed);
      const examples = randomExamples(random, classCount, dim);
      const changed = change(examples, random);
      for (const center of centers) {
        const before = measure(examples, center);
        const after = measure(changed, center);
        for (const name of Object.keys(before) as (keyof CollapseMeasures)[])
          assertClose(after[name] ?? NaN, before[name] ?? NaN, 1e-8, name);
      }
    }),
    runs,
  );
}

describe("the collapse measures", () => {
  it("do not change when features and classifier are rotated", () => {
    assertInvariant((examples, random) => {
      const { features, weights, dim } = examples;
      const rotation = randomRotation(random, dim);
      return {
        ...examples,
        features: multiply(features, rotation, dim, dim),
        weights: multiply(weights, rotation, dim, dim),
      };
    });
  });

  it("do not change when the features are shifted", () => {
    assertInvariant((examples, random) => {
      const shift = normals(random, examples.dim);
      const features = examples.features.map((value, i) => value + 10 * shift[i % examples.dim]);
      return { ...examples, features };
    });
  });

  it("do not change with the scale of the features or of the classifier", () => {
    assertInvariant((examples, random) => {
      const featureScale = 10 ** (8 * random.uniform() - 4);
      const weightScale = 10 ** (8 * random.uniform() - 4);
      return {
        ...examples,
        features: examples.features.map((value) => value * featureScale),
        weights: examples.weights.map((value) => value * weightScale),
      };
    });
  });

  it("do not change with the order of the examples", () => {
    assertInvariant((examples, random) => {
      const { features, labels, dim } = examples;
      const order = random.shuffle(labels.map((_, n) => n));
      return {
        ...examples,
        features: Float64Array.from(order.flatMap((n) => rowOf(features, n, dim))),
        labels: order.map((n) => labels[n]),
      };
    });
  });

  it("do not change with the numbering of the classes", () => {
    assertInvariant((examples, random) => {
      const { labels, weights, classCount, dim } = examples;
      const newLabels = random.shuffle(Array.from({ length: classCount }, (_, c) => c));
      const oldLabels = newLabels.map((_, c) => newLabels.indexOf(c));
      return {
        ...examples,
        labels: labels.map((c) => newLabels[c]),
        weights: Float64Array.from(oldLabels.flatMap((c) => rowOf(weights, c, dim))),
      };
    });
  });

  it("do not change when every example counts twice", () => {
    assertInvariant((examples) => ({
      ...examples,
      features: Float64Array.from([...examples.features, ...examples.features]),
      labels: [...examples.labels, ...examples.labels],
    }));
  });

  it("are zero on a rotated, shifted simplex with its dual classifier", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const examples = collapsedExamples(new Random(seed), classCount, classCount + dim);
        const measures = { ...measure(examples, "meanOfClassMeans") };
        for (const [name, value] of Object.entries<number | null>(measures))
          assertClose(value ?? NaN, 0, 1e-13, name);
        assert.equal(measures.withinClassVariability, 0);
      }),
      runs,
    );
  });

  it("let network and nearest class centre agree on a collapsed configuration", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const examples = collapsedExamples(new Random(seed), classCount, classCount + dim);
        const { features, labels, weights } = examples;
        const statistics = classStatistics(features, labels, examples.dim, classCount);
        const logits = labels.flatMap((_, n) => {
          const feature = rowOf(features, n, examples.dim);
          // The bias that goes with the dual classifier: logits W (h - mu_G).
          const centered = feature.map((value, i) => value - statistics.meanOfClassMeans[i]);
          return Array.from({ length: classCount }, (_, c) =>
            centered.reduce((sum, value, i) => sum + value * weights[c * examples.dim + i], 0),
          );
        });
        const { classMeans } = statistics;
        assert.equal(nearestClassCenterMismatch(features, logits, classMeans, classCount), 0);
      }),
      runs,
    );
  });
});

function rowOf(matrix: Float64Array, row: number, dim: number): number[] {
  return [...matrix.subarray(row * dim, (row + 1) * dim)];
}
