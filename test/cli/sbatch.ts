import { spawn } from "node:child_process";
import { openSync, closeSync, readFileSync } from "node:fs";
import { parseRanges } from "../../src/training/settings/ranges";

/** Tasks at the same time where a script does not limit them. */
const MANY = 4;

/**
 * Stand-in for Slurm's sbatch: rejects an array whose indices the cluster does not accept, and
 * executes its tasks as a batch shell would, each with its number and its log.
 *
 * @param maxArraySize Indices are below it.
 * @returns The largest index, and how many tasks ran at the same time at most.
 */
export async function sbatch(script: string, maxArraySize = 1001) {
  const text = readFileSync(script, "utf8");
  const [, array, limit = MANY] = /^#SBATCH --array=([\d,-]+)(?:%(\d+))?$/m.exec(text) ?? [];
  const [, output] = /^#SBATCH --output="(.*)"$/m.exec(text) ?? [];
  const tasks = parseRanges(array);
  const largest = Math.max(...tasks);
  if (largest >= maxArraySize)
    throw new Error("sbatch: error: Batch job submission failed: Invalid job array specification");
  let [running, atOnce] = [0, 0];
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      atOnce = Math.max(atOnce, ++running);
      await executed(script, task, output.replaceAll("%%", "%").replaceAll("%a", String(task)));
      running--;
    }
  };
  await Promise.all(Array.from({ length: Number(limit) }, work));
  return { largest, atOnce };
}

function executed(script: string, task: number, log: string): Promise<void> {
  const file = openSync(log, "a");
  const env = { ...process.env, SLURM_ARRAY_TASK_ID: String(task) };
  const child = spawn("bash", [script], { env, stdio: ["ignore", file, file] });
  closeSync(file);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`task ${task} ended with ${code}; see ${log}`)),
    );
  });
}
