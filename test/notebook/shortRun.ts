import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { executeNotebook } from "../../src/notebook/jupyter";
import { readCells, type Cell } from "./cells";

/** Values of the notebooks' parameters with which they run in seconds; each takes those it has. */
const SHORT = { epochs: "1", draws: "20", robustImages: "2", seeds: "0,1" };

/**
 * The cells of a notebook after a run through the real kernel with the short setting, one epoch
 * where it trains; the notebook's file stays as it is.
 *
 * @throws {Error} If a cell fails: which.
 */
export async function shortRun(python: string, notebook: string): Promise<Cell[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "tdnc-notebook-"));
  try {
    const output = path.join(folder, "executed.ipynb");
    await executeNotebook(python, notebook, { output, parameters: SHORT });
    return readCells(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
