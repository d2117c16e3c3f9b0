import path from "node:path";
import { inspect, types } from "node:util";
import type * as jiti from "jiti";
import { readLimited } from "../../files/readLimited";
import type { SweepDefinition } from "./sweep";

/** Bytes of a file: a list of the most runs has 200 million. */
const MOST_BYTES = 256_000_000;

/** Endings of the names of files that can define a sweep. */
export const SWEEP_FILES = [".json", ".js", ".cjs", ".ts"] as const;

/**
 * A sweep from a file: an object as JSON, or the export of a script, as `module.exports` or as its
 * default. TypeScript is compiled without a check of its types; the script's imports are found from
 * its own folder, so `import { linear } from "../dist"` imports this project.
 *
 * @param file Its code is executed.
 * @throws {Error} If it cannot be read or executed, or exports no object: what is wrong.
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

/** The export of a script, as JSON has it. */
async function exported(file: string): Promise<unknown> {
  const { createJiti } = require("jiti") as typeof jiti;
  const module = await createJiti(file, { fsCache: false, moduleCache: false }).import(file);
  const definition = (module as { default?: unknown }).default ?? module;
  const json = JSON.stringify(definition, refuseOther) as string | undefined;
  return json === undefined ? undefined : JSON.parse(json);
}

/** Schedules have become texts here; what JSON would leave out or change is refused. */
function refuseOther(name: string, value: unknown): unknown {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (isNumber ? !Number.isFinite(value) : ["function", "symbol"].includes(typeof value))
    throw new RangeError(
      `${name || "the export"}: expected plain data and schedules, got ${inspect(value)}`,
    );
  return value;
}

/**
 * The text of what a script threw, which need not be an error; where a syntax error is, as
 * `line 2: ...` if it is in the file itself.
 */
function reasonOf(error: unknown, file: string): string {
  if (!types.isNativeError(error))
    return `expected an export, got an exception: ${inspect(error, { depth: 0 })}`;
  const message = String(error.message);
  const [, text, place, line] = /^ParseError: (.*?)\s*\n (.+):(\d+):\d+$/s.exec(message) ?? [];
  if (text === undefined) return message;
  return `${place === path.resolve(file) ? "" : `${place}, `}line ${line}: ${text}`;
}
