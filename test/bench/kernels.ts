import { Random } from "../../src/numerics/random";
import { trainingBuild } from "../../src/backend/trainingBuild";
import { loadTrainingModule, useTrainingBuild } from "../../src/kernels/trainingModule";
import { convolutionGeometry } from "../../src/kernels/trainingKernels";
import { layers, operations, type Layer } from "./layers";
import { time, type Timing } from "./measure";

/** The speed of one kernel at one shape. */
export interface KernelMeasurement extends Timing {
  readonly kernel: string;
  readonly shape: string;
  /** Convolutions: 1e9 operations a second, and its part of the peak of the same second. */
  readonly gflops?: number;
  readonly shareOfPeak?: number;
  /** The others: 1e9 bytes of inputs and outputs a second, each counted once. */
  readonly gigabytes?: number;
}

const memory = new WebAssembly.Memory({ initial: 4000 });
useTrainingBuild(trainingBuild);
const loaded = loadTrainingModule(memory);
if (loaded === undefined) throw new Error("expected an engine with SIMD, and TDNC_SIMD not none");
const { kernels, variant } = loaded;
const floats = new Float32Array(memory.buffer);
const random = new Random(1);
let top = 0;
let consumed = 0;

/** The next `length` floats of memory, normal numbers in them, on a cache line of their own. */
function allocate(length: number): number {
  const at = top;
  top += Math.ceil(length / 16) * 16;
  for (let i = at; i < at + length; i++) floats[i] = random.uniform() - 0.5;
  return at * 4;
}

/** Peak of this core now: the fastest of a few short runs. */
function peakGflops(): number {
  const rounds = 200000;
  let best = Infinity;
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    consumed += kernels.multiplyAddLoop(rounds);
    best = Math.min(best, performance.now() - start);
  }
  return (rounds * 96) / best / 1e6;
}

function computing(
  kernel: string,
  shape: string,
  flops: number,
  run: () => void,
): KernelMeasurement {
  const peak = peakGflops();
  const timing = time(run);
  const gflops = flops / timing.milliseconds / 1e6;
  return { kernel, shape, ...timing, gflops, shareOfPeak: gflops / peak };
}

function moving(
  kernel: string,
  shape: string,
  values: number,
  run: () => unknown,
): KernelMeasurement {
  const timing = time(run);
  return { kernel, shape, ...timing, gigabytes: (values * 4) / timing.milliseconds / 1e6 };
}

function convolutions({ sizes }: Layer): KernelMeasurement[] {
  top = 0;
  const { count, height, width, channels, outHeight, outWidth, outChannels } = sizes;
  const geometry = convolutionGeometry(sizes);
  const [x, dx] = [0, 1].map(() => allocate(count * height * width * channels));
  const filterLength = sizes.filterHeight * sizes.filterWidth * channels * outChannels;
  const [filter, dFilter] = [0, 1].map(() => allocate(filterLength));
  const y = allocate(count * outHeight * outWidth * outChannels);
  const bias = allocate(outChannels);
  const scratch = allocate(
    Math.max(
      kernels.convolutionForwardScratch(...geometry),
      kernels.convolutionInputGradientScratch(...geometry),
      kernels.convolutionFilterGradientScratch(...geometry),
    ),
  );
  const filterShape = `${sizes.filterHeight}x${sizes.filterWidth}`;
  const shape = `${count} x ${height}x${width}x${channels} -> ${outChannels}, ${filterShape}`;
  const flops = operations(sizes);
  const results = [
    computing("convolution forward", shape, flops, () =>
      kernels.convolutionForward(x, filter, bias, y, ...geometry, 1, scratch),
    ),
    computing("convolution input gradient", shape, flops, () =>
      kernels.convolutionInputGradient(y, filter, dx, ...geometry, scratch),
    ),
    computing("convolution filter gradient", shape, flops, () =>
      kernels.convolutionFilterGradient(
        x,
        y,
        dFilter,
        ...geometry,
        0,
        (outChannels + 7) >> 3,
        scratch,
      ),
    ),
  ];
  consumed += floats[y / 4] + floats[dx / 4] + floats[dFilter / 4];
  return results;
}

