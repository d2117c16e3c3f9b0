import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/numerics/random";
import { batchNormBackward, batchNormForward } from "../../src/kernels/batchNorm";
import {
  batchNormPoolBackward,
  batchNormPoolForward,
  type BatchNormPoolSizes,
} from "./reference/batchNormPool";
import { assertClose } from "../support/assertClose";
import { Arena, normals, ROUNDING, VARIANTS } from "./arena";

const epsilon = 1e-5;
const slope = 0.1;

const floats = (length: number) => new Float32Array(length);

/** Values on a grid of 1/64 with ties: whether two are equal does not depend on rounding. */
function gridValues(random: Random, length: number, offset = 0): Float32Array {
  return Float32Array.from({ length }, () => offset + random.integer(256) / 64);
}

function problem(seed: number, rows: number, channels: number) {
  const random = new Random(seed);
  const x = gridValues(random, rows * channels, seed % 2 ? 3 : -1);
  return { random, x, scale: normals(random, channels), offset: normals(random, channels) };
}

/** Sets to 0 the gradients of values within rounding of the kink of the leaky ReLU. */
function clearKinks(dy: Float32Array, y: Float32Array): void {
  y.forEach((value, i) => {
    if (Math.abs(value) < 1e-4) dy[i] = 0;
  });
}

/** Sum of absolute values of a channel. */
function channelMagnitude(values: Float32Array, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  values.forEach((value, i) => (sums[i % channels] += Math.abs(value)));
  return sums;
}

/** How often each image counts, 1 to 5 times; in every third case there are no such numbers. */
function copiesFor(seed: number, count: number): Float32Array | undefined {
  const random = new Random(seed, "copies");
  if (seed % 3 === 0) return undefined;
  return Float32Array.from({ length: count }, () => 1 + random.integer(5));
}

/** Rows, images counted as often as there are copies of them. */
const rowsOf = (copies: Float32Array | undefined, count: number, pixels: number) =>
  (copies?.reduce((sum, value) => sum + value, 0) ?? count) * pixels;

