import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/numerics/random";
import * as reference from "./reference/convolution";
import { convolutionGeometry, type ConvolutionSizes } from "../../src/kernels/trainingKernels";
import { assertClose } from "../support/assertClose";
import { Arena, normals, ROUNDING, VARIANTS } from "./arena";

const upTo = (max: number, min = 1) => fc.integer({ min, max });
const padding = (most: number) => ({
  top: upTo(most, 0),
  left: upTo(most, 0),
  bottom: upTo(most, 0),
  right: upTo(most, 0),
});

const small = fc.record({
  count: upTo(9),
  height: upTo(9),
  width: upTo(12),
  channels: upTo(9),
  outChannels: upTo(17),
  filterHeight: upTo(4),
  filterWidth: upTo(4),
  strideHeight: fc.constantFrom(1, 1, 2, 3),
  strideWidth: fc.constantFrom(1, 1, 2, 3),
  ...padding(4),
});

/**
 * Mostly sizes that use Winograd's algorithm, with both sizes of tiles: see winogradSide. An output
 * of padding alone is not exactly 0 there.
 */
const wide = fc.record({
  count: upTo(3),
  height: upTo(17, 4),
  width: upTo(17, 4),
  ...padding(2),
  channels: fc.constantFrom(16, 24),
  outChannels: fc.constantFrom(16, 24, 32),
  filterHeight: fc.constant(3),
  filterWidth: fc.constant(3),
  strideHeight: fc.constant(1),
  strideWidth: fc.constant(1),
});

const convolutions = fc
  .oneof({ arbitrary: small, weight: 3 }, { arbitrary: wide, weight: 1 })
  .map(({ bottom, right, ...sizes }): ConvolutionSizes => {
    const { strideHeight, strideWidth, top, left } = sizes;
    const height = sizes.height + top + bottom - sizes.filterHeight;
    const width = sizes.width + left + right - sizes.filterWidth;
    const outHeight = Math.floor(height / strideHeight) + 1;
    const outWidth = Math.floor(width / strideWidth) + 1;
    return { ...sizes, outHeight, outWidth };
  })
  .filter(({ outHeight, outWidth }) => outHeight > 0 && outWidth > 0);

/** Sizes of the models' layers: whole channel blocks, four neighbors, groups of images. */
const examples: [ConvolutionSizes, number][] = [
  [square(5, 14, 8, 32, 3, 1), 1],
  [square(6, 7, 32, 64, 3, 1), 2],
  [square(9, 3, 64, 16, 3, 1), 3],
  [square(70, 3, 8, 16, 3, 1), 4],
  [square(2, 28, 1, 8, 3, 1), 5],
  [square(1, 20, 3, 16, 3, 1), 6],
  [square(2, 8, 16, 24, 3, 0), 7],
  [square(3, 6, 32, 16, 1, 0), 8],
  [square(600, 1, 12, 10, 1, 0), 9],
  // Winograd's algorithm: whole tiles, tiles cut at the right or at the bottom, more than a block.
  [square(3, 12, 16, 32, 3, 1), 10],
  [{ ...square(2, 12, 16, 16, 3, 0), width: 13, outWidth: 11 }, 11],
  [{ ...square(2, 12, 16, 16, 3, 0), height: 13, outHeight: 11 }, 12],
  [{ ...square(1, 30, 16, 16, 3, 0), top: 1, outHeight: 29 }, 13],
  // Tiles of 4 x 4: the same; and a gradient by the input that pads by 2.
  [square(5, 16, 16, 24, 3, 1), 14],
  [{ ...square(2, 17, 24, 16, 3, 0), width: 16, outWidth: 14 }, 15],
  [{ ...square(1, 7, 32, 40, 3, 1), height: 16, outHeight: 16 }, 16],
  [square(2, 8, 32, 32, 3, 0), 17],
  // Strides: whole tiles of four neighbors, edges, several strips of the filter gradient.
  [
    { ...square(5, 32, 3, 16, 3, 1), outHeight: 16, outWidth: 16, strideHeight: 2, strideWidth: 2 },
    18,
  ],
  [
    { ...square(2, 40, 8, 24, 5, 1), outHeight: 13, outWidth: 19, strideHeight: 3, strideWidth: 2 },
    19,
  ],
];

function square(
  count: number,
  side: number,
  channels: number,
  outChannels: number,
  filter: number,
  padding: number,
): ConvolutionSizes {
  const out = side + 2 * padding - filter + 1;
  return {
    count,
    height: side,
    width: side,
    channels,
    outChannels,
    filterHeight: filter,
    filterWidth: filter,
    top: padding,
    left: padding,
    outHeight: out,
    outWidth: out,
  };
}

const lengths = (s: ConvolutionSizes) => ({
  xLength: s.count * s.height * s.width * s.channels,
  filterLength: s.filterHeight * s.filterWidth * s.channels * s.outChannels,
  yLength: s.count * s.outHeight * s.outWidth * s.outChannels,
});

const absolute = (values: Float32Array) => values.map(Math.abs);

