import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * Whether SIGHUP, which a terminal sends when it closes, is to be ignored: as `nohup` asks. Node
 * resets the signal when it starts, so this checks other signs: bash's and zsh's name of the
 * command that they started, the parent's ignored signals, and a standard input that cannot be
 * read.
 */
export function ignoresHangup(env: NodeJS.ProcessEnv = process.env): boolean {
  if (path.basename(env._ ?? "") === "nohup") return true;
  // Bit 0 is signal 1, SIGHUP; the access mode is in the last octal digit, 1 for writing only.
  const ignored = statusOf(`/proc/${process.ppid}/status`, /^SigIgn:\s*[0-9a-f]+([0-9a-f])$/m);
  return (
    (parseInt(ignored, 16) & 1) === 1 ||
    statusOf("/proc/self/fdinfo/0", /^flags:\s*\d*(\d)$/m) === "1"
  );
}

/** Signals that stop runs like Ctrl-C. */
export const stopSignals = (): NodeJS.Signals[] =>
  ignoresHangup() ? ["SIGINT", "SIGTERM"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Match in a file of Linux's /proc; "0" if there is no such file. */
function statusOf(file: string, place: RegExp): string {
  try {
    return place.exec(readFileSync(file, "utf8"))?.[1] ?? "0";
  } catch {
    return "0";
  }
}
