import { predictedClasses } from "../../metrics/collapse/nearestClassCenter";
import { allRows, selectExamples, type ImageSet } from "../../data/imageSet";
import type { Network } from "../../model/network";
import { measureRobustness, type MarginSummary } from "../../metrics/robustness/measureRobustness";
import { row, type MeasureRow } from "./measureRow";

/**
 * Rows for the smallest perturbations, by DeepFool and by the fast gradient sign method, that
 * change the prediction of the first correctly classified images.
 *
 * @param logits N x classCount, for all images of the set.
 * @param count Number of images, or all if there are fewer.
 * @throws {RangeError} If `count` is not a whole number from 1.
 */
export async function robustnessRows(
  network: Network,
  test: ImageSet,
  logits: Float32Array,
  count: number,
): Promise<MeasureRow[]> {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`expected 1 image or more to measure robustness on, got ${count}`);
  const predicted = predictedClasses(logits, test.classCount);
  const right = allRows(test).filter((n) => predicted[n] === test.labels[n]);
  const rows = right.subarray(0, count);
  const measured =
    rows.length > 0 ? await measureRobustness(network, selectExamples(test, rows)) : undefined;
  const number = "test images perturbed: the first that are classified correctly";
  return [
    row("test", "robustness", "robustnessImages", number, rows.length),
    ...marginRows(
      "deepFool",
      "|r| in L2 of DeepFool's perturbation r of pixel / 255",
      measured?.deepFool,
    ),
    ...marginRows(
      "fastGradientSign",
      "least epsilon, of pixel / 255, of the fast gradient sign method that changes the class",
      measured?.fastGradientSign,
    ),
  ];
}

function marginRows(name: string, margin: string, summary: MarginSummary | undefined) {
  const relative = "mean of |r| / |x| in L2, x the image as pixel / 255, r that perturbation";
  const rows: [string, string, number | null | undefined][] = [
    ["Mean", `mean of ${margin}`, summary?.mean],
    ["Median", `median of ${margin}`, summary?.median],
    ["RelativeNorm", relative, summary?.meanRelativeNorm],
    [
      "NotFooled",
      "images for which no perturbation was found; they are left out above",
      summary?.notFooled,
    ],
  ];
  return rows.map(([end, formula, value]) =>
    row("test", "robustness", `${name}${end}`, formula, value ?? null),
  );
}
