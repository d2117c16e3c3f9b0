/**
 * Speed of the kernels and of training, beside PyTorch where Debian's python3-torch is installed:
 *
 *   npm run bench -- [kernels] [trees] [training] [small] [memory] [--json]
 *
 * `small` leaves out SimpleCNN13, whose steps take seconds. Without one of the first three, all of
 * it. `memory`, which has to be asked for, trains for 10,000 steps. With `--json`, the last line is all numbers as JSON.
 */
import { cpus } from "node:os";
import { kernelMeasurements, kernelTable } from "./kernels";
import { memoryLine, memoryMeasurements, type MemoryMeasurement } from "./memory";
import { treeMeasurements, treeTable } from "./trees";
import { comparisonTable, trainingComparisons, type Comparison } from "./training";

const PARTS = ["kernels", "trees", "training"];

async function main(words: readonly string[]): Promise<void> {
  const unknown = words.find((word) => ![...PARTS, "memory", "small", "--json"].includes(word));
  if (unknown !== undefined)
    throw new Error(`expected ${PARTS.join(", ")}, memory, small or --json, got ${unknown}`);
  const wants = (part: string) =>
    words.includes(part) || ![...PARTS, "memory"].some((other) => words.includes(other));
  const machine = { node: process.version, processor: cpus()[0].model, cores: cpus().length };
  console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}`);
  const kernels = wants("kernels") ? kernelMeasurements() : undefined;
  if (kernels !== undefined) {
    console.log(`${kernels.variant} SIMD, peak of the core ${kernels.peak.toFixed(1)} GFLOP/s`);
    console.log(kernelTable(kernels.results));
  }
  const trees = wants("trees") ? await treeMeasurements() : undefined;
  if (trees !== undefined) console.log(treeTable(trees));
  const training: Comparison[] = [];
  if (wants("training"))
    for await (const comparison of trainingComparisons(words.includes("small"))) {
      training.push(comparison);
      console.log(comparisonTable(comparison));
    }
  const memory: MemoryMeasurement[] = [];
  if (words.includes("memory"))
    for await (const measurement of memoryMeasurements()) {
      memory.push(measurement);
      console.log(memoryLine(measurement));
    }
  if (words.includes("--json"))
    console.log(
      JSON.stringify({
        command: `npm run bench -- ${words.join(" ")}`,
        machine,
        kernels,
        trees,
        training,
        memory,
      }),
    );
  process.exit();
}

void main(process.argv.slice(2));
