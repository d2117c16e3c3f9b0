import type { ConvolutionSizes } from "../../../src/kernels/trainingKernels";

type Values = ArrayLike<number>;

/** {@link TrainingKernels.convolutionForward} in float64. */
export function convolutionForward(
  x: Values,
  filter: Values,
  bias: Values | undefined,
  y: Float64Array,
  sizes: ConvolutionSizes,
  slope: number,
): void {
  for (let i = 0; i < y.length; i++) y[i] = bias?.[i % sizes.outChannels] ?? 0;
  forEachProduct(sizes, (xAt, filterAt, yAt) => {
    y[yAt] += x[xAt] * filter[filterAt];
  });
  for (let i = 0; i < y.length; i++) y[i] = y[i] > 0 ? y[i] : y[i] * slope;
}

/** {@link TrainingKernels.convolutionInputGradient} in float64. */
export function convolutionInputGradient(
  dy: Values,
  filter: Values,
  dx: Float64Array,
  sizes: ConvolutionSizes,
): void {
  dx.fill(0);
  forEachProduct(sizes, (xAt, filterAt, yAt) => {
    dx[xAt] += dy[yAt] * filter[filterAt];
  });
}

/** {@link TrainingKernels.convolutionFilterGradient} in float64. */
export function convolutionFilterGradient(
  x: Values,
  dy: Values,
  dFilter: Float64Array,
  sizes: ConvolutionSizes,
): void {
  dFilter.fill(0);
  forEachProduct(sizes, (xAt, filterAt, yAt) => {
    dFilter[filterAt] += x[xAt] * dy[yAt];
  });
}

/** Calls `visit` with the flat positions of every product x filter that adds to y. */
function forEachProduct(
  sizes: ConvolutionSizes,
  visit: (xAt: number, filterAt: number, yAt: number) => void,
): void {
  const { count, height, width, channels, outChannels, outHeight, outWidth } = sizes;
  const { strideHeight = 1, strideWidth = 1 } = sizes;
  for (let n = 0; n < count; n++)
    for (let a = 0; a < outHeight; a++)
      for (let b = 0; b < outWidth; b++)
        for (let i = 0; i < sizes.filterHeight; i++)
          for (let j = 0; j < sizes.filterWidth; j++) {
            const row = a * strideHeight + i - sizes.top;
            const column = b * strideWidth + j - sizes.left;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const xAt = ((n * height + row) * width + column) * channels;
            const yAt = ((n * outHeight + a) * outWidth + b) * outChannels;
            const tap = (i * sizes.filterWidth + j) * channels;
            for (let c = 0; c < channels; c++)
              for (let k = 0; k < outChannels; k++)
                visit(xAt + c, (tap + c) * outChannels + k, yAt + k);
          }
}
