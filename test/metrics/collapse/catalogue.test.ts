import assert from "node:assert/strict";
import fc from "fast-check";
import { classStatistics, type Center } from "../../../src/metrics/collapse/classStatistics";
import { MEASURES, measureNamed, type Measure } from "../../../src/metrics/collapse/catalogue";
import { measured, measuredValues } from "../../../src/metrics/collapse/collapseReport";
import { geometryOf, type GeometryParts } from "../../../src/metrics/collapse/geometry";
import {
  nearestClassCenterMismatch,
  nearestClassCenters,
  predictedClasses,
} from "../../../src/metrics/collapse/nearestClassCenter";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import {
  batchesOf,
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

const rows: readonly Measure[] = MEASURES;
const ofTrain = rows.filter(({ everyEpoch }) => everyEpoch === "train");

/** The measures of a training set alone that records hold, with biases of 0. */
function measure({ features, labels, classCount, weights }: Examples, center: Center) {
  const classifier = { weights, bias: new Float64Array(classCount) };
  return measuredValues(
    ofTrain,
    geometryOf({ examples: [{ features, labels }], classifier, center }),
  );
}

describe("the catalogue of measures", () => {
  it("every measure has a unique name and a unique title", () => {
    for (const of of [({ name }: Measure) => name, ({ title }: Measure) => title])
      assert.equal(new Set(rows.map(of)).size, rows.length);
  });

  it("the measures of a section are adjacent, and the sections NC0 to NC5 are in order", () => {
    const sections = rows.map(({ section }) => section);
    const changes = sections.filter((section, i) => section !== sections[i - 1]);
    assert.deepEqual(changes, [
      "accuracy",
      "NC0",
      "NC1",
      "NC2",
      "NC3",
      "NC4",
      "NC5",
      "spectra",
      "norms",
      "margins",
      "calibration",
    ]);
  });

  it("every measure has a formula, and every source contains a year and ends with a URL", () => {
    for (const { name, formula, source } of rows) {
      assert.ok(formula.length > 3, name);
      if (source !== undefined) assert.match(source, / \d{4}.*, https:\/\/\S+$/, name);
    }
  });

  it("the recorded measures have the names that the record format requires", () => {
    const names = (sets: Measure["everyEpoch"]) =>
      rows.filter(({ everyEpoch }) => everyEpoch === sets).map(({ name }) => name);
    assert.deepEqual(names("every set"), [
      "accuracy",
      "crossEntropy",
      "nearestClassCenterMismatch",
      "nearestClassCenterAccuracy",
    ]);
    assert.deepEqual(names("train"), [
      "classifierSum",
      "biasSum",
      "withinClassVariability",
      "covarianceTraceRatio",
      "meansEquinorm",
      "classifierEquinorm",
      "meansEquiangularity",
      "classifierEquiangularity",
      "meansMaximalAngle",
      "classifierMaximalAngle",
      "selfDuality",
    ]);
  });

  it("every curve has a unique, URL-safe name and a sentence", () => {
    const curves = rows.flatMap(({ curve }) => curve ?? []);
    assert.equal(new Set(curves.map(({ name }) => name)).size, curves.length);
    for (const { name, sentence } of curves) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(sentence, /^\S.{20,}\.$/, name);
    }
  });

  it("every curve, dotted or not, shows a measure that is recorded at every measured epoch", () => {
    for (const { name, everyEpoch, curve } of rows) {
      if (curve === undefined) continue;
      assert.notEqual(everyEpoch, "never", name);
      if (curve.dotted === undefined) continue;
      const dotted = measureNamed(curve.dotted);
      assert.equal(dotted?.everyEpoch, everyEpoch, name);
      assert.equal(dotted?.curve, undefined, "a dotted measure has no figure of its own");
      assert.ok(curve.dottedName, `${name} says what the dotted lines are of`);
    }
  });

  it("measureNamed finds a measure by its exact name and returns undefined for other names", () => {
    assert.equal(
      measureNamed("selfDuality"),
      MEASURES.find(({ name }) => name === "selfDuality"),
    );
    assert.equal(measureNamed("selfduality"), undefined);
    assert.equal(measureNamed("toString"), undefined);
  });
});

