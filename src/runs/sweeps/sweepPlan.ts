import path from "node:path";
import type { FoundRun } from "../findRuns";
import { sameImages, type SplitOrigin } from "../record";
import { runIdentity } from "../runIdentity";
import type { SweepRun } from "./sweep";

/** A run whose split was read and checked. */
export interface CheckedRun extends SweepRun {
  readonly split: Required<SplitOrigin>;
  /** The rows of its split. */
  readonly rows: ArrayLike<number>;
}

/** A run with its state before a sweep starts. */
export interface PlannedRun extends CheckedRun {
  /** Its own folder, with that of the sweep. */
  readonly folder: string;
  readonly identity: string;
  /**
   * `done`: complete, in `where`. `same`: an earlier run of the sweep has its identity, in `where`.
   * `running`: by another process. `conflict`: its folder holds another run, so that it will fail.
   */
  readonly state: "done" | "same" | "running" | "resume" | "conflict" | "todo";
  /** Where the run is, or will be: its own folder, or that of a run of the same identity. */
  readonly where: string;
  /** Epochs that are done. */
  readonly epochs: number;
}

/** Runs of a plan that a runner gets: also those that will fail, for it reports why. */
export const runsToDo = (plan: readonly PlannedRun[]) =>
  plan.filter(({ state }) => state !== "done" && state !== "same");

/** The plan of runs that each go to their own folder, whatever other folders hold. */
export function planInPlace(runs: readonly CheckedRun[], out: string): PlannedRun[] {
  return runs.map((run) => {
    const folder = path.join(out, run.folder);
    const identity = runIdentity(run.config, run.split.rowsHash);
    return { ...run, folder, identity, where: folder, epochs: 0, state: "todo" };
  });
}

/**
 * The plan of a sweep: no run that exists already, under any name and in any folder, is computed
 * again.
 *
 * @param found The runs that exist.
 * @param backend The sweep's backend: runs of another one are other runs.
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
