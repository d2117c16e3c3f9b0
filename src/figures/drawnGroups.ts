import { groupRuns, type RunGroup } from "../results/runGroups";
import type { RunRecord } from "../runs/record";
import { regularizerLooks, type LineLook } from "./theme";

/** A group of runs as figures draw it. */
export type DrawnGroup = RunGroup & LineLook;

/**
 * The groups of runs with the looks of their lines: vanilla, hofer and sliding first, then the others
 * by their labels. A group has its regularizer's look, unless several groups share the regularizer.
 *
 * @throws {RangeError} If there is no run.
 */
export function drawnGroups(records: readonly RunRecord[]): DrawnGroup[] {
  if (records.length === 0) throw new RangeError("expected the records of 1 run or more, got 0");
  const groups = groupRuns(records).sort(
    (a, b) => byRegularizer(a.regularizer, b.regularizer) || (a.label < b.label ? -1 : 1),
  );
  const isOnly = ({ regularizer }: RunGroup) =>
    groups.filter((other) => other.regularizer === regularizer).length === 1;
  const names = groups.map((group) => (isOnly(group) ? group.regularizer : group.label));
  const looks = regularizerLooks(names);
  return groups.map((group, i) => ({ ...group, ...looks.get(names[i])! }));
}

const FIRST = ["vanilla", "hofer", "sliding"];

/** The order of regularizers in figures: vanilla, hofer and sliding, then the others as they come. */
export function byRegularizer(a: string, b: string): number {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return rank(a) - rank(b);
}