describe("every measure of the catalogue", () => {
  /** A simplex about the origin in the first C of C + 1 dimensions, its dual classifier, no bias. */
  function collapsed(classCount: number): GeometryParts {
    const dim = classCount + 1;
    const corner = (c: number) =>
      Array.from({ length: dim }, (_, i) => (i === dim - 1 ? 0 : Number(i === c) - 1 / classCount));
    const classes = Array.from({ length: classCount }, (_, c) => c);
    // Two examples of class 0, three of class 1, and so on.
    const labels = classes.flatMap((c) => Array<number>(c + 2).fill(c));
    return {
      examples: [{ features: labels.flatMap((c) => corner(c).map((x) => 3 * x)), labels }],
      classifier: { weights: classes.flatMap(corner), bias: classes.map(() => 0) },
      outOfDistributionMean: Array.from({ length: dim }, (_, i) => Number(i === dim - 1)),
    };
  }

  it("a measure marked zeroIsCollapsed is 0 on a simplex ETF with its dual classifier", () => {
    for (const classCount of [2, 3, 10])
      for (const { name, value, zeroIsCollapsed } of measured(
        rows,
        geometryOf(collapsed(classCount)),
      )) {
        // The cosines of NC2 are rounded, and two classes have no stable rank within classes.
        if (zeroIsCollapsed)
          assertClose(value ?? NaN, 0, 1e-12, { what: `${name}, ${classCount} classes` });
      }
  });

  it("a measure marked zeroIsCollapsed exceeds 0.0001 or is below -0.0001 on random features and weights", () => {
    const { parts } = randomNetwork(new Random(4), 4, 6);
    for (const { name, value, zeroIsCollapsed } of measured(rows, geometryOf(parts)))
      if (zeroIsCollapsed) assert.ok(value !== null && Math.abs(value) > 1e-4, `${name}: ${value}`);
  });

  it("no measure but those of halves by the index depends on the order of the examples", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const { parts, examples, logits } = randomNetwork(random, classCount, dim);
        const { features, labels } = examples;
        const order = random.shuffle(labels.map((_, n) => n));
        const shuffled = {
          features: Float64Array.from(order.flatMap((n) => rowOf(features, n, dim))),
          labels: order.map((n) => labels[n]),
          logits: Float64Array.from(order.flatMap((n) => rowOf(logits, n, classCount))),
        };
        assertSame({ ...parts, examples: [shuffled] }, parts, /^scaled/);
      }),
      runs,
    );
  });

  it("no measure depends on the numbering of the classes", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const { parts, examples, logits } = randomNetwork(random, classCount, dim);
        const { weights, bias } = parts.classifier!;
        const newLabels = random.shuffle(Array.from({ length: classCount }, (_, c) => c));
        const old = newLabels.map((_, c) => newLabels.indexOf(c));
        const columns = logits.map((_, at) => {
          const n = Math.floor(at / classCount);
          return logits[n * classCount + old[at % classCount]];
        });
        const renamed = {
          features: examples.features,
          labels: examples.labels.map((c) => newLabels[c]),
          logits: columns,
        };
        const classifier = {
          weights: old.flatMap((c) => rowOf(Float64Array.from(weights), c, dim)),
          bias: old.map((c) => bias![c]),
        };
        assertSame({ ...parts, examples: [renamed], classifier }, parts);
      }),
      runs,
    );
  });

  it("every measure is bit-identical however the examples are split into batches", () => {
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(5), { maxLength: 20 }), (size, cuts) => {
        const { seed, classCount, dim } = size;
        const { parts, examples, logits } = randomNetwork(new Random(seed), classCount, dim);
        let at = 0;
        const batches = batchesOf(examples, cuts).map((batch) => {
          const from = at * classCount;
          at += batch.labels.length;
          return { ...batch, logits: logits.subarray(from, at * classCount) };
        });
        const cut = geometryOf({ ...parts, examples: batches });
        assert.deepEqual(measuredValues(rows, cut), measuredValues(rows, geometryOf(parts)));
      }),
      runs,
    );
  });
});

