import { MEASURES } from "../metrics/collapse/catalogue";
import { Random } from "../numerics/random";
import type { RunRecord } from "../runs/record";
import { holm, rankCorrelation } from "../statistics/rankCorrelation";
import { mean } from "../statistics/summary";
import { epochValueOf, type EpochValue } from "./epochValue";
import { drawOf, isTested, testAccuracy } from "./pairedRuns";
import { completeGroups } from "./runGroups";

/** How well a measure of the training set at one epoch ranks runs by their final test accuracy. */
export interface AccuracyPredictor {
  /** Name of the measure in records, such as `withinClassVariability` or `deathTimes.mean`. */
  readonly measure: string;
  /** Title of the measure. */
  readonly title: string;
  /** The epoch of the measure, counted from 1; of each run's last one for "last". */
  readonly epoch: number | "last";
  /** Runs that have the measure at the epoch and a final test accuracy. */
  readonly n: number;
  /** Spearman's correlation of measure and accuracy. */
  readonly rho: number | null;
  /** Permutation test that exchanges accuracies among the runs of the same draw. */
  readonly p: number | null;
  /** p after Holm's correction over all rows. */
  readonly adjustedP: number | null;
  /**
   * Mean over the regularizers of Spearman's correlation among their own runs, for regularizers with
   * `leastRuns` runs or more; null where none has one.
   */
  readonly withinRegularizers: number | null;
}

/** What is correlated. */
export interface PredictorOptions {
  /** Default: 30, 100 and the last. */
  readonly epochs?: readonly (number | "last")[];
  /** Runs that a regularizer needs for a correlation of its own; default 8. */
  readonly leastRuns?: number;
  /** Permutations of each test; default 9,999. */
  readonly permutations?: number;
  /** Seed of the permutations; default 0. */
  readonly seed?: number;
}

/** Death times of a run's sub-batches, which are not in the catalogue of collapse measures. */
const DEATH_TIMES: readonly Candidate[] = [
  {
    measure: "deathTimes.mean",
    title: "Mean death time",
    value: ({ deathTimes }) => deathTimes?.mean,
  },
  {
    measure: "deathTimes.max",
    title: "Largest death time",
    value: ({ deathTimes }) => deathTimes?.max,
  },
];

interface Candidate {
  readonly measure: string;
  readonly title: string;
  readonly value: EpochValue;
}

/**
 * The measures of the training set that runs record, and how well each predicts the final test
 * accuracy: Spearman's rank correlation over all complete runs, at a few epochs.
 *
 * Regularizers that differ in accuracy and in a measure correlate the two whatever the reason;
 * `withinRegularizers` looks at runs that differ in nothing but their draw. Measures that fewer than
 * 3 runs, or fewer than half of them, have at an epoch are left out.
 *
 * @returns Rows ordered by epoch, then by p.
 * @throws {RangeError} If no measure is recorded by 3 complete runs.
 */
export function accuracyPredictors(
  records: readonly RunRecord[],
  options: PredictorOptions = {},
): AccuracyPredictor[] {
  const { epochs = [30, 100, "last"], leastRuns = 8, permutations, seed = 0 } = options;
  const groups = completeGroups(records).map(({ runs }) => runs.filter(isTested));
  const runCount = groups.flat().length;
  const random = new Random(seed, "permutations");
  const rows = epochs.flatMap((epoch) =>
    candidates().flatMap(({ measure, title, value }) => {
      const points = groups.map((runs) => runs.flatMap((run) => pointOf(run, epoch, value)));
      const all = points.flat();
      if (all.length < Math.max(3, runCount / 2)) return [];
      const found = correlationOf(all, { random, permutations });
      const own = points
        .filter((group) => group.length >= Math.max(3, leastRuns))
        .flatMap((group) => correlationOf(group, { random, permutations: 0 }).rho ?? []);
      const withinRegularizers = own.length === 0 ? null : mean(own);
      return [{ measure, title, epoch, ...found, withinRegularizers }];
    }),
  );
  if (rows.length === 0)
    throw new RangeError("expected 3 complete runs with a test and a measure, got fewer");
  return adjusted(rows).sort(
    (a, b) => epochs.indexOf(a.epoch) - epochs.indexOf(b.epoch) || (a.p ?? 2) - (b.p ?? 2),
  );
}

function candidates(): Candidate[] {
  const measures = MEASURES.map(({ name, title }) => ({
    measure: name,
    title,
    value: epochValueOf(name, "train"),
  }));
  return [...measures, ...DEATH_TIMES];
}

/** A run's measure and accuracy, and the draw that it shares with runs of other regularizers. */
interface Point {
  readonly value: number;
  readonly accuracy: number;
  readonly draw: string;
}

function pointOf(run: RunRecord, at: number | "last", value: EpochValue): Point[] {
  const epoch = at === "last" ? run.epochs.at(-1) : run.epochs[at - 1];
  const found = epoch && value(epoch);
  if (typeof found !== "number") return [];
  return [{ value: found, accuracy: testAccuracy(run), draw: drawOf(run) }];
}

const correlationOf = (
  points: readonly Point[],
  options: { readonly random: Random; readonly permutations?: number | undefined },
) =>
  rankCorrelation(
    points.map(({ value }) => value),
    points.map(({ accuracy }) => accuracy),
    { ...options, blocks: points.map(({ draw }) => draw) },
  );

function adjusted(rows: readonly Omit<AccuracyPredictor, "adjustedP">[]): AccuracyPredictor[] {
  const tested = rows.flatMap(({ p }, i) => (p === null ? [] : [{ p, i }]));
  const values = holm(tested.map(({ p }) => p));
  const byRow = new Map(tested.map(({ i }, k) => [i, values[k]]));
  return rows.map((row, i) => ({ ...row, adjustedP: byRow.get(i) ?? null }));
}
