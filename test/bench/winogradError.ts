/**
 * Errors of the direct convolution and of Winograd's two sizes of tiles against float64, over layers
 * of SimpleCNN13: `npx tsx test/bench/winogradError.ts`. TDNC_SIMD chooses the build.
 */
import { trainingBuild } from "../../src/backend/trainingBuild";
import { convolutionGeometry, type ConvolutionSizes } from "../../src/kernels/trainingKernels";
import { loadTrainingModule, useTrainingBuild } from "../../src/kernels/trainingModule";
import { Random } from "../../src/numerics/random";
import * as reference from "../kernels/reference/convolution";
import { square } from "./layers";

const WAYS = ["direct", "F(2 x 2)", "F(4 x 4)"] as const;
type Way = (typeof WAYS)[number];

/** Errors relative to the root mean square of the true values. */
export interface ConvolutionError {
  readonly kernel: "forward" | "input gradient" | "filter gradient";
  readonly way: Way;
  readonly rootMeanSquare: number;
  readonly largest: number;
}

/** A layer of about 1,000 pixels whose sizes make the kernels choose a way. */
function sizesFor(way: Way, side: number, channels: number, outChannels: number): ConvolutionSizes {
  if (way === "F(2 x 2)") return square(28, 6, channels, outChannels, 3, 1);
  const whole = way === "F(4 x 4)" ? outChannels : outChannels - 1;
  return square(Math.max(1, 1024 / side ** 2), side, channels, whole, 3, 1);
}

/** Errors of the three kernels each way: on activations, a filter and gradients drawn at random. */
export function convolutionErrors(
  side: number,
  channels: number,
  outChannels: number,
): ConvolutionError[] {
  return WAYS.flatMap((way) => errorsOf(way, sizesFor(way, side, channels, outChannels)));
}

function errorsOf(way: Way, sizes: ConvolutionSizes): ConvolutionError[] {
  const { count, channels, outChannels } = sizes;
  const geometry = convolutionGeometry(sizes);
  const memory = new WebAssembly.Memory({ initial: 2000 });
  const floats = new Float32Array(memory.buffer);
  const { kernels } = loadTrainingModule(memory)!;
  const random = new Random(1);
  let top = 0;
  const draw = (length: number, slope: number) => {
    const values = floats.subarray(top, (top += length));
    for (let i = 0; i < length; i++) {
      const value = random.normal();
      values[i] = value > 0 ? value : slope * value;
    }
    return values;
  };
  const x = draw(count * sizes.height * sizes.width * channels, 0.1);
  const filter = draw(9 * channels * outChannels, 1);
  const dy = draw(count * sizes.outHeight * sizes.outWidth * outChannels, 1);
  const [y, dx, dFilter] = [dy, x, filter].map(({ length }) => draw(length, 1));
  const scratch = 4 * top;
  const at = ({ byteOffset }: Float32Array) => byteOffset;
  kernels.convolutionForward(at(x), at(filter), 0, at(y), ...geometry, 1, scratch);
  kernels.convolutionInputGradient(at(dy), at(filter), at(dx), ...geometry, scratch);
  kernels.convolutionFilterGradient(
    at(x),
    at(dy),
    at(dFilter),
    ...geometry,
    0,
    (outChannels + 7) >> 3,
    scratch,
  );
  const [trueY, trueDx, trueDFilter] = [y, dx, dFilter].map(
    ({ length }) => new Float64Array(length),
  );
  reference.convolutionForward(x, filter, undefined, trueY, sizes, 1);
  reference.convolutionInputGradient(dy, filter, trueDx, sizes);
  reference.convolutionFilterGradient(x, dy, trueDFilter, sizes);
  return [
    { kernel: "forward", way, ...relativeError(y, trueY) },
    { kernel: "input gradient", way, ...relativeError(dx, trueDx) },
    { kernel: "filter gradient", way, ...relativeError(dFilter, trueDFilter) },
  ];
}

function relativeError(values: Float32Array, expected: Float64Array) {
  const errors = expected.map((value, i) => Math.abs(values[i] - value));
  const scale = rootMeanSquare(expected);
  return {
    rootMeanSquare: rootMeanSquare(errors) / scale,
    largest: errors.reduce((a, b) => Math.max(a, b), 0) / scale,
  };
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function main(): void {
  useTrainingBuild(trainingBuild);
  for (const [side, channels, outChannels] of [
    [32, 128, 128],
    [16, 128, 256],
    [16, 256, 256],
  ])
    for (const { kernel, way, ...error } of convolutionErrors(side, channels, outChannels)) {
      const layer = `${side}x${side}x${channels} -> ${outChannels}`.padEnd(20);
      const [mean, largest] = [error.rootMeanSquare, error.largest].map((e) => e.toExponential(1));
      console.log(`${layer} ${kernel.padEnd(16)} ${way.padEnd(9)} ${mean} (largest ${largest})`);
    }
}

if (require.main === module) main();
