import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Folders whose code determines a run's numbers: `runs` and the rooms below it. */
export const DECIDING_FOLDERS: readonly string[] = [
  "backend",
  "data",
  "files",
  "kernels",
  "metrics",
  "model",
  "numerics",
  "regularizer",
  "runs",
  "statistics",
  "training",
];

/**
 * Name of the build: the project's version and a hash of the compiled files that determine numbers.
 * Machines with different builds do not share a queue.
 *
 * @param root Folder of the project's code; the compiled code by default.
 */
export function buildName(root = path.join(__dirname, "../..")): string {
  const { version } = require("../../../package.json") as { version: string };
  const hash = createHash("sha256");
  for (const folder of DECIDING_FOLDERS)
    for (const name of codeFiles(path.join(root, folder))) {
      hash.update(`${folder}/${name}\0`);
      hash.update(readFileSync(path.join(root, folder, name)));
    }
  return `${version}-${hash.digest("hex").slice(0, 12)}`;
}

function codeFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|wasm|ts)$/.test(entry.name))
    .filter(({ name }) => !name.endsWith(".d.ts"))
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .map((name) => name.split(path.sep).join("/"))
    .sort();
}
