import assert from "node:assert/strict";
import fc from "fast-check";
import { dotProductVariance } from "../../../src/metrics/collapse/alignment";
import {
  classDistanceNormalizedVariance,
  type VarianceOptions,
} from "../../../src/metrics/collapse/classDistanceNormalizedVariance";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { effectiveRank } from "../../../src/metrics/collapse/effectiveRank";
import { signedMaximalAngle } from "../../../src/metrics/collapse/equiangularity";
import { logEquinorm } from "../../../src/metrics/collapse/equinorm";
import {
  hypersphericalUniformityVariation,
  rieszKernel,
} from "../../../src/metrics/collapse/hypersphericalUniformity";
import { interferenceGrid } from "../../../src/metrics/collapse/interference";
import { nuclearNorms, oleLoss } from "../../../src/metrics/collapse/oleLoss";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import { assertUndefined, batchesOf, randomExamples, rounding } from "./examples";

const array = (...values: number[]) => Float64Array.from(values);

describe("logEquinorm", () => {
  it("the dispersion of log norms is 1/3 for the norms e and e^2, and 0 for equal ones", () => {
    assertClose(logEquinorm([Math.E, 0, 0, Math.E ** 2], 2), 1 / 3, rounding);
    assertClose(logEquinorm([3, 0, 0, -3], 2), 0, rounding);
    // Below 1 logarithms are negative: the mean counts by its size.
    assertClose(logEquinorm([1 / Math.E, 0, 0, Math.E ** -2], 2), 1 / 3, rounding);
  });

  it("log norms are undefined for a zero vector and for a mean logarithm of 0", () => {
    assertUndefined(() => logEquinorm([1, 0, 0, 0], 2), /other than zero/);
    assertUndefined(() => logEquinorm([2, 0, 0, 0.5], 2), /mean other than 0/);
  });
});

describe("signedMaximalAngle", () => {
  it("the sign says whether angles are on average above or below those of a simplex", () => {
    // Three directions: a right angle twice and a straight one, cosines 0, 0 and -1.
    assertClose(signedMaximalAngle([1, 0, -1, 0, 0, 1], 2), -1 / 3 + 1 / 2, rounding);
    // cos 144, 144 and 72 degrees.
    const at = (degrees: number) => (degrees * Math.PI) / 180;
    const pentagon = [0, 144, 216].flatMap((d) => [Math.cos(at(d)), Math.sin(at(d))]);
    const mean = (2 * Math.cos(at(144)) + Math.cos(at(72))) / 3;
    assertClose(signedMaximalAngle(pentagon, 2), mean + 1 / 2, rounding);
  });
});

describe("hypersphericalUniformityVariation", () => {
  it("distances of sqrt 2, sqrt 2 and 2 have the dispersions by hand", () => {
    const vectors = [5, 0, -1, 0, 0, 2];
    // -log: -l/2, -l/2, -l with l = log 2: mean -2l/3, deviations l/6, l/6, -l/3.
    const deviation = Math.sqrt((2 / 36 + 1 / 9) / 3);
    assertClose(hypersphericalUniformityVariation(vectors, 2), deviation / (2 / 3), rounding);
    const inverse = [Math.SQRT1_2, Math.SQRT1_2, 0.5];
    const mean = inverse.reduce((sum, value) => sum + value) / 3;
    const std = Math.sqrt(inverse.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    const riesz = hypersphericalUniformityVariation(vectors, 2, rieszKernel(1));
    assertClose(riesz, std / mean, rounding);
  });
});

describe("variants of the class-distance normalized variance", () => {
  it("sample variances and exponents have their values by hand", () => {
    const statistics = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);
    const of = (options: VarianceOptions) =>
      classDistanceNormalizedVariance(statistics, undefined, options);
    assertClose(of({ sample: true }), 1 / 8, rounding);
    assertClose(of({ exponent: 2 }), 1 / 256, rounding);
    assertClose(of({ exponent: 0.5, sample: true }), 1 / 2, rounding);
  });

  it("the sample variance of a class with one example is undefined", () => {
    const statistics = classStatistics([0, 2, 4], [0, 0, 1], 1, 2);
    const sample = () => classDistanceNormalizedVariance(statistics, undefined, { sample: true });
    assertUndefined(sample, /2 examples or more of each class, got 1 of class 1/);
  });
});