function normalizations({ sizes, pooled }: Layer): KernelMeasurement[] {
  top = 0;
  const { count, outHeight: height, outWidth: width, outChannels: channels } = sizes;
  const length = count * height * width * channels;
  const [x, y, dx] = [0, 1, 2].map(() => allocate(length));
  const [scale, offset, mean, variance, a, b] = Array.from({ length: 6 }, () => allocate(channels));
  const scratch = allocate(kernels.batchNormScratch(channels));
  const shape = `${count} x ${height}x${width}x${channels}`;
  const all = [0, channels] as const;
  const shared = [channels, 1e-5, 0.1] as const;
  const moments = [x, 0, mean, variance, count, height * width, channels, ...all, scratch] as const;
  const forward = [x, scale, offset, mean, variance, y, count] as const;
  const sums = [y, x, scale, offset, mean, variance, 0, a, b, count] as const;
  const backward = [y, x, offset, mean, 0, dx, count] as const;
  const last = [channels, 0.1, scratch] as const;
  if (!pooled)
    return [
      moving("batch norm forward", shape, 2 * length, () => {
        kernels.batchMoments(...moments);
        kernels.batchNormForward(...forward, height * width, ...shared, scratch);
      }),
      moving("batch norm backward", shape, 3 * length, () => {
        kernels.batchNormSums(...sums, height * width, ...shared, ...all, scratch);
        kernels.batchNormBackward(...backward, height * width, ...last);
      }),
    ];
  return [
    moving("batch norm, pool forward", shape, 1.25 * length, () => {
      kernels.batchMoments(...moments);
      kernels.batchNormPoolForward(...forward, height, width, ...shared, scratch);
    }),
    moving("batch norm, pool backward", shape, 2.25 * length, () => {
      kernels.batchNormPoolSums(...sums, height, width, ...shared, ...all, scratch);
      kernels.batchNormPoolBackward(...backward, height, width, ...last);
    }),
  ];
}

function others(): KernelMeasurement[] {
  top = 0;
  const count = 1 << 20;
  const [w, g, v] = [0, 1, 2].map(() => allocate(count));
  const points = allocate(128 * 128);
  const [logits, losses, dLogits] = [1280, 128, 1280].map(allocate);
  const labels = allocate(128);
  new Int32Array(memory.buffer).fill(1, labels / 4, labels / 4 + 128);
  const [ends, lengths] = [240, 240].map(allocate);
  const scratch = allocate(
    Math.max(kernels.matrixProductScratch(128, 10), kernels.spanningTreesScratch(16, 128)),
  );
  return [
    moving("SGD update", `${count}`, 5 * count, () =>
      kernels.sgdUpdate(w, g, v, count, 1e-9, 0.9, 0, 0),
    ),
    moving("spanning trees, L2", "8 x 16 x 128", 128 * 128, () =>
      kernels.spanningTrees(points, 8, 16, 128, 2, ends, lengths, scratch),
    ),
    moving("cross entropy", "128 x 10", 2 * 1280, () => {
      consumed += kernels.crossEntropy(logits, labels, losses, dLogits, 128, 10, 1);
    }),
    computing("dense layer", "128 x 128 -> 10", 2 * 128 * 1280, () =>
      kernels.matrixProduct(points, w, 0, logits, 128, 128, 10, scratch),
    ),
  ];
}

/**
 * Speed of every SIMD kernel at the shapes of the models' layers, compared with the peak of the
 * core. TDNC_SIMD chooses the build.
 */
export function kernelMeasurements(): {
  variant: string;
  peak: number;
  results: KernelMeasurement[];
} {
  const results = layers().flatMap((layer) => [...convolutions(layer), ...normalizations(layer)]);
  results.push(...others());
  if (!Number.isFinite(consumed)) throw new Error("expected finite results");
  return { variant, peak: peakGflops(), results };
}

/** The measurements as lines of text. */
export function kernelTable(results: readonly KernelMeasurement[]): string {
  return results
    .map(({ kernel, shape, milliseconds, spread, gflops, shareOfPeak, gigabytes }) =>
      [
        kernel.padEnd(28),
        shape.padEnd(30),
        `${milliseconds.toFixed(3)} +- ${spread.toFixed(3)} ms`.padStart(22),
        gflops === undefined
          ? `${gigabytes!.toFixed(1)} GB/s`.padStart(14)
          : `${gflops.toFixed(1)} GFLOP/s`.padStart(14),
        shareOfPeak === undefined ? "" : `${(100 * shareOfPeak).toFixed(0)} %`.padStart(6),
      ].join(" "),
    )
    .join("\n");
}
