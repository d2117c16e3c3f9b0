import { readFile } from "node:fs/promises";
import path from "node:path";
import type * as jiti from "jiti";
import type { SweepDefinition } from "./sweep";

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
  const content = await readFile(file, "utf8").catch((error: Error) => {
    throw new Error(`${file}: expected the definition of a sweep, got: ${error.message}`);
  });
  let definition: unknown;
  try {
    definition = file.endsWith(".json") ? JSON.parse(content) : await exported(path.resolve(file));
  } catch (error) {
    throw new Error(`${file}: ${withLine(error as Error, file)}`, { cause: error });
  }
  if (typeof definition !== "object" || definition === null || Array.isArray(definition))
    throw new Error(
      `${file}: expected an object { preset, regularizers, settings, grid, splits, seeds }, ` +
        `got ${JSON.stringify(definition) ?? String(definition)}`,
    );
  return definition as SweepDefinition;
}

/** The export of a script. */
async function exported(file: string): Promise<unknown> {
  const { createJiti } = require("jiti") as typeof jiti;
  const module = await createJiti(file, { fsCache: false, moduleCache: false }).import(file);
  return (module as { default?: unknown }).default ?? module;
}

/** The error's text; where a syntax error is, as `line 2: ...` if it is in the file itself. */
function withLine({ message }: Error, file: string): string {
  const [, text, place, line] = /^ParseError: (.*?)\s*\n (.+):(\d+):\d+$/s.exec(message) ?? [];
  if (text === undefined) return message;
  return `${place === path.resolve(file) ? "" : `${place}, `}line ${line}: ${text}`;
}
