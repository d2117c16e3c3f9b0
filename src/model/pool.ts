import * as tf from "@tensorflow/tfjs";
import type { Layer } from "./architecture";

/** Pooling by windows side by side; what is left at the end is left out. */
export function pool(x: tf.Tensor4D, layer: Extract<Layer, { size: number }>): tf.Tensor4D {
  const operation = layer.kind === "maxPool" ? tf.maxPool : tf.avgPool;
  return operation(x, layer.size, layer.size, "valid");
}
