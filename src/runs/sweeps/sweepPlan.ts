import path from "node:path";
import type { FoundRun } from "../findRuns";
import { sameImages, type SplitOrigin } from "../record";
import { runIdentity } from "../runIdentity";
import type { SweepRun } from "./sweep";

/** Run whose split was read and checked. */
export interface CheckedRun extends SweepRun {
  readonly split: Required<SplitOrigin>;
  /** Rows of its split. */
  readonly rows: ArrayLike<number>;
}

/** Run with its state before a sweep starts. */
export interface PlannedRun extends CheckedRun {
  /** Its own folder, including that of the sweep. */
  readonly folder: string;
  readonly identity: string;
  /**
   * `done`: complete, in `where`. `same`: equal to an earlier run of the sweep, in `where`.
   * `running`: in another process. `conflict`: its folder holds another run, so it will fail.
   */
  readonly state: "done" | "same" | "running" | "resume" | "conflict" | "todo";
  /** Folder of the run: its own, or that of a run with the same identity. */
  readonly where: string;
  /** Number of completed epochs. */
  readonly epochs: number;
}

/** Runs of a plan that a runner gets, including those that will fail, so that it reports why. */
export const runsToDo = (plan: readonly PlannedRun[]) =>
  plan.filter(({ state }) => state !== "done" && state !== "same");

/** Plan in which each run goes to its own folder, whatever other folders contain. */
export function planInPlace(runs: readonly CheckedRun[], out: string): PlannedRun[] {
  return runs.map((run) => {
    const folder = path.join(out, run.folder);
    const identity = runIdentity(run.config, run.split.rowsHash);
    return { ...run, folder, identity, where: folder, epochs: 0, state: "todo" };
  });
}

/**
 * Plan of a sweep: a run that exists, under any name and in any folder, is not computed again.
 *
 * @param found Existing runs.
 * @param backend Backend of the sweep; runs of other backends are different runs.
 */
export function planSweep(
  runs: readonly CheckedRun[],
  found: readonly FoundRun[],
  { out, backend }: { out: string; backend: string },
): PlannedRun[] {
  const there = found.filter(({ record }) => record.environment.backend === backend);
  const identityOf = new Map(
    there.map((run) => [run, runIdentity(run.record.config, run.record.split.rowsHash)]),
  );
  const planned = new Map<string, string>();
  return planInPlace(runs, out).map((run) => {
    const { folder, identity, config, split } = run;
    const isHere = (one: FoundRun) => path.resolve(one.folder) === path.resolve(folder);
    const alike = there.filter(
      (one) => identityOf.get(one) === identity && sameImages(one.record.split, split),
    );
    const complete = alike.filter(({ record }) => record.status === "complete");
    const done = complete.find(isHere) ?? complete[0];
    if (done !== undefined)
      return { ...run, state: "done", where: done.folder, epochs: config.epochs };
    const earlier = planned.get(identity);
    if (earlier !== undefined) return { ...run, state: "same", where: earlier };
    planned.set(identity, folder);
    const occupant = found.find(isHere);
    if (occupant === undefined) return run;
    if (!alike.includes(occupant)) return { ...run, state: "conflict" };
    const epochs = occupant.record.epochs.length;
    if (occupant.process !== undefined) return { ...run, state: "running", epochs };
    return { ...run, state: epochs > 0 ? "resume" : "todo", epochs };
  });
}
