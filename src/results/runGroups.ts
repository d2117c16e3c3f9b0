import { BOOKKEEPING, RECORDING, settingsJson } from "../training/settings/config";
import type { RunRecord } from "../runs/record";
import { withoutCopies } from "./runCopies";
import { regularizerLooks, type LineLook } from "../figures/theme";

/** Runs that differ in split or seed only: one line of a figure. */
export interface RunGroup {
  /** The regulariser; with what sets the group apart if another group has the same. */
  readonly label: string;
  readonly color: string;
  readonly dash: LineLook["dash"];
  /** One or more. */
  readonly records: readonly RunRecord[];
}

/** What may differ between runs whose mean is taken. */
const REPEATED: readonly string[] = ["split", "splitSeed", "seed", ...RECORDING, ...BOOKKEEPING];
const ORDER = ["vanilla", "hofer", "sliding"];

/**
 * Groups runs that differ in nothing but split, seed and how often they were measured; vanilla,
 * hofer and sliding come first. A run that was recorded twice counts once.
 *
 * @throws {RangeError} If there is no run.
 */
export function groupRuns(records: readonly RunRecord[]): RunGroup[] {
  if (records.length === 0) throw new RangeError("expected the records of 1 run or more, got 0");
  const groups = new Map<string, RunRecord[]>();
  for (const record of withoutCopies(records)) {
    const key = JSON.stringify(sharedSettings(record));
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  const members = [...groups.values()];
  const labels = members.map((group) => label(group, members));
  const looks = regularizerLooks(labels);
  return members
    .map((group, i) => ({ label: labels[i], ...looks.get(labels[i])!, records: group }))
    .sort(
      (a, b) => byRegularizer(regularizerOf(a), regularizerOf(b)) || (a.label < b.label ? -1 : 1),
    );
}

/** "MNIST-250, n = 10 splits each": what a figure's numbers come from. */
export function dataDescription(groups: readonly RunGroup[]): string {
  const sets = groups.flatMap(({ records }) =>
    records.map(({ config }) => `${config.dataset.toUpperCase()}-${config.labelCount}`),
  );
  const counts = groups.map(({ records }) => records.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const n = least === most ? `${most}` : `${least} to ${most}`;
  return `${[...new Set(sets)].join(", ")}, n = ${n} run${most === 1 ? "" : "s"} each`;
}

function sharedSettings({ config }: RunRecord): Record<string, unknown> {
  const settings = settingsJson(config);
  for (const name of REPEATED) delete settings[name];
  return settings;
}

function label([first]: readonly RunRecord[], groups: readonly (readonly RunRecord[])[]): string {
  const { regularizer } = first.config;
  const same = groups.map(([other]) => other).filter((o) => o.config.regularizer === regularizer);
  const own = sharedSettings(first);
  const telling = Object.keys(own).filter((name) =>
    same.some((other) => sharedSettings(other)[name] !== own[name]),
  );
  return [regularizer, ...telling.map((name) => `${name} ${String(own[name])}`)].join(", ");
}

/** The order of regularisers in figures: vanilla, hofer and sliding, then the others as they come. */
export function byRegularizer(a: string, b: string): number {
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return rank(a) - rank(b);
}

const regularizerOf = ({ records: [{ config }] }: RunGroup) => config.regularizer;
