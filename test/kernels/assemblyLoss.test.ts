import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/numerics/random";
import { crossEntropy } from "./reference/crossEntropy";
import { sgdUpdate } from "./reference/gradientDescent";
import { matrixProduct, transpose } from "./reference/matrix";
import { averagePoolGradient, maxPoolForward, maxPoolGradient } from "./reference/pool";
import { assertClose } from "../support/assertClose";
import { Arena, normals, ROUNDING, VARIANTS } from "./arena";

const seeds = fc.nat(1e6);
const upTo = (max: number) => fc.integer({ min: 1, max });

for (const variant of VARIANTS)
  describe(`SIMD kernels other than convolutions (${variant})`, () => {
    const arena = new Arena(variant);
    const { kernels } = arena.module;
    beforeEach(() => arena.reset());

    it("max pooling and its gradient equal the loop's for 2 x 2 windows, without odd edges", () =>
      fc.assert(
        fc.property(
          upTo(3),
          upTo(7),
          upTo(7),
          upTo(9),
          seeds,
          (count, height, width, channels, seed) => {
            arena.reset();
            const random = new Random(seed);
            const sizes = { count, height, width, channels };
            const length = count * height * width * channels;
            const pooled = count * (height >> 1) * (width >> 1) * channels;
            const x = Float32Array.from({ length }, () => random.integer(4));
            const dy = normals(random, pooled);
            const [xAt, dyAt] = [arena.input(x), arena.input(dy)];
            const [y, dx] = [arena.output(pooled), arena.output(length)];
            kernels.maxPoolForward(xAt, y, count, height, width, channels);
            kernels.maxPoolGradient(xAt, dyAt, dx, count, height, width, channels);
            arena.check();
            const [wanted, gradient] = [new Float32Array(pooled), new Float32Array(length)];
            maxPoolForward(x, wanted, sizes);
            maxPoolGradient(x, dy, gradient, sizes);
            assert.deepEqual(arena.read(y, pooled), wanted);
            // Adding 0 makes -0 of the mask 0.
            assert.deepEqual(
              arena.read(dx, length).map((v) => v + 0),
              gradient.map((v) => v + 0),
            );
          },
        ),
        { seed: 1, numRuns: 100 },
      ));

    it("the whole gradient of a window of equal values goes to its first position", () => {
      const [x, dy] = [new Float32Array(4).fill(2), Float32Array.of(5)];
      const [xAt, dyAt, dx] = [arena.input(x), arena.input(dy), arena.output(4)];
      kernels.maxPoolGradient(xAt, dyAt, dx, 1, 2, 2, 1);
      assert.deepEqual([...arena.read(dx, 4)], [5, 0, 0, 0]);
    });

    it("the gradient of an average is spread evenly over its window", () =>
      fc.assert(
        fc.property(
          upTo(3),
          upTo(7),
          upTo(7),
          upTo(9),
          upTo(4),
          (count, height, width, channels, size) => {
            arena.reset();
            const length = count * height * width * channels;
            const pooled = count * Math.floor(height / size) * Math.floor(width / size) * channels;
            const dy = normals(new Random(length), pooled);
            const [dyAt, dx] = [arena.input(dy), arena.output(length)];
            kernels.averagePoolGradient(dyAt, dx, count, height, width, channels, size);
            arena.check();
            const wanted = new Float64Array(length);
            averagePoolGradient(dy, wanted, { count, height, width, channels }, size);
            assertClose(arena.read(dx, length), wanted, 1e-6, { scale: wanted });
          },
        ),
        { seed: 2, numRuns: 100 },
      ));

    it("a step of stochastic gradient descent equals the loop's, plain and Nesterov", () =>
      fc.assert(
        fc.property(upTo(40), seeds, fc.boolean(), (count, seed, nesterov) => {
          arena.reset();
          const random = new Random(seed);
          const [w, g, v] = [0, 1, 2].map(() => normals(random, count));
          const [wAt, gAt, vAt] = [arena.changed(w), arena.input(g), arena.changed(v)];
          const settings = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov };
          kernels.sgdUpdate(wAt, gAt, vAt, count, 0.1, 0.9, 0.01, Number(nesterov));
          arena.check();
          const [weights, velocities] = [Float64Array.from(w), Float64Array.from(v)];
          sgdUpdate(weights, g, velocities, settings);
          const magnitude = weights.map((_, i) => Math.abs(w[i]) + Math.abs(v[i]) + Math.abs(g[i]));
          assertClose(arena.read(wAt, count), weights, 1e-6, { scale: magnitude });
          assertClose(arena.read(vAt, count), velocities, 1e-6, { scale: magnitude });
        }),
        { seed: 3, numRuns: 100 },
      ));

    it("two equal logits have cross entropy ln 2 and gradient -1/2, 1/2", () => {
      const [logits, labels] = [Float32Array.of(7, 7), new Float32Array(1)];
      const [at, labelsAt] = [arena.input(logits), arena.input(labels)];
      const [losses, dLogits] = [arena.output(1), arena.output(2)];
      const mean = kernels.crossEntropy(at, labelsAt, losses, dLogits, 1, 2, 1);
      assertClose(mean, Math.LN2, 1e-14);
      assert.deepEqual([...arena.read(dLogits, 2)], [-0.5, 0.5]);
    });

    it("cross entropy and its gradient equal the loop's, also for large logits", () =>
      fc.assert(
        fc.property(
          upTo(9),
          upTo(12),
          fc.constantFrom(0.01, 1, 30, 1e4),
          seeds,
          (count, classes, spread, seed) => {
            arena.reset();
            const random = new Random(seed);
            const logits = normals(random, count * classes).map((value) => value * spread);
            const labels = Int32Array.from({ length: count }, () => random.integer(classes));
            const [at, labelsAt] = [
              arena.input(logits),
              arena.changed(new Float32Array(labels.buffer)),
            ];
            const [losses, dLogits] = [arena.output(count), arena.output(logits.length)];
            const mean = kernels.crossEntropy(
              at,
              labelsAt,
              losses,
              dLogits,
              count,
              classes,
              1 / count,
            );
            arena.check();
            const [wanted, gradient] = [new Float64Array(count), new Float64Array(logits.length)];
            const wantedMean = crossEntropy(logits, labels, wanted, gradient, classes, 1 / count);
            // Losses near 0 are a difference of numbers as large as the logits.
            assertClose(mean, wantedMean, 1e-11, { scale: wantedMean + spread });
            assertClose(arena.read(losses, count), wanted, 1e-6, {
              scale: wanted.map((l) => l + 1e-6 * spread),
            });
            const size = gradient.map((g) => Math.abs(g) + 1e-9);
            assertClose(arena.read(dLogits, logits.length), gradient, 1e-6, { scale: size });
          },
        ),
        { seed: 4, numRuns: 150 },
      ));

    it("a label outside the classes gives the loss and the gradient NaN", () => {
      const labels = new Float32Array(Int32Array.of(2).buffer);
      const [at, labelsAt] = [arena.input(Float32Array.of(1, 2)), arena.input(labels)];
      const [losses, dLogits] = [arena.output(1), arena.output(2)];
      assert.ok(Number.isNaN(kernels.crossEntropy(at, labelsAt, losses, dLogits, 1, 2, 1)));
      assert.ok(arena.read(dLogits, 2).every(Number.isNaN));
      arena.check();
    });

    it("a NaN or infinite logit gives its row the loss NaN", () => {
      for (const bad of [NaN, Infinity]) {
        arena.reset();
        const [at, labels] = [
          arena.input(Float32Array.of(1, bad)),
          arena.input(new Float32Array(1)),
        ];
        const [losses, dLogits] = [arena.output(1), arena.output(2)];
        assert.ok(Number.isNaN(kernels.crossEntropy(at, labels, losses, dLogits, 1, 2, 1)));
        assert.ok(Number.isNaN(arena.read(losses, 1)[0]));
      }
    });

    it("matrix products, also transposed, equal the loop's", () =>
      fc.assert(
        fc.property(upTo(70), upTo(40), upTo(20), seeds, (rows, inner, columns, seed) => {
          arena.reset();
          const random = new Random(seed);
          const [a, b] = [normals(random, rows * inner), normals(random, inner * columns)];
          const bias = normals(random, columns);
          const aTransposed = Float32Array.from(transpose(a, rows, inner));
          const bTransposed = Float32Array.from(transpose(b, inner, columns));
          const [aAt, bAt, biasAt] = [a, b, bias].map((values) => arena.input(values));
          const [atAt, btAt] = [aTransposed, bTransposed].map((values) => arena.input(values));
          const outputs = [0, 1, 2, 3].map(() => arena.output(rows * columns));
          const scratch = arena.output(
            Math.max(
              kernels.matrixProductScratch(inner, columns),
              kernels.matrixProductTransposedAScratch(inner, rows, columns),
            ),
          );
          kernels.matrixProduct(aAt, bAt, biasAt, outputs[0], rows, inner, columns, scratch);
          kernels.matrixProduct(aAt, bAt, 0, outputs[1], rows, inner, columns, scratch);
          kernels.matrixProductTransposedB(aAt, btAt, outputs[2], rows, inner, columns, scratch);
          const blocks = (columns + 7) >> 3;
          for (const block of [[blocks >> 1, blocks] as const, [0, blocks >> 1] as const])
            kernels.matrixProductTransposedA(
              ...([atAt, bAt, outputs[3], inner, rows, columns] as const),
              ...block,
              scratch,
            );
          arena.check();
          const sizes = [rows, inner, columns] as const;
          const magnitude = new Float64Array(rows * columns);
          matrixProduct(a.map(Math.abs), b.map(Math.abs), bias.map(Math.abs), magnitude, sizes);
          outputs.forEach((output, i) => {
            const wanted = new Float64Array(rows * columns);
            matrixProduct(a, b, i === 0 ? bias : undefined, wanted, sizes);
            assertClose(arena.read(output, rows * columns), wanted, ROUNDING, { scale: magnitude });
          });
        }),
        { seed: 5, numRuns: 100 },
      ));
  });
