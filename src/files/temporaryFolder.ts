import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * A new folder among the system's temporary ones, which is removed with its files when this process
 * ends.
 *
 * @param prefix How its name begins.
 * @returns Its path.
 */
export function temporaryFolder(prefix = "tdnc-"): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
