import path from "node:path";
import { settingsJson } from "../../training/settings/config";
import { parseConfig } from "../../training/settings/parseConfig";
import type { SweepRun } from "./sweep";

/** Runs of a sweep as JSON, so that each can be done by itself: `{ runs: [{ folder, config }] }`. */
export function runListJson(runs: readonly SweepRun[]): string {
  const list = runs.map(({ folder, config }) => ({ folder, config: settingsJson(config) }));
  return `${JSON.stringify({ runs: list }, undefined, 1)}\n`;
}

/** Whether what a file holds is a list of runs. */
export function isRunList(content: object): content is { runs: unknown } {
  return Object.hasOwn(content, "runs");
}

/**
 * Runs from such a list.
 *
 * @throws {RangeError} If it is none, a config is not accepted, or a folder leads out of the sweep's.
 */
export function parseRunList({ runs }: { runs: unknown }): SweepRun[] {
  if (!Array.isArray(runs) || runs.length === 0)
    throw new RangeError(`runs: expected a list of runs, got ${JSON.stringify(runs) ?? "nothing"}`);
  return runs.map((run: unknown, i) => {
    const { folder, config } = (run ?? {}) as Record<string, unknown>;
    try {
      if (typeof folder !== "string" || folder === "") throw new RangeError("expected a folder");
      const inside = path.normalize(folder);
      if (path.isAbsolute(inside) || inside.split(path.sep)[0] === "..")
        throw new RangeError(`expected a folder within the sweep's, got "${folder}"`);
      return { folder: inside, config: parseConfig(config) };
    } catch (error) {
      throw new RangeError(`run ${i} of the list: ${(error as Error).message}`, { cause: error });
    }
  });
}
