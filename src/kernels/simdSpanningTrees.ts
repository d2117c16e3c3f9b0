import { loadTrainingModule, type TrainingModule } from "./trainingModule";

/** Bytes of a page of WebAssembly memory, and how many pages it can have. */
const PAGE = 65536;
const PAGES = 65536;

/** The kernels on a memory of their own, which grows with the largest cloud seen. */
let workspace: { memory: WebAssembly.Memory; module: TrainingModule | undefined } | undefined;

/**
 * Minimum spanning trees of `count` clouds of `size` points in SIMD, where the engine has it.
 *
 * @param points count x size x dim, finite.
 * @param norm 1: sum of absolute differences; 2: Euclidean.
 * @param ends Written: count x (size - 1) x 2, the smaller first.
 * @param lengths Written: count x (size - 1), edges in the order in which points joined.
 * @returns Whether it was done; without SIMD, or for clouds beyond 4 GiB, nothing is written.
 */
export function simdSpanningTrees(
  points: Float32Array,
  count: number,
  size: number,
  dim: number,
  norm: 1 | 2,
  ends: Int32Array,
  lengths: Float64Array,
): boolean {
  workspace ??= open();
  const { memory, module } = workspace;
  if (module === undefined) return false;
  const { kernels } = module;
  const edges = count * (size - 1);
  const lengthsAt = 0;
  const endsAt = 8 * edges;
  const scratchAt = endsAt + 8 * edges;
  const pointsAt = scratchAt + 4 * kernels.spanningTreesScratch(size, dim);
  const missing =
    Math.ceil((pointsAt + 4 * points.length) / PAGE) - memory.buffer.byteLength / PAGE;
  if (missing > PAGES - memory.buffer.byteLength / PAGE) return false;
  if (missing > 0) memory.grow(missing);
  new Float32Array(memory.buffer).set(points, pointsAt / 4);
  kernels.spanningTrees(pointsAt, count, size, dim, norm, endsAt, lengthsAt, scratchAt);
  ends.set(new Int32Array(memory.buffer, endsAt, 2 * edges));
  lengths.set(new Float64Array(memory.buffer, lengthsAt, edges));
  return true;
}

function open() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: PAGES });
  return { memory, module: loadTrainingModule(memory) };
}
