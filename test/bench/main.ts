/**
 * Speed of the kernels and of training, beside PyTorch where Debian's python3-torch is installed:
 *
 *   npm run bench -- [kernels] [training] [small] [--json]
 *
 * `small` leaves out SimpleCNN13, whose steps take seconds. Without words, all of it.
 */
import { cpus } from "node:os";
import { kernelMeasurements, kernelTable } from "./kernels";
import { comparisonTable, trainingComparisons, type Comparison } from "./training";

async function main(words: readonly string[]): Promise<void> {
  const isJson = words.includes("--json");
  const isAll = !words.includes("kernels") && !words.includes("training");
  const machine = { node: process.version, processor: cpus()[0].model, cores: cpus().length };
  const say = (text: string) => (isJson ? undefined : console.log(text));
  say(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}`);
  const kernels = isAll || words.includes("kernels") ? kernelMeasurements() : undefined;
  if (kernels !== undefined) {
    say(`${kernels.variant} SIMD, peak of the core ${kernels.peak.toFixed(1)} GFLOP/s`);
    say(kernelTable(kernels.results));
  }
  const training: Comparison[] = [];
  if (isAll || words.includes("training"))
    for await (const comparison of trainingComparisons(words.includes("small"))) {
      training.push(comparison);
      say(comparisonTable(comparison));
    }
  if (isJson) console.log(JSON.stringify({ machine, kernels, training }));
  process.exit();
}

void main(process.argv.slice(2));
