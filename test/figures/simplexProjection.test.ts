import assert from "node:assert/strict";
import fc from "fast-check";
import { classStatistics } from "../../src/metrics/collapse/classStatistics";
import { animatedProjection } from "../../src/figures/animatedProjection";
import { figureJson, type Figure } from "../../src/figures/figure";
import { originalProjection } from "../../src/figures/originalProjection";
import { faceAxes, originalAxes, spanAxes } from "../../src/figures/simplexAxes";
import { simplexProjection } from "../../src/figures/simplexProjection";
import { assertClose } from "../support/assertClose";

interface Trace {
  readonly name: string;
  readonly type: string;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z?: Float32Array;
}
const trace = (figure: Figure, name: string) =>
  (figure.data as Trace[]).find((one) => one.name === name)!;
/** Coordinates are float32. */
const ROUNDING = 1e-6;
/** Where a trace has its marks: all x, then all y. */
const places = (figure: Figure, name: string) => {
  const { x, y } = trace(figure, name);
  return [...x, ...y];
};

/** C classes of one example each on the corners of a simplex ETF in C dimensions, shifted aslant. */
function simplex(classCount: number, shift: number) {
  const corners = Float64Array.from({ length: classCount ** 2 }, (_, at) =>
    at % (classCount + 1) === 0 ? 1 : 0,
  );
  const features = corners.map((value, at) => value + shift * (at % classCount));
  const labels = Array.from({ length: classCount }, (_, c) => c);
  const statistics = classStatistics(features, labels, classCount, classCount);
  const weights = corners.map((value) => 3 * (value - 1 / classCount));
  const classifier = { weights, bias: new Float64Array(classCount) };
  return { examples: { features, labels }, statistics, classifier };
}

const { examples, statistics, classifier } = simplex(5, 7);

describe("the simplex projection", () => {
  it("three means of a simplex ETF form a regular triangle with all others at its center", () => {
    const axes = faceAxes(statistics, [4, 0, 2]);
    const figure = simplexProjection(examples, statistics, classifier, axes);
    // Corners of a simplex of unit vectors are sqrt(2) apart: sqrt(2 / 3) from the middle.
    const [s, h] = [Math.SQRT1_2, Math.SQRT1_2 / Math.sqrt(3)];
    assertClose(places(figure, "class 4"), [-s, -h], ROUNDING);
    assertClose(places(figure, "class 0"), [s, -h], ROUNDING);
    assertClose(places(figure, "class 2"), [0, 2 * h], ROUNDING);
    assertClose(places(figure, "other classes"), [0, 0, 0, 0], ROUNDING);
  });

  it("four means of a simplex ETF form a regular tetrahedron in space", () => {
    const axes = faceAxes(statistics, [0, 1, 2, 3]);
    const figure = simplexProjection(examples, statistics, classifier, axes);
    const corners = [0, 1, 2, 3].map((c) => {
      const { x, y, z, type } = trace(figure, `class ${c}`);
      assert.equal(type, "scatter3d");
      return [x[0], y[0], z![0]];
    });
    for (const [i, a] of corners.entries())
      for (const b of corners.slice(i + 1))
        assertClose(Math.hypot(...a.map((v, k) => v - b[k])), Math.SQRT2, ROUNDING, { scale: 1 });
    assertClose(trace(figure, "other classes").x[0], 0, ROUNDING);
  });

  it("the plane of two classes shows their true lengths and angle", () => {
    const axes = spanAxes(statistics, [1, 3]);
    const figure = simplexProjection(examples, statistics, classifier, axes);
    const length = Math.sqrt(1 - 1 / 5);
    assertClose(places(figure, "class 1"), [length, 0], ROUNDING);
    // The cosine of a simplex ETF of 5 is -1/4.
    const { x, y } = trace(figure, "class 3");
    assertClose([x[0] / length, Math.hypot(x[0], y[0])], [-0.25, length], ROUNDING);
  });

  it("a self-dual network's classifiers coincide with its class means, whatever their scale", () => {
    const axes = faceAxes(statistics, [0, 1, 2]);
    const figure = simplexProjection(examples, statistics, classifier, axes);
    const [mean, own] = [trace(figure, "class mean 1"), trace(figure, "classifier 1, scaled")];
    assertClose(own.x, mean.x, ROUNDING);
    assertClose(own.y, mean.y, ROUNDING);
    assertClose([mean.x[0], mean.y[0]], [0, 0], ROUNDING);
  });

  it("shifting features, means and mu_G together does not change the picture", () => {
    const draw = (shift: number) => {
      const { examples, statistics, classifier } = simplex(4, shift);
      return simplexProjection(examples, statistics, classifier, faceAxes(statistics, [0, 1, 2]));
    };
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 100 }), (shift) => {
        const [a, b] = [draw(0), draw(shift)].map((figure) => trace(figure, "class mean 2"));
        assertClose(a.x, b.x, ROUNDING);
        assertClose(a.y, b.y, ROUNDING);
      }),
      { numRuns: 20 },
    );
  });

  it("faceAxes and spanAxes are orthonormal", () => {
    for (const { vectors, names } of [
      faceAxes(statistics, [0, 1, 2, 3]),
      spanAxes(statistics, [4, 2, 0]),
    ])
      for (let a = 0; a < names.length; a++)
        for (let b = 0; b <= a; b++) {
          const [u, v] = [a, b].map((k) => vectors.subarray(k * 5, (k + 1) * 5));
          const product = u.reduce((sum, value, i) => sum + value * v[i], 0);
          assertClose(product, a === b ? 1 : 0, ROUNDING);
        }
  });

  it("axes reject classes that do not span, do not exist, repeat or are too few", () => {
    assert.throws(
      () => faceAxes(statistics, [0, 1]),
      /3 or 4 different classes from 0 to 4, got 0, 1/,
    );
    assert.throws(() => spanAxes(statistics, [0, 5]), /2 or 3 different classes from 0 to 4/);
    assert.throws(() => spanAxes(statistics, [1, 1]), /different/);
    const line = classStatistics([0, 1, 3], [0, 1, 2], 1, 3);
    assert.throws(() => faceAxes(line, [0, 1, 2]), /expected classes in 2 directions, got fewer/);
  });
});

