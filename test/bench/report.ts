import { geometryOf } from "../../src/metrics/collapse/geometry";
import type { Network } from "../../src/model/network";
import { Random } from "../../src/numerics/random";
import { epochReport } from "../../src/training/evaluation/epochReport";
import {
  setMeasures,
  trainMeasures,
  type EvaluatedSet,
} from "../../src/training/evaluation/outputs";
import { timing, type Timing } from "./measure";

/** Time of all measures of one epoch, without the network's own passes. */
export interface ReportMeasurement extends Timing {
  readonly trainingImages: number;
  readonly testImages: number;
  readonly dim: number;
  readonly classCount: number;
}

const SHAPE = { trainingImages: 250, testImages: 10_000, dim: 128, classCount: 10 };
const { dim, classCount } = SHAPE;
const ROUNDS = 9;

/** Made-up outputs of a network: a normal cloud around each of the class means. */
function made(random: Random, count: number, means: Float32Array) {
  const labels = Uint8Array.from({ length: count }, (_, n) => n % classCount);
  const features = Float32Array.from(
    { length: count * dim },
    (_, at) => means[labels[Math.floor(at / dim)] * dim + (at % dim)] + 0.3 * random.normal(),
  );
  const logits = Float32Array.from({ length: count * classCount }, () => random.normal());
  const images = {
    pixels: new Uint8Array(count),
    labels,
    classCount,
    imageShape: [1, 1, 1] as const,
  };
  return { images, outputs: { features, logits } };
}

/** What an epoch records where every measure is due: measures of both sets, and the report. */
export async function reportMeasurement(): Promise<ReportMeasurement> {
  const random = new Random(0, "report");
  const means = Float32Array.from({ length: classCount * dim }, () => random.normal());
  const sets = [SHAPE.trainingImages, SHAPE.testImages].map((n) => made(random, n, means));
  const classifier = {
    weights: Float32Array.from({ length: classCount * dim }, () => random.normal()),
    bias: new Float32Array(classCount),
  };
  const epoch = async () => {
    const evaluated = (at: number, trainStatistics?: EvaluatedSet["geometry"]["statistics"]) => {
      const { images, outputs } = sets[at];
      const examples = [{ ...outputs, labels: images.labels }];
      return { images, outputs, geometry: geometryOf({ examples, classifier, trainStatistics }) };
    };
    const train = evaluated(0);
    trainMeasures(train.geometry);
    const test = evaluated(1, train.geometry.statistics);
    setMeasures(test.geometry);
    // Margins, which alone need the network, are not asked for.
    const config = { metric: "L2", robustnessCount: 0 } as const;
    await epochReport(undefined as unknown as Network, train, test, config);
  };
  const times: number[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const start = performance.now();
    await epoch();
    if (round >= 0) times.push(performance.now() - start);
  }
  return { ...SHAPE, ...timing(times) };
}

/** The measurement as a line of text. */
export function reportLine(measurement: ReportMeasurement): string {
  const { milliseconds, spread, trainingImages, testImages } = measurement;
  return (
    `epoch report of ${trainingImages} + ${testImages} x ${dim} features, ${classCount} classes: ` +
    `${milliseconds.toFixed(0)} ms (spread ${spread.toFixed(0)} ms)`
  );
}
