/**
 * The benchmark's own side: this project's loop, answering the requests of traineeProcess.ts, on
 * the backend that the command line names, or wasm.
 */
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { readsAtOnce } from "../../src/backend/readsAtOnce";
import { selectBackend } from "../../src/backend/selectBackend";
import { distinctRows } from "../../src/data/batch";
import type { ImageSet } from "../../src/data/imageSet";
import { Random } from "../../src/numerics/random";
import { SubBatchSampler } from "../../src/data/sampler";
import { networkOutputs } from "../../src/training/evaluation/outputs";
import { mnist250 } from "../../src/training/settings/presets";
import { Sgd } from "../../src/training/sgd";
import { trainStep, trainStepAsync } from "../../src/training/trainStep";
import type { TrainingState } from "../../src/training/trainingState";
import { simdOf } from "../../src/kernels/simd";
import { simpleCnn13, simpleCnnMnist, type Architecture } from "../../src/model/architecture";
import { Network } from "../../src/model/network";
import { backendMemory } from "./memory";
import type { Request } from "./traineeProcess";
import { stepOperations } from "./webgpu";

const STEP = { learningRate: 0.01, topologicalWeight: 0.05, beta: 0.8, where: "the benchmark" };

/** Images of uniform noise, labeled in turn. */
function noise(architecture: Architecture, count: number, stream: string): ImageSet {
  const random = new Random(0, stream);
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

  /** How many operations it took. */
  async step(): Promise<number> {
    let next = this.batches.next();
    if (next.done) {
      this.batches = this.state.sampler.epoch()[Symbol.iterator]();
      next = this.batches.next();
    }
    const rows = next.value as ArrayLike<number>;
    const step = readsAtOnce() ? trainStep : trainStepAsync;
    await step(this.state, this.images, rows, STEP, mnist250);
    const distinct = distinctRows(rows).rows.length;
    return stepOperations(this.state.network.architecture, distinct, rows.length);
  }

  /** Waits until a GPU has done all that was queued: a step waits before its gradient only. */
  async settle(): Promise<void> {
    if (!readsAtOnce()) await this.state.network.parameters.get("classifier/bias")!.data();
  }

  async evaluate(): Promise<void> {
    const { logits } = await networkOutputs(this.state.network, this.test);
    if (!Number.isFinite(logits[0])) throw new Error("expected finite logits");
  }

  async epoch(): Promise<void> {
    for (let i = 0; i < 31; i++) await this.step();
    await this.evaluate();
  }
}

async function main(): Promise<void> {
  const { name, summary } = await selectBackend(process.argv[2] ?? "wasm");
  const simd = name === "wasm" && simdOf(tf.backend() as BackendWasm)?.variant;
  const versions = { node: process.version, tfjs: tf.version_core, simd: simd || "none" };
  console.log(JSON.stringify({ ...versions, backend: summary }));
  const trainees = new Map<string, Trainee>();
  for await (const line of createInterface({ input: process.stdin })) {
    const { operation, network, width, count } = JSON.parse(line) as Request;
    const name = `${network} ${width}`;
    const trainee =
      trainees.get(name) ??
      new Trainee(network === "SimpleCNN13" ? simpleCnn13(width) : simpleCnnMnist);
    trainees.set(name, trainee);
    const times: number[] = [];
    let operations = 0;
    if (operation === "step" && !readsAtOnce()) {
      // The steps together, to the end of the last one's work.
      const start = performance.now();
      for (let i = 0; i < count; i++) operations += await trainee.step();
      await trainee.settle();
      times.push((performance.now() - start) / count);
    } else
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        if (operation === "step") operations += await trainee.step();
        else if (operation === "evaluation") await trainee.evaluate();
        else await trainee.epoch();
        times.push(performance.now() - start);
      }
    const memory = process.resourceUsage().maxRSS * 1024;
    const own = tf.getBackend() === "wasm" ? backendMemory() : {};
    console.log(JSON.stringify({ times, memory, ...own, operations: operations / count }));
  }
}

// The one that asked waits for a line.
main().catch((error: Error) => console.log(JSON.stringify({ error: error.message })));