describe("the original's projection", () => {
  it("the axes are R = V U' of NumPy's singular vectors of J M', without the singular value 0", () => {
    // U, S, Vt = numpy.linalg.svd(J @ M, full_matrices=False); (U @ Vt)[:2]
    const own = classStatistics([2, 0, 0, 1, -2, -1], [0, 1, 2], 2, 3);
    const { vectors } = originalAxes(own, [0, 1]);
    assertClose(vectors, [0.7667481, -0.28064928, -0.14032464, 0.80434797], ROUNDING);
  });

  it("the axes of two classes have the cosine -1 / (C - 1)", () => {
    const { vectors } = originalAxes(statistics, [0, 3]);
    const [u, v] = [vectors.subarray(0, 5), vectors.subarray(5)];
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
    assertClose(dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v)), -0.25, ROUNDING);
  });

  it("features are not centered, so shifted features are drawn elsewhere", () => {
    const shifted = { ...examples, features: examples.features.map((v, i) => v + (i % 5)) };
    const draw = (of: typeof examples) => {
      const own = classStatistics(of.features, of.labels, 5, 5);
      return trace(originalProjection(of, own, classifier, [0, 1]), "class 0").x[0];
    };
    assert(Math.abs(draw(shifted) - draw(examples)) > 0.1);
  });
});

describe("an animated projection", () => {
  const frame = (scale: number) => {
    const features = examples.features.map((value) => scale * value);
    const own = classStatistics(features, examples.labels, 5, 5);
    return simplexProjection({ ...examples, features }, own, classifier, faceAxes(own, [0, 1, 2]));
  };
  const animated = animatedProjection([
    { epoch: 1, figure: frame(1) },
    { epoch: 310, figure: frame(2) },
  ]);

  it("each epoch has a frame and a slider step, and the first frame is shown first", () => {
    const { sliders } = animated.layout as {
      sliders: { steps: { label: string; args: [string[]] }[] }[];
    };
    assert.deepEqual(
      sliders[0].steps.map(({ label, args }) => [label, args[0]]),
      [
        ["1", ["1"]],
        ["310", ["310"]],
      ],
    );
    const frames = animated.frames as { name: string; data: object[] }[];
    assert.deepEqual(
      frames.map(({ name }) => name),
      ["1", "310"],
    );
    assert.deepEqual(animated.data, frames[0].data);
    assert.deepEqual(frames[1].data, frame(2).data);
  });

  it("the axes contain every frame", () => {
    const { xaxis } = animated.layout as { xaxis: { range: [number, number] } };
    const farthest = Math.max(...(frame(2).data as Trace[]).flatMap(({ x }) => [...x]));
    assert(xaxis.range[1] > farthest && xaxis.range[0] < -farthest);
  });

  it("the JSON of an animation keeps its frames", () => {
    const { frames } = JSON.parse(figureJson(animated)) as { frames: object[] };
    assert.equal(frames.length, 2);
  });

  it("animatedProjection rejects no frames and frames with different numbers of traces", () => {
    const other = { epoch: 2, figure: { data: [], layout: {} } };
    assert.throws(() => animatedProjection([]), /1 frame or more/);
    assert.throws(
      () => animatedProjection([{ epoch: 1, figure: frame(1) }, other]),
      /expected 10 traces in each frame, got 0 at epoch 2/,
    );
  });
});
