/**
 * Speed of the kernels and of training, compared with PyTorch if it is installed:
 *
 *   npm run bench -- [kernels] [models] [trees] [report] [training] [small] [memory] [webgpu] [width=N]
 *     [queue] [scaling] [measures [NxPxC]...] [--python PATH] [--json]
 *
 * `--python` names the Python that has PyTorch and SciPy: by default the project's `.venv`, else
 * the system's python3. `small` leaves out SimpleCNN13, whose steps take seconds. Without one of
 * the first five, all of it. The others must be named: `memory` trains for 10,000 steps; `webgpu`
 * has steps on WebGPU's adapter and on wasm, SimpleCNN13's with N times its channels, 1 by default;
 * `queue` has what a queue adds to a run, and 10,000 runs whose workers are killed; `scaling` real
 * runs over 1 and 2 of its workers, as built; `measures` all measures of N features of dimension P
 * in C classes compared with NumPy's, of three sizes by default. With `--json`, the last line is
 * all numbers as JSON.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { kernelMeasurements, kernelTable } from "./kernels";
import {
  MEASURES_SIZES,
  measuresComparison,
  measuresTable,
  type MeasuresComparison,
} from "./measures";
import { memoryLine, memoryMeasurements, type MemoryMeasurement } from "./memory";
import {
  lossesLine,
  overheadLine,
  queueLosses,
  queueOverhead,
  type QueueLosses,
  type QueueOverhead,
} from "./queue";
import { queueScaling, scalingLines } from "./queueScaling";
import { reportLine, reportMeasurement } from "./report";
import { modelLine, modelMeasurements } from "./models";
import { treeMeasurements, treeTable } from "./trees";
import { gpuMeasurements, gpuTable } from "./webgpu";
import { defaultPython } from "./traineeProcess";
import { comparisonTable, trainingComparisons, type Comparison } from "./training";

const PARTS = ["kernels", "models", "trees", "report", "training"];
/** Parts that must be named. */
const FURTHER = ["memory", "webgpu", "queue", "scaling", "measures"];

async function main(args: string[]): Promise<void> {
  const { values, positionals: words } = parseArgs({
    args,
    allowPositionals: true,
    options: { python: { type: "string" }, json: { type: "boolean" } },
  });
  const python = values.python ?? defaultPython();
  const known = [...PARTS, ...FURTHER, "small"];
  const sizes = words.filter((word) => /^\d+x\d+x\d+$/.test(word));
  const unknown = words.find(
    (word) => ![...known, ...sizes].includes(word) && !word.startsWith("width="),
  );
  if (unknown !== undefined)
    throw new Error(`expected ${known.join(", ")} width=N or NxPxC, got ${unknown}`);
  const width = Number(words.find((word) => word.startsWith("width="))?.slice(6) ?? 1);
  const wants = (part: string) =>
    words.includes(part) || ![...PARTS, ...FURTHER].some((other) => words.includes(other));
  const machine = { node: process.version, processor: cpus()[0].model, cores: cpus().length };
  console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}`);
  const kernels = wants("kernels") ? kernelMeasurements() : undefined;
  if (kernels !== undefined) {
    console.log(`${kernels.variant} SIMD, peak of the core ${kernels.peak.toFixed(1)} GFLOP/s`);
    console.log(kernelTable(kernels.results));
  }
  const models = wants("models") ? await modelMeasurements() : undefined;
  for (const model of models ?? []) console.log(modelLine(model));
  const trees = wants("trees") ? await treeMeasurements(python) : undefined;
  if (trees !== undefined) console.log(treeTable(trees));
  const report = wants("report") ? await reportMeasurement() : undefined;
  if (report !== undefined) console.log(reportLine(report));
  const training: Comparison[] = [];
  if (wants("training"))
    for await (const comparison of trainingComparisons(words.includes("small"), python)) {
      training.push(comparison);
      console.log(comparisonTable(comparison));
    }
  const memory: MemoryMeasurement[] = [];
  if (words.includes("memory"))
    for await (const measurement of memoryMeasurements()) {
      memory.push(measurement);
      console.log(memoryLine(measurement));
    }
  const webgpu = words.includes("webgpu") ? await gpuMeasurements(width, python) : undefined;
  if (webgpu !== undefined) console.log(gpuTable(webgpu));
  const queue = words.includes("queue") ? await queueMeasurements() : undefined;
  const scaling = words.includes("scaling") ? await queueScaling() : undefined;
  if (scaling !== undefined) console.log(scalingLines(scaling));
  const measures: MeasuresComparison[] = [];
  if (words.includes("measures"))
    for (const size of sizes.length > 0 ? sizes : MEASURES_SIZES) {
      measures.push(await measuresComparison(size, python));
      console.log(measuresTable(measures.at(-1)!));
    }
  if (values.json)
    console.log(
      JSON.stringify({
        command: `npm run bench -- ${args.join(" ")}`,
        machine,
        kernels,
        models,
        trees,
        report,
        training,
        memory,
        webgpu,
        queue,
        scaling,
        measures,
      }),
    );
  process.exit();
}

async function queueMeasurements(): Promise<{ overhead: QueueOverhead; losses: QueueLosses }> {
  const overhead = await queueOverhead();
  console.log(overheadLine(overhead));
  const losses = await queueLosses();
  console.log(lossesLine(losses));
  return { overhead, losses };
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
