import path from "node:path";
import * as v from "valibot";
import { checked, fields, listOf, textOf } from "../../numerics/checked";
import { shown } from "../../numerics/plainText";
import { settingsJson } from "../../training/settings/config";
import { parseConfig } from "../../training/settings/parseConfig";
import { MOST_RUNS, type SweepRun } from "./sweep";

/**
 * Runs of a sweep as JSON, so that each can be executed separately: `{ runs: [{ folder, config }]
 * }`.
 */
export function runListJson(runs: readonly SweepRun[]): string {
  const list = runs.map(({ folder, config }) => ({ folder, config: settingsJson(config) }));
  return `${JSON.stringify({ runs: list }, undefined, 1)}\n`;
}

/** Whether the content of a file is a list of runs. */
export function isRunList(content: object): content is { runs: unknown } {
  return Object.hasOwn(content, "runs");
}

const LIST = fields({
  runs: v.pipe(
    listOf(v.unknown(), "a list of runs", 1),
    v.maxLength(MOST_RUNS, `at most ${MOST_RUNS} runs`),
  ),
});
const RUN = fields({
  folder: textOf("the name of a folder, without control characters", /^[^\p{Cc}]+$/u),
  config: v.unknown(),
});

/**
 * Runs from such a list.
 *
 * @throws {RangeError} If it is not a list of runs, a config is not accepted, a folder is outside
 *   the sweep's folder, or two runs have the same folder.
 */
export function parseRunList({ runs }: { runs: unknown }): SweepRun[] {
  const list = checked(LIST, { runs }).runs;
  const places = new Map<string, number>();
  return list.map((run, i) => {
    try {
      const { folder, config } = checked(RUN, run);
      const inside = innerFolder(folder);
      const earlier = places.get(inside);
      if (earlier !== undefined)
        throw new RangeError(
          `folder: expected a different one for each run, got ${shown(folder)}, the folder of run ${earlier}`,
        );
      places.set(inside, i);
      return { folder: inside, config: parseConfig(config) };
    } catch (error) {
      throw new RangeError(`run ${i} of the list: ${(error as Error).message}`, { cause: error });
    }
  });
}

/** Name of a folder in its shortest form. */
function innerFolder(folder: string): string {
  const inside = path.normalize(folder).replace(/\/$/, "");
  const [first] = inside.split(path.sep);
  if (path.isAbsolute(inside) || ["", ".", ".."].includes(first))
    throw new RangeError(`folder: expected one inside the sweep's folder, got ${shown(folder)}`);
  return inside;
}
