import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { Random } from "../../src/numerics/random";
import { assertClose } from "../support/assertClose";
import { hasTfjsNode } from "../support/backend";

/** The values of the tensors that a computation returns on a backend, in order. */
export async function valuesOn(
  backend: "cpu" | "wasm" | "tensorflow",
  compute: () => tf.Tensor[],
): Promise<number[][]> {
  await selectBackend(backend);
  const results = tf.tidy(compute);
  const values = results.map((result) => Array.from(result.dataSync()));
  tf.dispose(results);
  return values;
}

/** A test of `what` against each backend that computes on its own; without tfjs-node, cpu alone. */
export function itEqualsOthers(
  what: string,
  test: (other: "cpu" | "tensorflow") => Promise<void>,
): void {
  for (const other of ["cpu", "tensorflow"] as const)
    it(`${what}: as on ${other}`, async function () {
      if (other === "tensorflow" && !hasTfjsNode()) return this.skip();
      await test(other);
    });
}

/** Seeded values from -1 to 1. */
export function randomTensor(shape: number[], seed: number): tf.Tensor {
  const random = new Random(seed, "test");
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
  return tf.tensor(values, shape);
}

/** Every array is the expected one up to a share of its largest value. */
export function assertArraysClose(
  actual: number[][],
  expected: number[][],
  tolerance: number,
  what = "arrays",
): void {
  assert.equal(actual.length, expected.length, what);
  for (const [i, array] of expected.entries()) {
    const scale = Math.max(1e-3, ...array.map(Math.abs));
    assertClose(actual[i], array, tolerance, { scale, what: `${what}[${i}]` });
  }
}

/**
 * The slopes of a function at x by central differences, a value each.
 *
 * @param step Small where the function is curved; any where it is linear.
 */
export function slopes(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, step: number): tf.Tensor {
  const along = (i: number) => {
    const unit = tf.reshape(tf.oneHot(tf.scalar(i, "int32"), x.size), x.shape);
    const change = tf.mul(unit, step);
    return tf.div(tf.sub(f(tf.add(x, change)), f(tf.sub(x, change))), 2 * step);
  };
  return tf.reshape(tf.stack(Array.from({ length: x.size }, (_, i) => along(i))), x.shape);
}
