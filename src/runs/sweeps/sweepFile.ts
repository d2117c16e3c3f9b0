import path from "node:path";
import { inspect, types } from "node:util";
import type * as jiti from "jiti";
import { readLimited } from "../../files/readLimited";
import type { SweepDefinition } from "./sweep";

/** Limit on the bytes of a file: the longest list of runs has 200 million. */
const MOST_BYTES = 256_000_000;

/** File name endings of sweep files. */
export const SWEEP_FILES = [".json", ".js", ".cjs", ".ts"] as const;

/**
 * Sweep from a file: a JSON object, or the export of a script (`module.exports` or the default
 * export). TypeScript is compiled without type checking. Imports are resolved from the script's
 * folder, so `import { linear } from "../dist"` imports this project.
 *
 * @param file Path; the code of a script is executed.
 * @throws {Error} If it cannot be read or executed, or does not export an object.
 */
export async function readSweepFile(file: string): Promise<SweepDefinition> {
  const content = await readLimited(file, MOST_BYTES).catch((error: Error) => {
    throw new Error(`${file}: expected the definition of a sweep, got: ${error.message}`);
  });
  let definition: unknown;
  try {
    definition = file.endsWith(".json")
      ? JSON.parse(String(content))
      : await exported(path.resolve(file));
  } catch (error) {
    throw new Error(`${file}: ${reasonOf(error, file)}`, { cause: error });
  }
  if (typeof definition !== "object" || definition === null || Array.isArray(definition))
    throw new Error(
      `${file}: expected an object { preset, regularizers, settings, grid, splits, seeds }, ` +
        `got ${JSON.stringify(definition) ?? String(definition)}`,
    );
  return definition as SweepDefinition;
}

/** Export of a script as JSON data. */
async function exported(file: string): Promise<unknown> {
  const { createJiti } = require("jiti") as typeof jiti;
  const module = await createJiti(file, { fsCache: false, moduleCache: false }).import(file);
  const definition = (module as { default?: unknown }).default ?? module;
  const json = JSON.stringify(definition, refuseOther) as string | undefined;
  return json === undefined ? undefined : JSON.parse(json);
}

/** Schedules are text here; values that JSON would drop or change are rejected. */
function refuseOther(name: string, value: unknown): unknown {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (isNumber ? !Number.isFinite(value) : ["function", "symbol"].includes(typeof value))
    throw new RangeError(
      `${name || "the export"}: expected plain data and schedules, got ${inspect(value)}`,
    );
  return value;
}

/**
 * Message of a value thrown by a script, which may not be an error; a syntax error in the file
 * itself gets its place, as `line 2: ...`.
 */
function reasonOf(error: unknown, file: string): string {
  if (!types.isNativeError(error))
    return `expected an export, got an exception: ${inspect(error, { depth: 0 })}`;
  const message = String(error.message);
  const [, text, place, line] = /^ParseError: (.*?)\s*\n (.+):(\d+):\d+$/s.exec(message) ?? [];
  if (text === undefined) return message;
  return `${place === path.resolve(file) ? "" : `${place}, `}line ${line}: ${text}`;
}