for (const variant of VARIANTS)
  describe(`SIMD batch norm kernels (${variant})`, () => {
    const arena = new Arena(variant);
    const { kernels } = arena.module;

    /** Calls `run` with two ranges of channels, as two threads would. */
    const inChannels = (channels: number, run: (first: number, end: number) => void) => {
      const middle = 4 * (channels >> 3);
      run(middle, channels);
      if (middle > 0) run(0, middle);
    };
    const moments = (
      addresses: readonly [x: number, copies: number, mean: number, variance: number],
      count: number,
      pixels: number,
      channels: number,
      scratch: number,
    ) =>
      inChannels(channels, (first, end) =>
        kernels.batchMoments(...addresses, count, pixels, channels, first, end, scratch),
      );

    it("mean and population variance equal those of two float64 passes, also far from zero", () =>
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 700 }),
          fc.integer({ min: 1, max: 21 }),
          fc.constantFrom(0, 1, -30, 1000),
          fc.nat(1e6),
          (count, pixels, channels, center, seed) => {
            arena.reset();
            const random = new Random(seed);
            const copies = copiesFor(seed, count);
            const x = normals(random, count * pixels * channels).map((value) => value + center);
            const [scale, offset] = [normals(random, channels), normals(random, channels)];
            const [a, b, c] = [x, scale, offset].map((values) => arena.input(values));
            const [y, mean, variance] = [x.length, channels, channels].map((n) => arena.output(n));
            const scratch = arena.output(kernels.batchNormScratch(channels));
            const numbers = [channels, epsilon, slope, scratch] as const;
            const copiesAt = copies ? arena.input(copies) : 0;
            moments([a, copiesAt, mean, variance], count, pixels, channels, scratch);
            kernels.batchNormForward(a, b, c, mean, variance, y, count, pixels, ...numbers);
            arena.check();
            const [means, variances] = [floats(channels), floats(channels)];
            const sizes = { count, pixels, channels, epsilon, slope, copies };
            const expected = floats(x.length);
            batchNormForward(x, scale, offset, sizes, expected, means, variances);
            assertClose(arena.read(mean, channels), means, ROUNDING, {
              scale: means.map((m) => Math.abs(m) + 1),
            });
            assertClose(arena.read(variance, channels), variances, ROUNDING, { scale: variances });
          },
        ),
        { seed: 2, numRuns: 100 },
      ));

    it("the normalized values after leaky ReLU equal the loop's", () =>
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 2, max: 170 }),
          fc.integer({ min: 1, max: 37 }),
          fc.nat(1e6),
          (count, pixels, channels, seed) => {
            arena.reset();
            const copies = copiesFor(seed, count);
            const { x, scale, offset } = problem(seed, count * pixels, channels);
            const [a, b, c] = [x, scale, offset].map((values) => arena.input(values));
            const [y, mean, variance] = [x.length, channels, channels].map((n) => arena.output(n));
            const scratch = arena.output(kernels.batchNormScratch(channels));
            const numbers = [channels, epsilon, slope, scratch] as const;
            const copiesAt = copies ? arena.input(copies) : 0;
            moments([a, copiesAt, mean, variance], count, pixels, channels, scratch);
            kernels.batchNormForward(a, b, c, mean, variance, y, count, pixels, ...numbers);
            arena.check();
            const expected = floats(x.length);
            const sizes = { count, pixels, channels, epsilon, slope, copies };
            batchNormForward(x, scale, offset, sizes, expected, floats(channels), floats(channels));
            // The mean's own rounding, up to 7 x 2^-24, is magnified by scale / std <= 4 or so.
            const magnitude = expected.map((_, i) => 1 + Math.abs(scale[i % channels]) * 4);
            assertClose(arena.read(y, x.length), expected, ROUNDING, { scale: magnitude });
          },
        ),
        { seed: 3, numRuns: 100 },
      ));

    it("the gradients equal the loop's", () =>
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 4, max: 170 }),
          fc.integer({ min: 1, max: 37 }),
          fc.nat(1e6),
          (count, pixels, channels, seed) => {
            arena.reset();
            const copies = copiesFor(seed, count);
            const rows = rowsOf(copies, count, pixels);
            const { random, x, scale, offset } = problem(seed, count * pixels, channels);
            const [y, mean, variance] = [floats(x.length), floats(channels), floats(channels)];
            const sizes = { count, pixels, channels, epsilon, slope, copies };
            batchNormForward(x, scale, offset, sizes, y, mean, variance);
            const dy = normals(random, x.length);
            clearKinks(dy, y);
            const inputs = [dy, x, scale, offset, mean, variance];
            const [p, q, r, s, t, u] = inputs.map((values) => arena.input(values));
            const [dx, dScale, dOffset] = [x.length, channels, channels].map((n) =>
              arena.output(n),
            );
            const scratch = arena.output(kernels.batchNormScratch(channels));
            const copiesAt = copies ? arena.input(copies) : 0;
            inChannels(channels, (first, end) =>
              kernels.batchNormSums(
                ...([p, q, r, s, t, u, copiesAt, dScale, dOffset, count, pixels] as const),
                ...([channels, epsilon, slope, first, end, scratch] as const),
              ),
            );
            const numbers = [count, pixels, channels, slope, scratch] as const;
            kernels.batchNormBackward(p, q, s, t, copiesAt, dx, ...numbers);
            arena.check();
            const [wanted, wantedScale, wantedOffset] = [x.length, channels, channels].map(floats);
            batchNormBackward(
              dy,
              x,
              scale,
              offset,
              mean,
              variance,
              sizes,
              wanted,
              wantedScale,
              wantedOffset,
            );
            // |u| is at most 6 or so, so that sums of g u are at most 6 times sums of g.
            const sums = channelMagnitude(dy, channels).map((sum) => 6 * sum + 1e-6);
            assertClose(arena.read(dScale, channels), wantedScale, ROUNDING, { scale: sums });
            assertClose(arena.read(dOffset, channels), wantedOffset, ROUNDING, { scale: sums });
            const magnitude = wanted.map((_, i) => {
              const factor = scale[i % channels] / Math.sqrt(variance[i % channels] + epsilon);
              return Math.abs(factor) * (Math.abs(dy[i]) + (5 * 7 * sums[i % channels]) / rows);
            });
            assertClose(arena.read(dx, x.length), wanted, ROUNDING, { scale: magnitude });
          },
        ),
        { seed: 4, numRuns: 100 },
      ));

    const pools = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      height: fc.integer({ min: 2, max: 9 }),
      width: fc.integer({ min: 2, max: 9 }),
      channels: fc.integer({ min: 1, max: 13 }),
      epsilon: fc.constant(epsilon),
      slope: fc.constant(slope),
    });
    const pooledLength = ({ count, height, width, channels }: BatchNormPoolSizes) =>
      count * (height >> 1) * (width >> 1) * channels;

    it("the pooling kernel equals batch norm followed by max pooling", () =>
      fc.assert(
        fc.property(pools, fc.nat(1e6), (sizes, seed) => {
          arena.reset();
          const { count, height, width, channels } = sizes;
          const copies = copiesFor(seed, count);
          const { x, scale, offset } = problem(seed, count * height * width, channels);
          const length = pooledLength(sizes);
          const [a, b, c] = [x, scale, offset].map((values) => arena.input(values));
          const [y, mean, variance] = [length, channels, channels].map((n) => arena.output(n));
          const scratch = arena.output(kernels.batchNormScratch(channels));
          const numbers = [height, width, channels, epsilon, slope, scratch] as const;
          const copiesAt = copies ? arena.input(copies) : 0;
          moments([a, copiesAt, mean, variance], count, height * width, channels, scratch);
          kernels.batchNormPoolForward(a, b, c, mean, variance, y, count, ...numbers);
          arena.check();
          const [expected, means, variances] = [floats(length), floats(channels), floats(channels)];
          batchNormPoolForward(x, scale, offset, { ...sizes, copies }, expected, means, variances);
          assertClose(arena.read(mean, channels), means, ROUNDING, { scale: 3 });
          assertClose(arena.read(variance, channels), variances, ROUNDING, { scale: variances });
          const magnitude = expected.map((_, i) => 1 + Math.abs(scale[i % channels]) * 4);
          assertClose(arena.read(y, length), expected, ROUNDING, { scale: magnitude });
        }),
        { seed: 5, numRuns: 100 },
      ));

    it("a window's gradient goes to its first largest value, as in max pooling", () =>
      fc.assert(
        fc.property(pools, fc.nat(1e6), (sizes, seed) => {
          arena.reset();
          const { count, height, width, channels } = sizes;
          const copies = copiesFor(seed, count);
          const rows = rowsOf(copies, count, height * width);
          const problems = problem(seed, count * height * width, channels);
          const { random, x, scale, offset } = problems;
          const length = pooledLength(sizes);
          const [y, mean, variance] = [floats(length), floats(channels), floats(channels)];
          const all = { ...sizes, copies };
          batchNormPoolForward(x, scale, offset, all, y, mean, variance);
          const dy = normals(random, length);
          clearKinks(dy, y);
          const inputs = [dy, x, scale, offset, mean, variance];
          const [p, q, r, s, t, u] = inputs.map((values) => arena.input(values));
          const [dx, dScale, dOffset] = [x.length, channels, channels].map((n) => arena.output(n));
          const scratch = arena.output(kernels.batchNormScratch(channels));
          const copiesAt = copies ? arena.input(copies) : 0;
          inChannels(channels, (first, end) =>
            kernels.batchNormPoolSums(
              ...([p, q, r, s, t, u, copiesAt, dScale, dOffset, count, height, width] as const),
              ...([channels, epsilon, slope, first, end, scratch] as const),
            ),
          );
          const numbers = [count, height, width, channels, slope, scratch] as const;
          kernels.batchNormPoolBackward(p, q, s, t, copiesAt, dx, ...numbers);
          arena.check();
          const [wanted, wantedScale, wantedOffset] = [x.length, channels, channels].map(floats);
          batchNormPoolBackward(
            dy,
            x,
            scale,
            offset,
            mean,
            variance,
            all,
            wanted,
            wantedScale,
            wantedOffset,
          );
          const sums = channelMagnitude(dy, channels).map((sum) => 6 * sum + 1e-6);
          assertClose(arena.read(dScale, channels), wantedScale, ROUNDING, { scale: sums });
          assertClose(arena.read(dOffset, channels), wantedOffset, ROUNDING, { scale: sums });
          const magnitude = wanted.map((_, i) => {
            const factor = scale[i % channels] / Math.sqrt(variance[i % channels] + epsilon);
            return Math.abs(factor) * (4 + (5 * 7 * sums[i % channels]) / rows);
          });
          assertClose(arena.read(dx, x.length), wanted, ROUNDING, { scale: magnitude });
        }),
        { seed: 6, numRuns: 100 },
      ));

    it("the values 1 and 3 are normalized to -1 and 1", () => {
      arena.reset();
      const [a, b, c] = [[1, 3], [1], [0]].map((v) => arena.input(Float32Array.from(v)));
      const [y, mean, variance] = [2, 1, 1].map((n) => arena.output(n));
      const scratch = arena.output(kernels.batchNormScratch(1));
      moments([a, 0, mean, variance], 2, 1, 1, scratch);
      kernels.batchNormForward(a, b, c, mean, variance, y, 2, 1, 1, 0, 1, scratch);
      assert.deepEqual([...arena.read(y, 2)], [-1, 1]);
      assert.deepEqual([...arena.read(mean, 1), ...arena.read(variance, 1)], [2, 1]);
    });

    it("one copy of 1 and two of 4 are normalized as 1, 4, 4 with mean 3 and variance 2", () => {
      arena.reset();
      const values = [[1, 4], [1], [0], [1, 2]];
      const [a, b, c, copies] = values.map((v) => arena.input(Float32Array.from(v)));
      const [y, mean, variance] = [2, 1, 1].map((n) => arena.output(n));
      const scratch = arena.output(kernels.batchNormScratch(1));
      moments([a, copies, mean, variance], 2, 1, 1, scratch);
      kernels.batchNormForward(a, b, c, mean, variance, y, 2, 1, 1, 0, 1, scratch);
      assert.deepEqual([...arena.read(mean, 1), ...arena.read(variance, 1)], [3, 2]);
      const expected = [-2, 1].map((value) => value / Math.SQRT2);
      assertClose(arena.read(y, 2), expected, 1e-6, { scale: 1 });
    });
  });
