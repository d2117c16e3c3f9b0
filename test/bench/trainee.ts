/** The benchmark's own side: this project's loop, answering the requests of traineeProcess.ts. */
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { selectBackend } from "../../src/backend/selectBackend";
import type { ImageSet } from "../../src/data/imageSet";
import { Random } from "../../src/data/random";
import { SubBatchSampler } from "../../src/data/sampler";
import { networkOutputs } from "../../src/experiment/evaluate";
import { mnist250 } from "../../src/experiment/presets";
import { Sgd } from "../../src/experiment/sgd";
import { trainStep } from "../../src/experiment/trainStep";
import type { TrainingState } from "../../src/experiment/trainingState";
import { simdOf } from "../../src/kernels/simd";
import { simpleCnn13, simpleCnnMnist, type Architecture } from "../../src/model/architecture";
import { Network } from "../../src/model/network";
import { backendMemory } from "./memory";
import type { Request } from "./traineeProcess";

const ARCHITECTURES: Record<Request["network"], Architecture> = {
  SimpleCNN_MNIST: simpleCnnMnist,
  SimpleCNN13: simpleCnn13(),
};
const STEP = { learningRate: 0.01, topologicalWeight: 0.05, beta: 0.8, where: "the benchmark" };

/** Images of uniform noise, labelled in turn. */
function noise(architecture: Architecture, count: number, seed: string): ImageSet {
  const random = new Random(0, seed);
  const size = architecture.imageShape.reduce((product, side) => product * side, 1);
  return {
    pixels: Uint8Array.from({ length: count * size }, () => random.integer(256)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
    imageShape: architecture.imageShape,
    classCount: 10,
  };
}

/** One network in training. */
class Trainee {
  private readonly state: TrainingState;
  private readonly images: ImageSet;
  private readonly test: ImageSet;
  private batches: Iterator<ArrayLike<number>>;

  constructor(architecture: Architecture) {
    const isSmall = architecture.name === "SimpleCNN_MNIST";
    this.images = noise(architecture, 250, "training images");
    this.test = noise(architecture, isSmall ? 10_000 : 0, "test images");
    const network = new Network(architecture, new Random(0, "weights"));
    this.state = {
      network,
      optimizer: new Sgd(network.parameters, mnist250),
      sampler: new SubBatchSampler(this.images.labels, mnist250),
      dropoutRandom: new Random(0, "dropout"),
      epoch: 0,
      terminalPhaseEpoch: null,
    };
    this.batches = this.state.sampler.epoch()[Symbol.iterator]();
  }

  step(): void {
    let next = this.batches.next();
    if (next.done) {
      this.batches = this.state.sampler.epoch()[Symbol.iterator]();
      next = this.batches.next();
    }
    trainStep(this.state, this.images, next.value as ArrayLike<number>, STEP, mnist250);
  }

  async evaluate(): Promise<void> {
    const { logits } = await networkOutputs(this.state.network, this.test);
    if (!Number.isFinite(logits[0])) throw new Error("expected finite logits");
  }

  async epoch(): Promise<void> {
    for (let i = 0; i < 31; i++) this.step();
    await this.evaluate();
  }
}

async function main(): Promise<void> {
  await selectBackend("wasm");
  const variant = simdOf(tf.backend() as BackendWasm)?.variant ?? "none";
  console.log(JSON.stringify({ node: process.version, tfjs: tf.version_core, simd: variant }));
  const trainees = new Map<string, Trainee>();
  for await (const line of createInterface({ input: process.stdin })) {
    const { operation, network, count } = JSON.parse(line) as Request;
    const trainee = trainees.get(network) ?? new Trainee(ARCHITECTURES[network]);
    trainees.set(network, trainee);
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      if (operation === "step") trainee.step();
      else if (operation === "evaluation") await trainee.evaluate();
      else await trainee.epoch();
      times.push(performance.now() - start);
    }
    const memory = process.resourceUsage().maxRSS * 1024;
    console.log(JSON.stringify({ times, memory, ...backendMemory() }));
  }
}

void main();
