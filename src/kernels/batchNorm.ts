/** Sizes and constants of a batch normalization with leaky ReLU. */
export interface BatchNormSizes {
  /** Images, and how many pixels each of them has. */
  readonly count: number;
  readonly pixels: number;
  readonly channels: number;
  readonly epsilon: number;
  /** Slope of the leaky ReLU below zero; 1 leaves it out. */
  readonly slope: number;
  /** Number of times that each image counts; 1 by default. */
  readonly copies?: ArrayLike<number>;
}

/**
 * Batch normalization by the statistics of the batch, then leaky ReLU:
 * y = leakyRelu(scale (x - mean) / sqrt(variance + epsilon) + offset).
 *
 * @param x,y count x pixels x channels, row-major.
 * @param mean,variance Written: the batch's, a channel each; the variance is the population's.
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 */
export function batchNormForward(
  x: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
  sizes: BatchNormSizes,
  y: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
): void {
  const { count, pixels, channels, epsilon, slope } = sizes;
  channelMoments(x, sizes, mean, variance);
  const factor = new Float64Array(channels);
  const shift = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    factor[c] = scale[c] / Math.sqrt(variance[c] + epsilon);
    shift[c] = offset[c] - mean[c] * factor[c];
  }
  for (let r = 0, i = 0; r < count * pixels; r++)
    for (let c = 0; c < channels; c++, i++) {
      const z = x[i] * factor[c] + shift[c];
      y[i] = z > 0 ? z : z * slope;
    }
}

/** Mean and population variance of each channel, in two passes: no cancellation. */
function channelMoments(
  x: Float32Array,
  sizes: BatchNormSizes,
  mean: Float32Array,
  variance: Float32Array,
): void {
  const { channels } = sizes;
  const { weights, rows } = rowWeights(sizes);
  const sum = new Float64Array(channels);
  for (let r = 0, i = 0; r < weights.length; r++)
    for (let c = 0; c < channels; c++, i++) sum[c] += x[i] * weights[r];
  const center = sum.map((total) => total / rows);
  sum.fill(0);
  for (let r = 0, i = 0; r < weights.length; r++)
    for (let c = 0; c < channels; c++, i++) {
      const difference = x[i] - center[c];
      sum[c] += difference * difference * weights[r];
    }
  for (let c = 0; c < channels; c++) {
    mean[c] = center[c];
    variance[c] = sum[c] / rows;
  }
}

/** Number of times that each row counts, and their sum. */
function rowWeights({ count, pixels, copies }: BatchNormSizes) {
  const weights = Float32Array.from({ length: count * pixels }, (_, r) =>
    copies === undefined ? 1 : copies[Math.floor(r / pixels)],
  );
  return { weights, rows: weights.reduce((sum, weight) => sum + weight, 0) };
}

/**
 * Gradients of {@link batchNormForward}. With z the value before the leaky ReLU,
 * g = dy (z > 0 ? 1 : slope) and u = (x - mean) / sqrt(variance + epsilon):
 * dScale = sum g u, dOffset = sum g,
 * dx = scale / sqrt(variance + epsilon) (g - copies (dOffset + u dScale) / rows), rows with copies
 * counted: of an image that stands for several, dy and dx are the sums over them.
 *
 * @param mean,variance As the forward pass wrote them.
 * @param dx Like `x`; may not be the same memory as `dy`.
 */
export function batchNormBackward(
  dy: Float32Array,
  x: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  sizes: BatchNormSizes,
  dx: Float32Array,
  dScale: Float32Array,
  dOffset: Float32Array,
): void {
  const { channels, epsilon, slope } = sizes;
  const { weights, rows } = rowWeights(sizes);
  const inverse = new Float64Array(channels);
  for (let c = 0; c < channels; c++) inverse[c] = 1 / Math.sqrt(variance[c] + epsilon);
  const sumG = new Float64Array(channels);
  const sumGU = new Float64Array(channels);
  for (let r = 0, i = 0; r < weights.length; r++)
    for (let c = 0; c < channels; c++, i++) {
      const u = (x[i] - mean[c]) * inverse[c];
      const g = scale[c] * u + offset[c] > 0 ? dy[i] : dy[i] * slope;
      dx[i] = g;
      sumG[c] += g;
      sumGU[c] += g * u;
    }
  for (let r = 0, i = 0; r < weights.length; r++)
    for (let c = 0; c < channels; c++, i++) {
      const u = (x[i] - mean[c]) * inverse[c];
      dx[i] = scale[c] * inverse[c] * (dx[i] - (weights[r] * (sumG[c] + u * sumGU[c])) / rows);
    }
  dScale.set(sumGU);
  dOffset.set(sumG);
}
