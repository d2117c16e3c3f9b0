import path from "node:path";
import type { FoundRun } from "../findRuns";
import { sameImages, type SplitOrigin } from "../record";
import { runIdentity } from "../runIdentity";
import type { SweepRun } from "./sweep";

/** What is there of a run before a sweep starts. */
export interface PlannedRun extends SweepRun {
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

/**
 * What a sweep has to do: nothing that is there already, under whatever name or in whatever folder,
 * is computed again.
 *
 * @param origins The split of each run.
 * @param found The runs that there are.
 * @param backend That the sweep computes on: another one's runs are other runs.
 */
export function planSweep(
  runs: readonly SweepRun[],
  origins: readonly SplitOrigin[],
  found: readonly FoundRun[],
  { out, backend }: { out: string; backend: string },
): PlannedRun[] {
  const there = found.filter(({ record }) => record.environment.backend === backend);
  const identityOf = new Map(
    there.map((run) => [run, runIdentity(run.record.config, run.record.split.rowsHash)]),
  );
  const planned = new Map<string, string>();
  return runs.map(({ config, folder: name }, i) => {
    const folder = path.join(out, name);
    const identity = runIdentity(config, origins[i].rowsHash);
    const isHere = (run: FoundRun) => path.resolve(run.folder) === path.resolve(folder);
    const alike = there.filter(
      (run) => identityOf.get(run) === identity && sameImages(run.record.split, origins[i]),
    );
    const complete = alike.filter(({ record }) => record.status === "complete");
    const done = complete.find(isHere) ?? complete[0];
    const base = { config, folder, identity, where: folder, epochs: 0 };
    if (done !== undefined)
      return { ...base, state: "done", where: done.folder, epochs: config.epochs };
    const earlier = planned.get(identity);
    if (earlier !== undefined) return { ...base, state: "same", where: earlier };
    planned.set(identity, folder);
    const occupant = found.find(isHere);
    if (occupant === undefined) return { ...base, state: "todo" };
    if (!alike.includes(occupant)) return { ...base, state: "conflict" };
    const epochs = occupant.record.epochs.length;
    if (occupant.process !== undefined) return { ...base, state: "running", epochs };
    return { ...base, state: epochs > 0 ? "resume" : "todo", epochs };
  });
}
