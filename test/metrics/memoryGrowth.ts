/**
 * `tsx memoryGrowth.ts`: measures large inputs in a process of its own and prints, as JSON, by how many
 * bytes each raised the most that the process has had resident.
 */
import { trainingBuild } from "../../src/backend/trainingBuild";
import { useTrainingBuild } from "../../src/kernels/trainingModule";
import { MEASURES } from "../../src/metrics/collapse/catalogue";
import { measured } from "../../src/metrics/collapse/collapseReport";
import { geometryOf } from "../../src/metrics/collapse/geometry";
import { classDeathTimes } from "../../src/metrics/topology/classConnectivity";
import { deathTimes } from "../../src/metrics/topology/deathTimes";
import { estimateConnectivity } from "../../src/metrics/topology/estimateConnectivity";
import { Random } from "../../src/numerics/random";

const peak = () => 1024 * process.resourceUsage().maxRSS;

/** Any numbers, other ones for each seed. */
const features = (length: number, seed = 0) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * (seed + 1) + ((i * i) % 9973)));

function growth(run: () => void): number {
  const before = peak();
  run();
  return peak() - before;
}

/** 40,000 x 32 in 1,000 classes, a batch of 250 at a time: N x C doubles would be 320 MB. */
function measures(): void {
  const [dim, classCount, size] = [32, 1000, 250];
  const labels = Array.from({ length: size }, (_, n) => n);
  const examples = {
    *[Symbol.iterator]() {
      for (let batch = 0; batch < 160; batch++) {
        const classes = labels.map((n) => (n + size * batch) % classCount);
        yield { features: features(size * dim, batch), labels: classes };
      }
    },
  };
  const classifier = { weights: features(classCount * dim), bias: new Float32Array(classCount) };
  const entries = measured(MEASURES, geometryOf({ examples, classifier }));
  const without = entries.filter(({ value }) => value === null).map(({ name }) => name);
  if (without.join() !== "outOfDistributionOrthogonality") throw new Error(without.join());
}

useTrainingBuild(trainingBuild);
const many = features(50_000 * 16);
const manyLabels = Array.from({ length: 50_000 }, (_, n) => n % 1000);
const one = features(10_000 * 16);
const random = new Random(0);
console.log(
  JSON.stringify({
    manyClasses: growth(() => classDeathTimes(many, manyLabels, 16, 1000)),
    // The distances of all pairs would be 800 MB.
    largeClass: growth(() => deathTimes(one, 16)),
    connectivity: growth(() =>
      estimateConnectivity(one, 16, { subBatchSize: 16, betas: [1], draws: 1000, random }),
    ),
    measures: growth(measures),
  }),
);