describe("dotProductVariance", () => {
  it("the variance of the products 3 and 8 is 6.25, and other shapes are rejected", () => {
    assertClose(dotProductVariance([1, 0, 0, 2], [3, 9, 9, 4], 2), 6.25, rounding);
    assert.throws(() => dotProductVariance([1, 2], [1, 2, 3], 1), /classifier of 3 classes x 1/);
  });
});

describe("effectiveRank", () => {
  it("k equal eigenvalues have the effective rank k, and a small one adds a little", () => {
    assertClose(effectiveRank(array(5, 0, 5, 5)), 3, rounding);
    assertClose(effectiveRank(array(0, 0, 2)), 1, rounding);
    // Shares 3/4 and 1/4: 4 / 3^(3/4).
    assertClose(effectiveRank(array(3, 1)), 4 / 3 ** 0.75, rounding);
  });

  it("the effective rank is between 1 and the number of eigenvalues, whatever their unit", () => {
    const eigenvalue = fc.double({ min: 0, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(eigenvalue, { minLength: 1, maxLength: 9 }), (values) => {
        fc.pre(values.some((value) => value > 1e-9));
        const rank = effectiveRank(Float64Array.from(values));
        assert.ok(rank >= 1 - rounding && rank <= values.length * (1 + rounding));
        assertClose(effectiveRank(Float64Array.from(values, (value) => 1e6 * value)), rank, 1e-12);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("zeros are undefined, and no or negative eigenvalues are rejected", () => {
    assertUndefined(() => effectiveRank(array(0, 0)), /only zeros/);
    for (const wrong of [array(), array(1, -1), array(NaN)])
      assert.throws(() => effectiveRank(wrong), /expected eigenvalues of a covariance/);
  });
});

describe("interferenceGrid", () => {
  it("the grid has the cosines of all pairs and ones on the diagonal", () => {
    assertClose(interferenceGrid([2, 0, 0, 3, -1, 0], 2), [1, 0, -1, 0, 1, 0, -1, 0, 1], rounding);
  });
});

describe("oleLoss", () => {
  const norms = (features: number[], labels: number[], dim: number, classCount: number) =>
    nuclearNorms([{ features, labels }], classStatistics(features, labels, dim, classCount));

  it("orthogonal classes have the loss 0, and delta keeps small classes from lowering it", () => {
    // Class 0 along the first axis with the norm 5, class 1 along the second with 2.
    const { classes, all } = norms([3, 0, 4, 0, 0, -2], [0, 0, 1], 2, 2);
    assertClose(classes, [5, 2], rounding);
    assertClose(all, 7, rounding);
    assertClose(oleLoss({ classes, all }), 0, rounding);
    assertClose(oleLoss({ classes, all }, 4), 2, rounding);
  });

  it("two classes on one line have the loss a + b - sqrt(a^2 + b^2)", () => {
    const { classes, all } = norms([3, 3, 4, 4], [0, 1], 2, 2);
    assertClose(oleLoss({ classes, all }), Math.SQRT2 * (3 + 4 - 5), 1e-12);
  });

  it("classes with more examples than dimensions, fewer, or none in the set agree with each other", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 12 }), (seed, dim) => {
        const { features, labels, classCount } = randomExamples(new Random(seed), 4, dim);
        const statistics = classStatistics(features, labels, dim, classCount);
        const plain = nuclearNorms([{ features, labels }], statistics);
        // Zero dimensions change no singular value, but which side of a class is smaller.
        const width = 20;
        const wide = Float64Array.from({ length: labels.length * width }, (_, at) => {
          const [n, i] = [Math.floor(at / width), at % width];
          return i < dim ? features[n * dim + i] : 0;
        });
        const wider = nuclearNorms(
          batchesOf({ features: wide, labels, dim: width }, [3, 0, 4]),
          classStatistics(wide, labels, width, classCount),
        );
        assertClose(wider.classes, plain.classes, 1e-7);
        assertClose(wider.all, plain.all, 1e-7);
        // Labels 0, 2, 3, 4 instead of 0 to 3.
        const lacking = labels.map((label) => label + Number(label > 0));
        const missing = nuclearNorms([{ features, labels: lacking }], statistics, [1]);
        assert.deepEqual(missing, plain);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("classes that do not fit in memory are undefined, not looked at", () => {
    const statistics = {
      ...classStatistics([0, 1], [0, 1], 1, 2),
      dim: 2048,
      counts: Float64Array.from({ length: 100 }, () => 5000),
    };
    const batches = { [Symbol.iterator]: () => assert.fail("no example is to be read") };
    assertUndefined(() => nuclearNorms(batches, statistics), /fit into 512 MB, got 3200 MB/);
  });
});
