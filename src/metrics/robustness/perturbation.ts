import type { FlatImages } from "./classify";

/** Values that a pixel may have. */
export type PixelRange = readonly [lowest: number, highest: number];

/** Size of the perturbation of each image. */
export interface PerturbationNorms {
  /** |r| of the perturbation r in L2, in the unit of the images: of pixel / 255 if they are that. */
  readonly norms: Float64Array;
  /** |r| / |x| in L2, with x the image; 0 where r is 0, Infinity where only x is. */
  readonly relativeNorms: Float64Array;
}

/**
 * L2 norms of perturbations, and those relative to the images.
 *
 * @param perturbed Of the shape of the images.
 */
export function perturbationNorms(
  { values, count, size }: FlatImages,
  perturbed: Float32Array,
): PerturbationNorms {
  const norms = new Float64Array(count);
  const relativeNorms = norms.map((_, n) => {
    let [moved, own] = [0, 0];
    for (let i = n * size; i < (n + 1) * size; i++) {
      moved += (perturbed[i] - values[i]) ** 2;
      own += values[i] ** 2;
    }
    norms[n] = Math.sqrt(moved);
    return moved === 0 ? 0 : Math.sqrt(moved / own);
  });
  return { norms, relativeNorms };
}

/** Nearest value in the range, or the value itself without a range. */
export function clipped(value: number, range: PixelRange | undefined): number {
  return range === undefined ? value : Math.min(range[1], Math.max(range[0], value));
}

/**
 * Range with its ends in float32, like the pixels, so that a clipped pixel equals the end.
 *
 * @throws {RangeError} If a value is outside.
 */
export function checkedRange(
  values: Float32Array,
  range: PixelRange | undefined,
): PixelRange | undefined {
  if (range === undefined) return undefined;
  const [lowest, highest] = [Math.fround(range[0]), Math.fround(range[1])];
  const outside = values.findIndex((value) => !(value >= lowest && value <= highest));
  if (outside < 0) return [lowest, highest];
  throw new RangeError(
    `expected images in [${range.join(", ")}], got ${values[outside]} at value ${outside}`,
  );
}
