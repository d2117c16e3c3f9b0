import { layerShapes, type Architecture } from "../../src/model/architecture";
import { median, timing, type Timing } from "./measure";
import { convolutionOperations } from "./layers";
import { gpuTrainee, ownTrainee, torchTrainee, type Reply, type Trainee } from "./traineeProcess";

/** The speed of a network's steps on one backend. */
export interface GpuMeasurement extends Timing {
  readonly network: string;
  /** The backend, and the adapter or the kernels. */
  readonly backend: string;
  readonly stepsPerSecond: number;
  /** 1e9 operations of convolutions and their gradients a second, of the images computed. */
  readonly gflops: number;
}

/** Result of the measurement, or the reason why it is missing. */
export type GpuMeasurements =
  { readonly results: readonly GpuMeasurement[] } | { readonly unavailable: string };

const ROUNDS = 5;

/**
 * Steps on webgpu, on wasm, and with PyTorch on the same GPU if there is one, in turns. In software
 * only SimpleCNN_MNIST, one step: it takes half a minute.
 *
 * @param width Of SimpleCNN13.
 */
export async function gpuMeasurements(width: number, python: string): Promise<GpuMeasurements> {
  const gpu = await gpuTrainee().catch((error: Error) => error);
  if (gpu instanceof Error) return { unavailable: gpu.message };
  const wasm = await ownTrainee(1);
  const isSoftware = gpu.versions.backend.includes("in software");
  const small = { network: "SimpleCNN_MNIST" } as const;
  const plans: Plan[] = isSoftware
    ? [{ ...small, count: 1, rounds: 1 }]
    : [
        { ...small, count: 20, rounds: ROUNDS },
        { network: "SimpleCNN13", width, count: 5, rounds: ROUNDS },
      ];
  const torch = isSoftware ? undefined : await torchTrainee(python, 1, "default", "cuda");
  const all = [gpu, wasm, ...(torch === undefined ? [] : [torch])];
  const results: GpuMeasurement[] = [];
  for (const plan of plans) {
    // PyTorch's network has its full width.
    const able = (plan.width ?? 1) === 1 ? all : [gpu, wasm];
    results.push(...(await turns(plan, able)));
  }
  for (const trainee of all) trainee.stop();
  return { results };
}

type Plan = {
  readonly network: "SimpleCNN_MNIST" | "SimpleCNN13";
  readonly width?: number;
  readonly count: number;
  readonly rounds: number;
};

async function turns({ rounds, ...plan }: Plan, trainees: readonly Trainee[]) {
  const request = { operation: "step", ...plan } as const;
  const replies = trainees.map((): Reply[] => []);
  // Shaders are compiled in the first.
  for (const trainee of trainees) await trainee.ask({ ...request, count: 1 });
  for (let round = 0; round < rounds; round++)
    for (const [i, trainee] of trainees.entries()) replies[i].push(await trainee.ask(request));
  // PyTorch does not count them: as ours, though it computes every copy of an image.
  const operations = median(replies[0].map((reply) => reply.operations!));
  return trainees.map((trainee, i): GpuMeasurement => {
    const own = timing(replies[i].flatMap(({ times }) => times));
    return {
      network: plan.width === undefined ? plan.network : `${plan.network}, width ${plan.width}`,
      backend: trainee.versions.backend,
      ...own,
      stepsPerSecond: 1000 / own.milliseconds,
      gflops: operations / own.milliseconds / 1e6,
    };
  });
}

/**
 * Multiplications and additions of the convolutions of a step, forward and backward: of `distinct`
 * images up to the first dropout, of `examples` from there on.
 */
export function stepOperations(
  architecture: Architecture,
  distinct: number,
  examples: number,
): number {
  const { shapes } = layerShapes(architecture);
  let [shape, count, total] = [architecture.imageShape, distinct, 0];
  architecture.layers.forEach((layer, i) => {
    if (layer.kind === "dropout") count = examples;
    if (layer.kind === "convolution") {
      const [side, , channels] = shape;
      const padding = layer.padding === "same" ? (layer.filterSize - 1) / 2 : 0;
      const own = convolutionOperations(
        count,
        side,
        channels,
        layer.channels,
        layer.filterSize,
        padding,
      );
      // The images have no gradient.
      total += own * (i === 0 ? 2 : 3);
    }
    shape = shapes[i];
  });
  return total;
}

/** The measurements as lines of text. */
export function gpuTable(found: GpuMeasurements): string {
  if ("unavailable" in found) return `webgpu was not measured: ${found.unavailable}`;
  return found.results
    .map(({ network, backend, milliseconds, spread, repetitions, stepsPerSecond, gflops }) =>
      [
        network.padEnd(26),
        `${milliseconds.toFixed(1)} +- ${spread.toFixed(1)} ms a step`.padStart(26),
        `n ${repetitions}`.padStart(6),
        `${stepsPerSecond.toPrecision(3)} steps/s`.padStart(15),
        `${gflops.toPrecision(3)} GFLOP/s`.padStart(15),
        ` ${backend}`,
      ].join(" "),
    )
    .join("\n");
}
