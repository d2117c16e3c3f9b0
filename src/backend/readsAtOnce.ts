import * as tf from "@tensorflow/tfjs";

/**
 * Whether the active backend can read a tensor's values synchronously. WebGPU cannot: `dataSync` of
 * a GPU's results fails there.
 */
export function readsAtOnce(): boolean {
  return tf.getBackend() !== "webgpu";
}
