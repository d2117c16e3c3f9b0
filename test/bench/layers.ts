import type { ConvolutionSizes } from "../../src/kernels/trainingKernels";

/** A convolution of a model, and what follows it. */
export interface Layer {
  readonly model: string;
  readonly sizes: ConvolutionSizes;
  /** 2 x 2 max pooling after batch norm and leaky ReLU. */
  readonly pooled: boolean;
}

/** The convolutions of both models; SimpleCNN13's with fewer images than its 128, to be short. */
export function layers(): Layer[] {
  const mnist: Layer[] = [
    [28, 1, 8],
    [14, 8, 32],
    [7, 32, 64],
    [3, 64, 128],
  ].map(([side, channels, outChannels]) => ({
    model: "SimpleCNN_MNIST",
    sizes: square(128, side, channels, outChannels, 3, 1),
    pooled: true,
  }));
  const large = [
    square(8, 32, 3, 128, 3, 1),
    square(8, 32, 128, 128, 3, 1),
    square(8, 16, 128, 256, 3, 1),
    square(8, 16, 256, 256, 3, 1),
    square(8, 8, 256, 512, 3, 0),
    square(32, 6, 512, 256, 1, 0),
    square(32, 6, 256, 128, 1, 0),
  ].map((sizes) => ({ model: "SimpleCNN13", sizes, pooled: false }));
  return [...mnist, ...large];
}

/** A convolution of square images by a square filter. */
export function square(
  count: number,
  side: number,
  channels: number,
  outChannels: number,
  filter: number,
  padding: number,
): ConvolutionSizes {
  const out = side + 2 * padding - filter + 1;
  return {
    count,
    height: side,
    width: side,
    channels,
    outChannels,
    filterHeight: filter,
    filterWidth: filter,
    top: padding,
    left: padding,
    outHeight: out,
    outWidth: out,
  };
}

/** Multiplications and additions of a convolution; those by the zeros of padding do not count. */
export function operations(sizes: ConvolutionSizes): number {
  const { height, outHeight, filterHeight, top, width, outWidth, filterWidth, left } = sizes;
  const rows = pairs(height, outHeight, filterHeight, top);
  const columns = pairs(width, outWidth, filterWidth, left);
  return 2 * sizes.count * sizes.channels * sizes.outChannels * rows * columns;
}

/** {@link operations} of a convolution of square images by a square filter. */
export function convolutionOperations(...sizes: Parameters<typeof square>): number {
  return operations(square(...sizes));
}

/** How many pairs of an output position and a filter position fall inside the input. */
function pairs(length: number, out: number, filter: number, before: number): number {
  let inside = 0;
  for (let a = 0; a < out; a++)
    for (let i = 0; i < filter; i++) if (a + i - before >= 0 && a + i - before < length) inside++;
  return inside;
}
