import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/numerics/random";
import { convolutionGeometry, type ConvolutionSizes } from "../../src/kernels/trainingKernels";
import { Arena, normals, VARIANTS } from "./arena";

const upTo = (max: number, min = 1) => fc.integer({ min, max });

/** Few channels: where the convolution by itself is the direct sum, too. */
const convolutions = fc
  .record({
    count: upTo(5),
    height: upTo(9),
    width: upTo(12),
    channels: upTo(9),
    outChannels: upTo(17),
    filterHeight: upTo(4),
    filterWidth: upTo(4),
    top: upTo(3, 0),
    left: upTo(3, 0),
    bottom: upTo(3, 0),
    right: upTo(3, 0),
  })
  .map(({ bottom, right, ...sizes }) => {
    const [top, below] = [sizes.top, bottom].map((side) => Math.min(side, sizes.filterHeight - 1));
    const [left, after] = [sizes.left, right].map((side) => Math.min(side, sizes.filterWidth - 1));
    const outHeight = sizes.height + top + below - sizes.filterHeight + 1;
    const outWidth = sizes.width + left + after - sizes.filterWidth + 1;
    return { ...sizes, top, left, outHeight, outWidth };
  })
  .filter(({ outHeight, outWidth }) => outHeight > 1 && outWidth > 1);

for (const variant of VARIANTS)
  describe(`the SIMD kernel of convolution and pool (${variant})`, () => {
    const arena = new Arena(variant);
    const { kernels } = arena.module;

    it("its numbers are those of the convolution and then the pool, to the last bit", () => {
      const check = (s: ConvolutionSizes, seed: number) => {
        arena.reset();
        const random = new Random(seed, "test");
        const input = (length: number) => arena.input(normals(random, length));
        const taps = s.filterHeight * s.filterWidth * s.channels;
        const x = input(s.count * s.height * s.width * s.channels);
        const [filter, bias] = [input(taps * s.outChannels), input(s.outChannels)];
        const maps = arena.output(s.count * s.outHeight * s.outWidth * s.outChannels);
        const length = s.count * (s.outHeight >> 1) * (s.outWidth >> 1) * s.outChannels;
        const [expected, actual] = [arena.output(length), arena.output(length)];
        const geometry = convolutionGeometry(s);
        const direct = arena.output(kernels.convolutionForwardScratch(...geometry));
        const scratch = arena.output(kernels.convolutionPoolScratch(...geometry));
        kernels.convolutionForward(x, filter, bias, maps, ...geometry, 0.1, direct);
        kernels.maxPoolForward(maps, expected, s.count, s.outHeight, s.outWidth, s.outChannels);
        kernels.convolutionPool(x, filter, bias, actual, ...geometry, 0.1, scratch);
        assert.deepEqual(arena.read(actual, length), arena.read(expected, length));
        arena.check();
      };
      fc.assert(fc.property(convolutions, fc.nat(1e6), check), { seed: 1, numRuns: 150 });
    });
  });
