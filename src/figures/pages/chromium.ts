import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

const programs = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "chrome.exe",
  "msedge.exe",
  "microsoft-edge",
];

const places = [
  "/usr/bin/chromium",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * A browser that can draw figures: Chromium, Chrome or Edge.
 *
 * @param env The environment. If it sets `TDNC_CHROMIUM`, only that file is considered (so `none`
 *   turns the browser off); else the folders of its `PATH`, then the usual places.
 * @returns The program's absolute path, or `undefined` if it is not installed.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.TDNC_CHROMIUM !== undefined) return [env.TDNC_CHROMIUM].find(isProgram);
  const folders = (env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder));
  const inPath = programs.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...inPath, ...places].find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
