import {
  batchNormBackward,
  batchNormForward,
  type BatchNormSizes,
} from "../../../src/kernels/batchNorm";
import { maxPoolForward, maxPoolGradient, type PoolSizes } from "./pool";

/** What the kernels of batch norm, leaky ReLU and max pooling in one are given. */
export interface BatchNormPoolSizes extends PoolSizes {
  readonly epsilon: number;
  readonly slope: number;
  readonly copies?: ArrayLike<number>;
}

/** {@link TrainingKernels.batchNormPoolForward}: batch norm, then max pooling. */
export function batchNormPoolForward(
  x: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
  sizes: BatchNormPoolSizes,
  y: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
): void {
  const normalized = new Float32Array(x.length);
  batchNormForward(x, scale, offset, sizesOf(sizes), normalized, mean, variance);
  maxPoolForward(normalized, y, sizes);
}

/** {@link TrainingKernels.batchNormPoolBackward}: the gradients of the two, one after the other. */
export function batchNormPoolBackward(
  dy: Float32Array,
  x: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  sizes: BatchNormPoolSizes,
  dx: Float32Array,
  dScale: Float32Array,
  dOffset: Float32Array,
): void {
  const [normalized, gradient] = [new Float32Array(x.length), new Float32Array(x.length)];
  const rows = sizesOf(sizes);
  const [again, andAgain] = [new Float32Array(sizes.channels), new Float32Array(sizes.channels)];
  batchNormForward(x, scale, offset, rows, normalized, again, andAgain);
  maxPoolGradient(normalized, dy, gradient, sizes);
  batchNormBackward(gradient, x, scale, offset, mean, variance, rows, dx, dScale, dOffset);
}

function sizesOf({ height, width, ...sizes }: BatchNormPoolSizes): BatchNormSizes {
  return { ...sizes, pixels: height * width };
}
