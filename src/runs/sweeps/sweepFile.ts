import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { compileFunction } from "node:vm";
import type * as typescript from "typescript";
import type { SweepDefinition } from "./sweep";

/** What a file's name ends with if it can define a sweep. */
export const SWEEP_FILES = [".json", ".js", ".cjs", ".ts"] as const;

/**
 * A sweep from a file: an object as JSON, or what a script exports as `module.exports` or as its
 * default. TypeScript is compiled in memory, without a look at types; what the script imports is
 * found from where it lies, so that `import { linear } from "../dist"` gives it this project.
 *
 * @param file Its code is run.
 * @throws {Error} If it cannot be read or run, or exports no object: what is wrong.
 */
export async function readSweepFile(file: string): Promise<SweepDefinition> {
  const content = await readFile(file, "utf8").catch((error: Error) => {
    throw new Error(`${file}: expected the definition of a sweep, got: ${error.message}`);
  });
  let definition: unknown;
  try {
    definition = file.endsWith(".json") ? JSON.parse(content) : evaluated(content, file);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
  if (typeof definition !== "object" || definition === null || Array.isArray(definition))
    throw new Error(
      `${file}: expected an object { preset, regularizers, settings, grid, splits, seeds }, ` +
        `got ${JSON.stringify(definition) ?? String(definition)}`,
    );
  return definition as SweepDefinition;
}

/** What a script exports. */
function evaluated(source: string, file: string): unknown {
  const absolute = path.resolve(file);
  const names = ["exports", "require", "module", "__filename", "__dirname"];
  const code = compiled(source, absolute);
  const run = compileFunction(code, names, { filename: absolute }) as (...all: unknown[]) => void;
  const module: { exports: unknown } = { exports: {} };
  run(module.exports, createRequire(absolute), module, absolute, path.dirname(absolute));
  const exported = module.exports as { default?: unknown };
  return exported?.default ?? exported;
}

/** A script as CommonJS; JavaScript may have `export default` too. */
function compiled(source: string, fileName: string): string {
  const ts = require("typescript") as typeof typescript;
  const { outputText, diagnostics = [] } = ts.transpileModule(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  if (diagnostics.length === 0) return outputText;
  const [{ file, start = 0, messageText }] = diagnostics;
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  throw new SyntaxError(`line ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
