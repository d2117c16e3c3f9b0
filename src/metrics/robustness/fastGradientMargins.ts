import type * as tf from "@tensorflow/tfjs";
import { gradientSigns, movedImages, type FastGradientOptions } from "./fastGradientSign";
import type { Labels } from "../../numerics/labels";
import { takeRows } from "../../numerics/takeRows";
import type { ImageLogits } from "../../model/imageLogits";
import {
  checkedImageLabels,
  classified,
  flatImages,
  takeImages,
  type FlatImages,
} from "./classify";
import { checkedRange, perturbationNorms, type PerturbationNorms } from "./perturbation";

/** Options for the search of margins. */
export interface MarginOptions extends FastGradientOptions {
  /** Largest epsilon; 1 by default, the range of pixel / 255. */
  readonly largest?: number;
  /** Number of equal steps up to it; 64 by default. */
  readonly steps?: number;
  /** Number of bisections of the step that fooled the network; 10 by default. */
  readonly bisections?: number;
}

/** Result of the search. All three values are Infinity for an image that was not fooled. */
export interface FastGradientMargins extends PerturbationNorms {
  /** The smallest epsilon found that changes the class. */
  readonly epsilons: Float64Array;
}

/**
 * Distance of images from another class along the sign of their gradient.
 *
 * The direction is that of {@link fastGradientSign} at the image itself. An image is tested at
 * multiples of `largest` / `steps`. The first step at which it is misclassified is halved
 * `bisections` times, so that the epsilon is at most largest / (steps 2^bisections) above a change
 * of class. A wrong class that begins and ends within one earlier step is missed. An image that is
 * misclassified at the start has margin 0.
 *
 * @param images N x height x width x channels, unchanged.
 * @param labels N class indices.
 * @throws {RangeError} As {@link fastGradientSign}, or if an option is out of range.
 * @see Goodfellow, Shlens, Szegedy 2014, section 4, https://arxiv.org/abs/1412.6572
 */
export async function fastGradientMargins(
  logits: ImageLogits,
  images: tf.Tensor4D,
  labels: Labels,
  { pixelRange, largest = 1, steps = 64, bisections = 10 }: MarginOptions = {},
): Promise<FastGradientMargins> {
  checkGrid(largest, steps, bisections);
  const flat = await flatImages(images);
  const range = checkedRange(flat.values, pixelRange);
  const outputs = await classified(logits, flat);
  const own = checkedImageLabels(labels, flat, outputs.classCount);
  const signs = await gradientSigns(logits, flat, outputs, own);
  const wrongAt = async (rows: readonly number[], epsilon: (row: number) => number) => {
    const ownSigns = takeRows(signs, flat.size, rows);
    const moved = movedImages(takeImages(flat, rows), ownSigns, (i) => epsilon(rows[i]), range);
    const { classes } = await classified(logits, moved);
    return rows.filter((n, i) => classes[i] !== own[n]);
  };
  const wrong = [...outputs.classes.keys()].filter((n) => outputs.classes[n] !== own[n]);
  const epsilons = new Float64Array(flat.count).fill(Infinity);
  for (const n of wrong) epsilons[n] = 0;
  await searchGrid(epsilons, wrongAt, largest / steps, steps);
  await bisect(epsilons, wrongAt, largest / steps, bisections);
  return { epsilons, ...normsAt(flat, signs, epsilons, range) };
}

/** Whether each image is misclassified after moving it by its epsilon. */
type WrongAt = (rows: readonly number[], epsilon: (row: number) => number) => Promise<number[]>;

/** Sets the epsilons that are Infinity to the first step at which their image is wrong. */
async function searchGrid(
  epsilons: Float64Array,
  wrongAt: WrongAt,
  width: number,
  steps: number,
): Promise<void> {
  let rows = [...epsilons.keys()].filter((n) => epsilons[n] === Infinity);
  for (let step = 1; step <= steps && rows.length > 0; step++) {
    for (const n of await wrongAt(rows, () => step * width)) epsilons[n] = step * width;
    rows = rows.filter((n) => epsilons[n] === Infinity);
  }
}

/** Halves the interval of each image between its epsilon and one that does not change the class. */
async function bisect(
  epsilons: Float64Array,
  wrongAt: WrongAt,
  width: number,
  bisections: number,
): Promise<void> {
  const rows = [...epsilons.keys()].filter((n) => epsilons[n] > 0 && epsilons[n] < Infinity);
  for (let half = width / 2, i = 0; i < bisections && rows.length > 0; half /= 2, i++)
    for (const n of await wrongAt(rows, (row) => epsilons[row] - half)) epsilons[n] -= half;
}

/** Norms at the epsilons found; Infinity if none was found. */
function normsAt(
  images: FlatImages,
  signs: Float32Array,
  epsilons: Float64Array,
  range: FastGradientOptions["pixelRange"],
): PerturbationNorms {
  const reached = (n: number) => (epsilons[n] === Infinity ? 0 : epsilons[n]);
  const result = perturbationNorms(images, movedImages(images, signs, reached, range).values);
  epsilons.forEach((epsilon, n) => {
    if (epsilon === Infinity) result.norms[n] = result.relativeNorms[n] = Infinity;
  });
  return result;
}

function checkGrid(largest: number, steps: number, bisections: number): void {
  if (!(largest > 0 && largest < Infinity))
    throw new RangeError(`expected a largest epsilon above 0, got ${largest}`);
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`expected 1 step or more, got ${steps}`);
  if (!Number.isInteger(bisections) || bisections < 0)
    throw new RangeError(`expected 0 bisections or more, got ${bisections}`);
}
