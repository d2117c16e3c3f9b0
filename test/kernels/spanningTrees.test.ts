import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/numerics/random";
import { simdSpanningTrees } from "../../src/kernels/simdSpanningTrees";
import { spanningTreeKernel, spanningTreesKernel } from "../../src/metrics/topology/spanningTree";
import { Arena, normals, VARIANTS } from "./arena";

/** Clouds by kind: in general position, on a coarse grid with ties, and at the ends of float32. */
function cloud(kind: string, length: number, seed: number): Float32Array {
  const random = new Random(seed);
  const scale = { normal: 1, tiny: 1e-38, huge: 3e37, far: 1e-3 }[kind] ?? 1;
  if (kind === "grid") return Float32Array.from({ length }, () => random.integer(3));
  return normals(random, length).map((value) => (kind === "far" ? 1000 : 0) + value * scale);
}

/** The readable loop's trees, in double precision. */
function expectedTrees(
  points: Float32Array,
  count: number,
  size: number,
  dim: number,
  norm: 1 | 2,
): { ends: Int32Array; lengths: Float64Array } {
  const edges = size - 1;
  const ends = new Int32Array(2 * count * edges);
  const lengths = new Float64Array(count * edges);
  for (let s = 0; s < count; s++)
    spanningTreeKernel(
      Float64Array.from(points.subarray(s * size * dim, (s + 1) * size * dim)),
      size,
      dim,
      norm,
      ends.subarray(2 * s * edges, 2 * (s + 1) * edges),
      lengths.subarray(s * edges, (s + 1) * edges),
    );
  return { ends, lengths };
}

const clouds = [
  fc.constantFrom("normal", "grid", "tiny", "huge", "far"),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 20 }),
  fc.constantFrom(1 as const, 2 as const),
  fc.nat(1e6),
] as const;

describe("spanning trees of sub-batches in SIMD", () => {
  it("edges and lengths equal the double-precision loop's to the last bit", () =>
    fc.assert(
      fc.property(...clouds, (kind, count, size, dim, norm, seed) => {
        const points = cloud(kind, count * size * dim, seed);
        const ends = new Int32Array(2 * count * (size - 1));
        const lengths = new Float64Array(count * (size - 1));
        spanningTreesKernel(points, count, size, dim, norm, ends, lengths);
        assert.deepEqual({ ends, lengths }, expectedTrees(points, count, size, dim, norm));
      }),
      { seed: 1, numRuns: 400 },
    ));

  it("lengths equal the loop's for 500 points in 128 dimensions", () => {
    const points = cloud("normal", 500 * 128, 1);
    const [ends, lengths] = [new Int32Array(2 * 499), new Float64Array(499)];
    assert.ok(simdSpanningTrees(points, 1, 500, 128, 2, ends, lengths));
    const ordered = new Float64Array(lengths).sort();
    assert.deepEqual(ordered, expectedTrees(points, 1, 500, 128, 2).lengths);
  });

  for (const variant of VARIANTS)
    it(`the ${variant} kernel writes nothing but its results`, () => {
      const arena = new Arena(variant);
      const { kernels } = arena.module;
      fc.assert(
        fc.property(...clouds, (kind, count, size, dim, norm, seed) => {
          arena.reset();
          const points = cloud(kind, count * size * dim, seed);
          const edges = count * (size - 1);
          const at = arena.input(points);
          // The lengths and the scratch need addresses that are multiples of 8 bytes, every other float.
          const [ends, lengths] = [arena.output(2 * edges), aligned(arena, 2 * edges)];
          const scratch = aligned(arena, kernels.spanningTreesScratch(size, dim));
          kernels.spanningTrees(at, count, size, dim, norm, ends, lengths, scratch);
          arena.check();
          const sums = new Float64Array(arena.read(lengths, 2 * edges).buffer);
          const expected = expectedTrees(points, count, size, dim, norm).lengths;
          for (let s = 0; s < count; s++) {
            const own = (all: Float64Array) => all.slice(s * (size - 1), (s + 1) * (size - 1));
            assert.deepEqual(own(sums).sort(), own(expected));
          }
        }),
        { seed: 2, numRuns: 100 },
      );
    });
});

function aligned(arena: Arena, floats: number): number {
  const at = arena.output(floats + 1);
  return at % 8 === 0 ? at : at + 4;
}
