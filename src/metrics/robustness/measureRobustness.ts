import type * as tf from "@tensorflow/tfjs";
import { imageTensor } from "../../data/batch";
import { allRows, type ImageSet } from "../../data/imageSet";
import type { Network } from "../../model/network";
import { mean, median } from "../../statistics/summary";
import { deepFool, type DeepFoolOptions } from "./deepFool";
import { fastGradientMargins } from "./fastGradientMargins";
import { imageLogits } from "../../model/imageLogits";

/** Images per batch: a step of DeepFool keeps a gradient for each. */
const ROBUSTNESS_BATCH = 100;

/** Summary of margins of one kind; images that were not fooled are left out. */
export interface MarginSummary {
  /** null if no image was fooled, like the other values. */
  readonly mean: number | null;
  readonly median: number | null;
  /**
   * Summary of |r| / |x| in L2, as in Papyan's figure 8. Not defined for black images, unless r is
   * 0.
   */
  readonly meanRelativeNorm: number | null;
  /** Number of images that were not fooled. */
  readonly notFooled: number;
}

/** Robustness of a network on a set of images. */
export interface RobustnessMeasures {
  /** Images. */
  readonly n: number;
  /** Accuracy; misclassified images have margin 0. */
  readonly accuracy: number;
  /** Summary of the L2 norms of DeepFool's perturbations. */
  readonly deepFool: MarginSummary;
  /** Summary of the epsilons of the fast gradient sign method. */
  readonly fastGradientSign: MarginSummary;
}

/**
 * Margins of a network on a set of images, by DeepFool and by the fast gradient sign method.
 *
 * A step of DeepFool costs as many backward passes as there are other classes: a hundred images
 * show a trend over epochs, as in Papyan's figure 8 (`selectExamples` takes them). Norms and
 * epsilons are in units of pixel / 255, even if the network sees normalized images. With
 * `pixelRange`, both methods keep perturbed pixels in that range.
 *
 * @throws {RangeError} If the set is empty, or as {@link deepFool}.
 * @see Papyan, Han, Donoho 2020, figure 8, https://arxiv.org/abs/2008.08186
 */
export async function measureRobustness(
  network: Network,
  set: ImageSet,
  options: Omit<DeepFoolOptions, "labels"> = {},
): Promise<RobustnessMeasures> {
  const logits = imageLogits(network, set.normalization);
  const [fool, sign] = [emptyMargins(), emptyMargins()];
  await forEachBatch(set, async (images, labels) => {
    const fooled = await deepFool(logits, images, { ...options, labels });
    const moved = await fastGradientMargins(logits, images, labels, options);
    addMargins(fool, fooled.norms, fooled.relativeNorms);
    addMargins(sign, moved.epsilons, moved.relativeNorms);
  });
  const n = set.labels.length;
  const accuracy = sign.margins.filter((margin) => margin > 0).length / n;
  return { n, accuracy, deepFool: summary(fool), fastGradientSign: summary(sign) };
}

/**
 * Margins of a network's predictions on a set of images, right or wrong: the smallest perturbation
 * of each image, by DeepFool, that changes the prediction. Papyan's figure 8 shows
 * `meanRelativeNorm` of 100 test images. Labels are ignored, so the same images count in every
 * epoch; {@link measureRobustness}, in the same units, assigns margin 0 to misclassified images.
 *
 * @throws {RangeError} If the set is empty, or as {@link deepFool}.
 * @see Papyan, Han, Donoho 2020, figure 8, https://arxiv.org/abs/2008.08186
 */
export async function decisionMargins(
  network: Network,
  set: ImageSet,
  options: Omit<DeepFoolOptions, "labels"> = {},
): Promise<MarginSummary> {
  const logits = imageLogits(network, set.normalization);
  const margins = emptyMargins();
  await forEachBatch(set, async (images) => {
    const { norms, relativeNorms } = await deepFool(logits, images, options);
    addMargins(margins, norms, relativeNorms);
  });
  return summary(margins);
}

/** Images are pixel / 255, without the set's normalization. */
async function forEachBatch(
  set: ImageSet,
  measure: (images: tf.Tensor4D, labels: Uint8Array) => Promise<void>,
): Promise<void> {
  const [rows, count] = [allRows(set), set.labels.length];
  const plain = { ...set, normalization: undefined };
  if (count === 0) throw new RangeError("expected images, got none");
  for (let from = 0; from < count; from += ROBUSTNESS_BATCH) {
    const to = Math.min(from + ROBUSTNESS_BATCH, count);
    const images = imageTensor(plain, rows, from, to);
    await measure(images, set.labels.subarray(from, to)).finally(() => images.dispose());
  }
}

interface Margins {
  readonly margins: number[];
  readonly relative: number[];
}

const emptyMargins = (): Margins => ({ margins: [], relative: [] });

function addMargins(all: Margins, margins: Float64Array, relative: Float64Array): void {
  all.margins.push(...margins);
  all.relative.push(...relative);
}

function summary({ margins, relative }: Margins): MarginSummary {
  const found = margins.filter(Number.isFinite);
  const notFooled = margins.length - found.length;
  if (found.length === 0) return { mean: null, median: null, meanRelativeNorm: null, notFooled };
  const shares = relative.filter(Number.isFinite);
  const meanRelativeNorm = shares.length === 0 ? null : mean(shares);
  return { mean: mean(found), median: median(found), meanRelativeNorm, notFooled };
}
