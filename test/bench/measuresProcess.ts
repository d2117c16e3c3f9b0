/**
 * This project's side of the benchmark of the measures: reads one JSON request a line and answers
 * each ({@link MeasuresRequest}, {@link MeasuresReply}).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { trainingBuild } from "../../src/backend/trainingBuild";
import { useTrainingBuild } from "../../src/kernels/trainingModule";
import { MEASURES } from "../../src/metrics/collapse/catalogue";
import { measured } from "../../src/metrics/collapse/collapseReport";
import { geometryOf } from "../../src/metrics/collapse/geometry";
import type { MeasuresReply, MeasuresRequest } from "./measures";

function answer({ folder, dim, classCount, names }: MeasuresRequest): MeasuresReply {
  const floats = (name: string) => {
    const { buffer, byteOffset, length } = readFileSync(join(folder, name));
    return new Float32Array(buffer, byteOffset, length / 4);
  };
  const features = floats("features");
  const labels = new Int32Array(floats("labels").slice().buffer);
  const classifier = { weights: floats("weights"), bias: floats("bias") };
  const rows = MEASURES.filter(({ name }) => names === undefined || names.includes(name));
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const parts = { examples: [{ features, labels }], classifier, shape: { dim, classCount } };
  const entries = measured(rows, geometryOf(parts));
  const seconds = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    memory: 1024 * process.resourceUsage().maxRSS,
    values: Object.fromEntries(entries.map(({ name, value }) => [name, value])),
  };
}

useTrainingBuild(trainingBuild);
console.log(JSON.stringify({ node: process.version }));
createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(answer(JSON.parse(line) as MeasuresRequest)));
});
