import type { RunRecord } from "../runs/record";
import { mean, sampleStd } from "../statistics/summary";
import type { ExperimentConfig } from "../training/settings/config";
import { settingNames } from "../training/settings/settings";
import { drawOf } from "./pairedRuns";
import { completeGroups, type RunGroup } from "./runGroups";

/** Candidate: the runs of one group. */
export interface Candidate {
  /** Values of the names and settings in which the candidates differ. */
  readonly settings: Readonly<Record<string, string>>;
  /** Config of its first run. */
  readonly config: ExperimentConfig;
  /** Runs. */
  readonly n: number;
  /** Accuracy on the held-out images after the last epoch, in percent. */
  readonly validationAccuracy: { readonly mean: number; readonly sampleStd: number | null };
  /** Mean over the runs, in nats; null if one is not finite. */
  readonly validationCrossEntropy: number | null;
}

/** Chosen setting, and the candidates. */
export interface Choice {
  readonly chosen: Candidate;
  /** Best first. */
  readonly candidates: readonly Candidate[];
}

/**
 * Chooses among settings, such as beta, without looking at the test set: by the mean accuracy after
 * the last epoch on labeled images that were held out from training (`validationCount`). Ties go to
 * the lower cross entropy, then to the first.
 *
 * The choice does not bias the test accuracy of the chosen setting, as choosing the best of several
 * test accuracies would. It does bias the accuracy on the held-out images upwards. Another way is
 * to compute beta from a vanilla run's death times (`betaFromDeathTimes`).
 *
 * @param records Runs that are not complete do not count; a run that was recorded twice counts once.
 * @throws {RangeError} If there is no complete run, one has no held-out images, or the candidates were
 *   not all run on the same splits, seeds and held-out images.
 */
export function chooseSetting(records: readonly RunRecord[]): Choice {
  const groups = completeGroups(records);
  if (groups.length === 0)
    throw new RangeError(`expected complete runs, found none among ${records.length}`);
  checkValidation(groups);
  const shown = groups.map((group) => shownSettings(group, groups));
  checkCoverage(groups, shown);
  const candidates = groups.map(({ runs }, i) => candidateOf(runs, shown[i])).sort(better);
  return { chosen: candidates[0], candidates };
}

function checkValidation(groups: readonly RunGroup[]): void {
  const runs = groups.flatMap((group) => group.runs);
  const without = runs.find((run) => last(run).validation === undefined);
  if (without === undefined) return;
  const { preset, regularizer, split, seed } = without.config;
  throw new RangeError(
    `expected runs with held-out images (validationCount above 0), ` +
      `got one without: ${preset} ${regularizer}, split ${split}, seed ${seed}`,
  );
}

type Shown = Readonly<Record<string, string>>;

/** Names and settings in which groups differ. */
function shownSettings(group: RunGroup, groups: readonly RunGroup[]): Shown {
  const names = settingNames("name").filter((name) =>
    groups.some(({ runs: [run] }) => run.config[name] !== group.runs[0].config[name]),
  );
  const values = names.map((name) => [name, String(group.runs[0].config[name])]);
  return { ...(Object.fromEntries(values) as Shown), ...group.settings };
}

/** Training and held-out images of a run, and its seeds, as text. */
const coverage = (run: RunRecord) => `${drawOf(run)} keeping ${run.config.validationCount}`;

function checkCoverage(groups: readonly RunGroup[], shown: readonly Shown[]): void {
  const [first, ...others] = groups.map(({ runs }) => runs.map(coverage).sort());
  const wrong = others.findIndex((covered) => covered.join() !== first.join());
  if (wrong < 0) return;
  const about = (i: number) =>
    `${describe(shown[i])}: ${groups[i].runs.map(runText).sort().join(", ")}`;
  throw new RangeError(
    "expected every candidate on the same splits, seeds and held-out images, got\n  " +
      `${about(0)}\n  ${about(wrong + 1)}`,
  );
}

const runText = ({ config, split }: RunRecord) =>
  `split ${config.split} (rows ${split.rowsHash.slice(0, 8)}) seed ${config.seed} ` +
  `split seed ${config.splitSeed} with ${config.validationCount} held out`;

const describe = (settings: Shown) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

const last = ({ epochs }: RunRecord) => epochs[epochs.length - 1];

function candidateOf(runs: readonly RunRecord[], settings: Shown): Candidate {
  const measures = runs.map((run) => last(run).validation!);
  const accuracies = measures.map(({ accuracy }) => 100 * accuracy);
  const entropies = measures.map(({ crossEntropy }) => crossEntropy);
  return {
    settings,
    config: runs[0].config,
    n: runs.length,
    validationAccuracy: { mean: mean(accuracies), sampleStd: sampleStd(accuracies) },
    validationCrossEntropy: entropies.every(Number.isFinite) ? mean(entropies) : null,
  };
}

/** Sums in another order can differ by rounding, which does not count as a difference. */
const ROUNDING = 1e-9;

function better(a: Candidate, b: Candidate): number {
  const accuracy = b.validationAccuracy.mean - a.validationAccuracy.mean;
  if (Math.abs(accuracy) > ROUNDING) return accuracy;
  const entropy = ({ validationCrossEntropy: value }: Candidate) => value ?? Infinity;
  return entropy(a) === entropy(b) ? 0 : entropy(a) - entropy(b);
}
