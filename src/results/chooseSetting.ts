import { mean, sampleStd } from "../statistics/summary";
import {
  BOOKKEEPING,
  RECORDING,
  settingsJson,
  type ExperimentConfig,
} from "../training/settings/config";
import type { RunRecord } from "../runs/record";
import { withoutCopies } from "./runCopies";

/** One setting that can be chosen: the runs that differ in split and seed alone, taken together. */
export interface Candidate {
  /** Settings in which the candidates differ, and this one's values. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of its first run. */
  readonly config: ExperimentConfig;
  /** Runs. */
  readonly n: number;
  /** Of the kept images behind the last epoch, in percent. */
  readonly validationAccuracy: { readonly mean: number; readonly sampleStd: number | null };
  /** Mean over the runs, in nats; null if one is not finite. */
  readonly validationCrossEntropy: number | null;
}

/** What was chosen, and from what. */
export interface Choice {
  readonly chosen: Candidate;
  /** Best first. */
  readonly candidates: readonly Candidate[];
}

/** Settings that number the runs of a candidate, or decide nothing. */
const NOT_COMPARED: readonly string[] = ["split", "seed", ...RECORDING, ...BOOKKEEPING];

/**
 * Chooses among settings, such as beta, without a look at the test set: by the mean accuracy, behind
 * the last epoch, on labelled images that were kept from training (`validationCount`); where that is
 * equal by the lower cross entropy, and then the first.
 *
 * The test accuracy of what is chosen is then not raised by the choice, as it would be if the best of
 * several test accuracies were taken. The kept images' own accuracy is: as a result it is biased
 * upwards. Another way is to take beta from a vanilla run's death times (`betaFromDeathTimes`).
 *
 * @param records Of runs; those that are not complete do not count, one that is there twice counts
 *   once.
 * @throws {RangeError} If there is no complete run, one kept no image for validation, or the
 *   candidates were not all run on the same splits and seeds.
 */
export function chooseSetting(records: readonly RunRecord[]): Choice {
  const complete = withoutCopies(records.filter(({ status }) => status === "complete"));
  if (complete.length === 0)
    throw new RangeError(`expected complete runs, got none among ${records.length}`);
  const without = complete.find((record) => last(record).validation === undefined);
  if (without !== undefined)
    throw new RangeError(
      `expected runs that kept images for validation (validationCount above 0), ` +
        `got one without: ${runName(without)}`,
    );
  const groups = [...grouped(complete, candidateKey).values()];
  checkCoverage(groups);
  const varying = varyingSettings(groups.map(([record]) => record));
  const candidates = groups.map((group) => candidateOf(group, varying)).sort(better);
  return { chosen: candidates[0], candidates };
}

function grouped(
  records: readonly RunRecord[],
  keyOf: (record: RunRecord) => string,
): Map<string, RunRecord[]> {
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    const key = keyOf(record);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return groups;
}

/** What candidates are compared in, as text. */
function comparedSettings({ config, environment }: RunRecord): Map<string, string> {
  const entries = Object.entries({ ...settingsJson(config), backend: environment.backend });
  return new Map(
    entries
      .filter(([name]) => !NOT_COMPARED.includes(name))
      .map(([name, value]) => [name, String(value)]),
  );
}

const candidateKey = (record: RunRecord) => JSON.stringify([...comparedSettings(record)].sort());

function varyingSettings(records: readonly RunRecord[]): string[] {
  const settings = records.map(comparedSettings);
  return [...settings[0].keys()].filter(
    (name) => new Set(settings.map((each) => each.get(name))).size > 1,
  );
}

/** What a run was trained and validated on: the same for two runs if their numbers can be compared. */
function coverage({ config, split }: RunRecord): string {
  const { seed, splitSeed, validationCount } = config;
  return JSON.stringify([split.rowsHash, seed, validationCount, splitSeed]);
}

function checkCoverage(groups: readonly (readonly RunRecord[])[]): void {
  const [first, ...others] = groups.map((group) => group.map(coverage).sort());
  const wrong = others.findIndex((covered) => covered.join() !== first.join());
  if (wrong < 0) return;
  const varying = varyingSettings(groups.map(([record]) => record));
  const about = (group: readonly RunRecord[]) =>
    `${describe(pick(group[0], varying))}: ${group.map(runText).sort().join(", ")}`;
  throw new RangeError(
    "expected every candidate to be run on the same splits, seeds and kept images, got\n  " +
      `${about(groups[0])}\n  ${about(groups[wrong + 1])}`,
  );
}

const runText = ({ config, split }: RunRecord) =>
  `split ${config.split} (rows ${split.rowsHash.slice(0, 8)}) seed ${config.seed} ` +
  `keeping ${config.validationCount}`;

const runName = ({ config }: RunRecord) =>
  `${config.preset} ${config.regularizer}, split ${config.split}, seed ${config.seed}`;

const describe = (settings: Readonly<Record<string, string>>) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

function pick(record: RunRecord, names: readonly string[]): Record<string, string> {
  const all = comparedSettings(record);
  return Object.fromEntries(names.map((name) => [name, all.get(name)!]));
}

const last = ({ epochs }: RunRecord) => epochs[epochs.length - 1];

function candidateOf(group: readonly RunRecord[], varying: readonly string[]): Candidate {
  const measures = group.map((record) => last(record).validation!);
  const accuracies = measures.map(({ accuracy }) => 100 * accuracy);
  const entropies = measures.map(({ crossEntropy }) => crossEntropy);
  return {
    settings: pick(group[0], varying),
    config: group[0].config,
    n: group.length,
    validationAccuracy: { mean: mean(accuracies), sampleStd: sampleStd(accuracies) },
    validationCrossEntropy: entropies.every(Number.isFinite) ? mean(entropies) : null,
  };
}

/** Sums of equal shares in another order may differ by rounding: that is no difference. */
const ROUNDING = 1e-9;

function better(a: Candidate, b: Candidate): number {
  const accuracy = b.validationAccuracy.mean - a.validationAccuracy.mean;
  if (Math.abs(accuracy) > ROUNDING) return accuracy;
  const entropy = ({ validationCrossEntropy: value }: Candidate) => value ?? Infinity;
  return entropy(a) === entropy(b) ? 0 : entropy(a) - entropy(b);
}
