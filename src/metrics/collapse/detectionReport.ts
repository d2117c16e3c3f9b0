import {
  areaUnderCurve,
  batchScores,
  DETECTORS,
  falsePositiveRate,
  principalComponents,
  type DetectionBasis,
  type Detector,
} from "../behavior/detection";
import { lazily } from "../../numerics/lazily";
import { totalCovariance } from "./covariances";
import type { ExampleQuantity } from "./exampleBatch";
import type { Geometry } from "./geometry";
import { UndefinedMeasureError, whereDefined } from "./undefinedMeasure";

/** How well a score separates examples of the training set's distribution from others. */
export interface DetectionEntry extends Omit<Detector, "score"> {
  readonly section: "detection";
  /** null if the score is not defined. */
  readonly value: number | null;
  /** Reason why the value is null, if known. */
  readonly reason?: string;
}

/**
 * AUROC and FPR95 of every detector ({@link DETECTORS}): those of examples inside the distribution,
 * usually the test set, against examples outside of it.
 *
 * @param train Mean and principal components of the training set, and the classifier.
 * @param inside Without these examples no rate is defined.
 * @param outside Labels are ignored.
 * @returns Two entries per detector, such as `mspAuroc` and `mspFpr95`.
 * @throws {RangeError} If a set has no example, or a feature or logit is not finite.
 */
export function detectionReport(
  train: Geometry,
  inside: Geometry | undefined,
  outside: Geometry,
): DetectionEntry[] {
  const [outer, inner] = detectionScores(train, inside ? [outside, inside] : [outside]);
  return DETECTORS.flatMap(({ name, title, formula, source }, i) => {
    const entry = (
      end: string,
      text: string,
      of: (a: Float64Array, b: Float64Array) => number,
    ) => ({
      section: "detection" as const,
      name: `${name}${end}`,
      title: `${title}, ${text}`,
      formula: `${text} of ${formula}`,
      source,
      ...whereDefined(() => of(given(inner)[i](), outer[i]())),
    });
    return [
      entry("Auroc", "AUROC, equal scores counting half,", areaUnderCurve),
      entry(
        "Fpr95",
        "share outside above the threshold that 95 % inside reach,",
        falsePositiveRate,
      ),
    ];
  });
}

function given<T>(scores: T | undefined): T {
  if (scores === undefined) throw new UndefinedMeasureError("no test examples were given");
  return scores;
}

/**
 * Scores of the examples of some sets by every detector, in the order of {@link DETECTORS}, in one
 * pass over each set.
 *
 * @returns For each set and detector, a function that returns the scores, or throws an
 *   `UndefinedMeasureError` if they are not defined.
 */
export function detectionScores(
  train: Geometry,
  sets: readonly Geometry[],
): (() => Float64Array)[][] {
  const { dim, classCount } = train;
  const basis = lazily<DetectionBasis>({
    dim: () => dim,
    classCount: () => classCount,
    center: () => train.statistics.globalMean,
    weights: () => train.classifier.weights,
    components: () =>
      principalComponents(
        totalCovariance(train.statistics, train.globalMeans),
        dim,
        classCount - 1,
      ),
  });
  const quantities = DETECTORS.map(
    (detector): ExampleQuantity =>
      (batch) =>
        batchScores(detector, batch, batch.count, basis),
  );
  return sets.map((set) => {
    const all = set.together(
      quantities.map((quantity) => () => whereDefined(() => set.ofExamples(quantity))),
    );
    return all.map((_, i) => () => set.ofExamples(quantities[i]));
  });
}