for (const variant of VARIANTS)
  describe(`SIMD convolution kernels (${variant})`, () => {
    const arena = new Arena(variant);
    const { kernels } = arena.module;
    beforeEach(() => arena.reset());

    const forAll = (check: (sizes: ConvolutionSizes, seed: number) => void) =>
      fc.assert(
        fc.property(convolutions, fc.nat(1e6), (sizes, seed) => {
          arena.reset();
          check(sizes, seed);
          arena.check();
        }),
        { seed: 1, numRuns: 150, examples },
      );

    it("the convolution equals the loop's, with and without bias and leaky ReLU", () =>
      forAll((sizes, seed) => {
        const random = new Random(seed);
        const { xLength, filterLength, yLength } = lengths(sizes);
        const x = normals(random, xLength);
        const filter = normals(random, filterLength);
        const bias = seed % 2 ? normals(random, sizes.outChannels) : undefined;
        const slope = seed % 3 ? 0.1 : 1;
        const geometry = convolutionGeometry(sizes);
        const addresses = [x, filter].map((values) => arena.input(values)) as [number, number];
        const biasAddress = bias ? arena.input(bias) : 0;
        const y = arena.output(yLength);
        const scratch = arena.output(kernels.convolutionForwardScratch(...geometry));
        kernels.convolutionForward(...addresses, biasAddress, y, ...geometry, slope, scratch);
        const expected = new Float64Array(yLength);
        const magnitude = new Float64Array(yLength);
        reference.convolutionForward(x, filter, bias, expected, sizes, slope);
        const positive = [absolute(x), absolute(filter), bias && absolute(bias)] as const;
        reference.convolutionForward(...positive, magnitude, sizes, 1);
        assertClose(arena.read(y, yLength), expected, ROUNDING, { scale: magnitude });
      }));

    it("the input gradient equals the loop's", () =>
      forAll((sizes, seed) => {
        const random = new Random(seed);
        const { xLength, filterLength, yLength } = lengths(sizes);
        const dy = normals(random, yLength);
        const filter = normals(random, filterLength);
        const geometry = convolutionGeometry(sizes);
        const addresses = [dy, filter].map((values) => arena.input(values)) as [number, number];
        const dx = arena.output(xLength);
        const scratch = arena.output(kernels.convolutionInputGradientScratch(...geometry));
        kernels.convolutionInputGradient(...addresses, dx, ...geometry, scratch);
        const expected = new Float64Array(xLength);
        const magnitude = new Float64Array(xLength);
        reference.convolutionInputGradient(dy, filter, expected, sizes);
        reference.convolutionInputGradient(absolute(dy), absolute(filter), magnitude, sizes);
        assertClose(arena.read(dx, xLength), expected, ROUNDING, { scale: magnitude });
      }));

    it("the filter gradient equals the loop's", () =>
      forAll((sizes, seed) => {
        const random = new Random(seed);
        const { xLength, filterLength, yLength } = lengths(sizes);
        const x = normals(random, xLength);
        const dy = normals(random, yLength);
        const geometry = convolutionGeometry(sizes);
        const addresses = [x, dy].map((values) => arena.input(values)) as [number, number];
        const dFilter = arena.output(filterLength);
        const scratch = arena.output(kernels.convolutionFilterGradientScratch(...geometry));
        kernels.convolutionFilterGradient(
          ...addresses,
          dFilter,
          ...geometry,
          0,
          (sizes.outChannels + 7) >> 3,
          scratch,
        );
        const expected = new Float64Array(filterLength);
        const magnitude = new Float64Array(filterLength);
        reference.convolutionFilterGradient(x, dy, expected, sizes);
        reference.convolutionFilterGradient(absolute(x), absolute(dy), magnitude, sizes);
        assertClose(arena.read(dFilter, filterLength), expected, ROUNDING, { scale: magnitude });
      }));

    it("an image's convolution does not depend on the other images", () => {
      // Direct, tiles of 2 x 2, tiles of 4 x 4.
      for (const side of [5, 6, 16]) {
        arena.reset();
        const sizes = square(7, side, 16, 24, 3, 1);
        const { xLength, filterLength, yLength } = lengths(sizes);
        const x = arena.input(normals(new Random(side), xLength));
        const filter = arena.input(normals(new Random(1), filterLength));
        const [together, alone] = [yLength, yLength].map((length) => arena.output(length));
        const geometry = convolutionGeometry(sizes);
        const scratch = arena.output(kernels.convolutionForwardScratch(...geometry));
        kernels.convolutionForward(x, filter, 0, together, ...geometry, 0.1, scratch);
        const one = convolutionGeometry({ ...sizes, count: 1 });
        for (let n = 0; n < 7; n++) {
          const [from, to] = [x + (n * 4 * xLength) / 7, alone + (n * 4 * yLength) / 7];
          kernels.convolutionForward(from, filter, 0, to, ...one, 0.1, scratch);
        }
        assert.deepEqual(arena.read(alone, yLength), arena.read(together, yLength));
      }
    });
  });
