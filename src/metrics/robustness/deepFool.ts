import type * as tf from "@tensorflow/tfjs";
import type { Labels } from "../../numerics/labels";
import { takeRows } from "../../numerics/takeRows";
import type { ImageLogits } from "../../model/imageLogits";
import {
  checkedImageLabels,
  classified,
  flatImages,
  takeImages,
  type ClassifiedImages,
} from "./classify";
import { nearestBoundary } from "./nearestBoundary";
import {
  checkedRange,
  clipped,
  perturbationNorms,
  type PerturbationNorms,
  type PixelRange,
} from "./perturbation";

/** Options for DeepFool. */
export interface DeepFoolOptions {
  /** Classes of the images. If given, a misclassified image has margin 0. */
  readonly labels?: Labels;
  /** Largest number of steps per image, after which it counts as not fooled; 50 by default. */
  readonly maxIterations?: number;
  /** Overshoot beyond the boundary, relative to the step; 0.02 by default. */
  readonly overshoot?: number;
  /**
   * Number of other classes to consider, those with the largest logits at the start; 9 by default.
   */
  readonly candidates?: number;
  /** Range of pixel values, such as [0, 1]; unlimited by default. */
  readonly pixelRange?: PixelRange;
}

/** Result of DeepFool. Norms are Infinity for an image that was not fooled. */
export interface DeepFoolResult extends PerturbationNorms {
  /** N x height x width x channels: where each image ended. */
  readonly perturbed: Float32Array;
  /** Steps of each image. */
  readonly iterations: Int32Array;
  /** Whether the class of each image changed, or was wrong at the start. */
  readonly succeeded: readonly boolean[];
}

/**
 * Distance of images from the boundary of their class in L2, by DeepFool.
 *
 * Each step goes to the nearest boundary of the class k that the image had at the start, with all
 * boundaries linearized at the current image: x <- x + (1 + overshoot) r, with r of
 * {@link nearestBoundary}; until the class is no longer k. On a linear classifier one step is
 * enough, and the norm is 1 + overshoot times the distance. Norms are of the whole perturbation,
 * overshoot included, as in the authors' code; the 1e-4 that their code adds to each distance is
 * left out.
 *
 * For a fooled image it is an upper bound of the true distance. An image is not fooled if its class
 * is unchanged after `maxIterations`, as for a classifier with zero gradient.
 *
 * @param images N x height x width x channels, unchanged.
 * @throws {RangeError} If there is no image, fewer than 2 classes, a value or a logit that is not
 *   finite, labels that do not fit, images outside `pixelRange`, or an option out of range.
 * @see Moosavi-Dezfooli, Fawzi, Frossard 2016, algorithm 2, https://arxiv.org/abs/1511.04599
 * @see Papyan, Han, Donoho 2020, figure 8, https://arxiv.org/abs/2008.08186
 */
export async function deepFool(
  logits: ImageLogits,
  images: tf.Tensor4D,
  options: DeepFoolOptions = {},
): Promise<DeepFoolResult> {
  const { labels, maxIterations = 50, overshoot = 0.02, candidates = 9, pixelRange } = options;
  checkOptions(maxIterations, overshoot, candidates);
  const start = await flatImages(images);
  const range = checkedRange(start.values, pixelRange);
  let outputs = await classified(logits, start);
  const { classes, classCount } = outputs;
  const asked = labels && checkedImageLabels(labels, start, classCount);
  const others = otherClasses(outputs).map((own) => own.slice(0, candidates));
  const end = { ...start, values: Float32Array.from(start.values) };
  const iterations = new Int32Array(start.count);
  let rows = [...classes.keys()].filter((n) => asked === undefined || classes[n] === asked[n]);
  outputs = takeOutputs(outputs, rows);
  for (let step = 0; step < maxIterations && rows.length > 0; step++) {
    const moving = takeImages(end, rows);
    const [own, rivals] = [rows.map((n) => classes[n]), rows.map((n) => others[n])];
    const ways = await nearestBoundary(logits, moving, outputs, own, rivals, range);
    moving.values.forEach((value, i) => {
      moving.values[i] = clipped(value + (1 + overshoot) * ways[i], range);
    });
    rows.forEach((n, i) => {
      end.values.set(takeRows(moving.values, start.size, [i]), n * start.size);
      iterations[n]++;
    });
    const moved = await classified(logits, moving);
    const standing = [...rows.keys()].filter((i) => moved.classes[i] === classes[rows[i]]);
    outputs = takeOutputs(moved, standing);
    rows = standing.map((i) => rows[i]);
  }
  const { norms, relativeNorms } = perturbationNorms(start, end.values);
  for (const n of rows) norms[n] = relativeNorms[n] = Infinity;
  const succeeded = Array.from(classes, (_, n) => !rows.includes(n));
  return { norms, relativeNorms, perturbed: end.values, iterations, succeeded };
}

/** Other classes of each image, by descending logits. */
function otherClasses({ logits, classes, classCount }: ClassifiedImages): number[][] {
  return Array.from(classes, (own, n) => {
    const all = [...logits.subarray(n * classCount, (n + 1) * classCount).keys()];
    const logit = (k: number) => logits[n * classCount + k];
    return all.filter((k) => k !== own).sort((k, l) => logit(l) - logit(k));
  });
}

function takeOutputs(outputs: ClassifiedImages, rows: readonly number[]): ClassifiedImages {
  const { logits, classes, classCount } = outputs;
  return {
    logits: takeRows(logits, classCount, rows),
    classes: Int32Array.from(rows, (n) => classes[n]),
    classCount,
  };
}

function checkOptions(maxIterations: number, overshoot: number, candidates: number): void {
  const expect = (isRight: boolean, expected: string, got: number) => {
    if (!isRight) throw new RangeError(`expected ${expected}, got ${got}`);
  };
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  expect(isCount(maxIterations), "1 iteration or more", maxIterations);
  expect(isCount(candidates), "1 candidate or more", candidates);
  expect(overshoot >= 0 && overshoot < Infinity, "an overshoot of 0 or more", overshoot);
}
