import * as tf from "@tensorflow/tfjs";
import type { Layer } from "./architecture";

/** Pooling with adjacent windows; incomplete windows at the end are left out. */
export function pool(x: tf.Tensor4D, layer: Extract<Layer, { size: number }>): tf.Tensor4D {
  const operation = layer.kind === "maxPool" ? tf.maxPool : tf.avgPool;
  return operation(x, layer.size, layer.size, "valid");
}
