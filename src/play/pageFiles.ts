import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { builtFile } from "../backend/trainingBuild";
import { selectExamples } from "../data/imageSet";
import { stratifiedSplits } from "../data/splits";
import { atomicWrite, makeFolder } from "../files/atomicWrite";
import { loadRunData } from "../runs/runData";
import { mnist250 } from "../training/settings/presets";
import { encodePlayData, TEST_COUNT } from "./live/playData";

const BUILT = [
  "index.html",
  "page.js",
  "page.css",
  "worker.js",
  "worker.js.LEGAL.txt",
  "uPlot-LICENSE",
  "training.wasm",
  "training-relaxed.wasm",
  "tfjs-backend-wasm-simd.wasm",
];

/** The files of the page by name, read when they are asked for. */
export type PageFiles = ReadonlyMap<string, () => Promise<Uint8Array>>;

/**
 * The page of `tdnc play`: what the build has made, and the images of split 0 of mnist-250.
 *
 * @throws {Error} If the page was not built: what to do.
 */
export function pageFiles(): PageFiles {
  const built = BUILT.map((name) => {
    const bytes: Uint8Array = readFileSync(builtFile("play", "page", name));
    return [name, () => Promise.resolve(bytes)] as const;
  });
  const data = digits();
  // Who asks for it sees the error.
  data.catch(() => undefined);
  return new Map([...built, ["digits.bin", () => data]]);
}

/**
 * The same with the notebooks that its views name, where this project has them: its server's links.
 * A folder of static files has their names alone, which keeps it small.
 */
export function pageFilesWithNotebooks(): PageFiles {
  const files = new Map(pageFiles());
  const folder = path.join(__dirname, "..", "..", "notebooks");
  if (!existsSync(folder)) return files;
  const html = readFileSync(builtFile("play", "page", "index.html"), "utf8");
  for (const [, name] of html.matchAll(/data-notebook="([\w-]+)"/g)) {
    const notebook = `${name}.ipynb`;
    files.set(`notebooks/${notebook}`, () => readFile(path.join(folder, notebook)));
  }
  const linked = html.replace("<body>", "<body data-notebooks>");
  return files.set("index.html", () => Promise.resolve(Buffer.from(linked)));
}

async function digits(): Promise<Uint8Array> {
  const { train, test } = await loadRunData(mnist250);
  const [rows] = stratifiedSplits(test.labels, {
    labelCount: TEST_COUNT,
    splitCount: 1,
    seed: mnist250.splitSeed,
  });
  return encodePlayData({ train, test: selectExamples(test, rows.sort()) });
}

/**
 * Writes the page into a folder that any web server can serve.
 *
 * @throws {Error} If a file cannot be made or written: which, and why.
 */
export async function writePage(folder: string): Promise<void> {
  const files = [...pageFiles()];
  const contents = await Promise.all(files.map(([, read]) => read()));
  await makeFolder(folder);
  for (const [i, [name]] of files.entries())
    await atomicWrite(path.join(folder, name), contents[i]);
}
