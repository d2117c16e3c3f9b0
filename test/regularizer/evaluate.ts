import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { Random } from "../../src/numerics/random";
import { slopes } from "../kernels/backends";

export type Penalty = (features: tf.Tensor2D) => tf.Scalar;
export type Shape = [rows: number, columns: number];

/** Value and gradient of a function of a matrix, on the backend in use; no other tensors stay. */
export function evaluate(
  penalty: Penalty,
  values: ArrayLike<number>,
  shape: Shape,
): { value: number; gradient: number[] } {
  const features = tf.tensor2d(Float32Array.from(values), shape);
  const before = tf.memory().numTensors;
  const alone = penalty(features);
  assert.equal(tf.memory().numTensors, before + 1, "the value leaks tensors");
  const { value, grad } = tf.valueAndGrad((x) => penalty(x as tf.Tensor2D))(features);
  assert.deepEqual(value.shape, []);
  const [number] = value.dataSync();
  assert.equal(alone.dataSync()[0], number);
  const gradient = Array.from(grad.dataSync());
  tf.dispose([alone, value, grad]);
  assert.equal(tf.memory().numTensors, before, "the gradient leaks tensors");
  features.dispose();
  return { value: number, gradient };
}

/** The value alone. */
export function valueOf(penalty: Penalty, values: ArrayLike<number>, shape: Shape): number {
  return tf.tidy(() => penalty(tf.tensor2d(Float32Array.from(values), shape)).dataSync()[0]);
}

/** The gradient by central differences. */
export function differences(
  penalty: Penalty,
  values: ArrayLike<number>,
  shape: Shape,
  step: number,
): number[] {
  return tf.tidy(() => {
    const x = tf.tensor2d(Float32Array.from(values), shape);
    return Array.from(slopes((moved) => penalty(moved as tf.Tensor2D), x, step).dataSync());
  });
}

/** Multiples of 1/16 from -4 to 4: small sums and products of them are exact in float32. */
export function coarseValues(random: Random, length: number): number[] {
  return Array.from({ length }, () => (random.integer(129) - 64) / 16);
}