/** Examples with random logits that differ from W h + b. */
function randomNetwork(random: Random, classCount: number, dim: number) {
  const examples = randomExamples(random, classCount, dim);
  const { features, labels, weights } = examples;
  const logits = normals(random, labels.length * classCount);
  const parts: GeometryParts = {
    examples: [{ features, labels, logits }],
    classifier: { weights, bias: normals(random, classCount) },
    outOfDistributionMean: normals(random, dim),
  };
  return { parts, examples, logits };
}

/** Checks that every measure has the same value up to the rounding of reordered sums. */
function assertSame(changed: GeometryParts, parts: GeometryParts, except = /^$/): void {
  const before = measuredValues(rows, geometryOf(parts));
  const after = measuredValues(rows, geometryOf(changed));
  for (const { name } of rows) {
    if (except.test(name)) continue;
    assert.equal(after[name] === null, before[name] === null, name);
    assertClose(after[name] ?? 0, before[name] ?? 0, 1e-8, { what: name });
  }
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
        for (const { name } of ofTrain)
          assertClose(after[name] ?? NaN, before[name] ?? NaN, 1e-8, { what: name });
      }
    }),
    runs,
  );
}

describe("the recorded measures of a training set", () => {
  it("the recorded measures do not change when features and classifier are rotated", () => {
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

  it("the recorded measures do not change when the features are shifted", () => {
    assertInvariant((examples, random) => {
      const shift = normals(random, examples.dim);
      const features = examples.features.map((value, i) => value + 10 * shift[i % examples.dim]);
      return { ...examples, features };
    });
  });

  it("the recorded measures do not change with the scale of the features or the classifier", () => {
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

  it("the recorded measures do not depend on the order of the examples", () => {
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

  it("the recorded measures do not depend on the numbering of the classes", () => {
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

  it("the recorded measures do not change when every example is duplicated", () => {
    assertInvariant((examples) => ({
      ...examples,
      features: Float64Array.from([...examples.features, ...examples.features]),
      labels: [...examples.labels, ...examples.labels],
    }));
  });

  it("the recorded measures are 0 on a rotated, shifted simplex with its dual classifier", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const examples = collapsedExamples(new Random(seed), classCount, classCount + dim);
        const measures = { ...measure(examples, "meanOfClassMeans") };
        for (const [name, value] of Object.entries<number | null>(measures))
          assertClose(value ?? NaN, 0, 1e-13, { what: name });
        assert.equal(measures.withinClassVariability, 0);
      }),
      runs,
    );
  });

  it("the network and the nearest class center agree on a collapsed configuration", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const examples = collapsedExamples(new Random(seed), classCount, classCount + dim);
        const { features, labels, weights } = examples;
        const statistics = classStatistics(features, labels, examples.dim, classCount);
        const logits = labels.flatMap((_, n) => {
          const feature = rowOf(features, n, examples.dim);
          // The bias of the dual classifier gives the logits W (h - mu_G).
          const centered = feature.map((value, i) => value - statistics.meanOfClassMeans[i]);
          return Array.from({ length: classCount }, (_, c) =>
            centered.reduce((sum, value, i) => sum + value * weights[c * examples.dim + i], 0),
          );
        });
        const { classMeans } = statistics;
        assert.equal(
          nearestClassCenterMismatch(
            nearestClassCenters(features, classMeans, classCount),
            predictedClasses(logits, classCount),
          ),
          0,
        );
      }),
      runs,
    );
  });
});

function rowOf(matrix: Float64Array, row: number, dim: number): number[] {
  return [...matrix.subarray(row * dim, (row + 1) * dim)];
}
