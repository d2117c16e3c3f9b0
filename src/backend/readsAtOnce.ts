import * as tf from "@tensorflow/tfjs";

/**
 * Whether the backend in use gives a tensor's values without waiting. WebGPU does not: `dataSync`
 * of what a GPU has computed fails there.
 */
export function readsAtOnce(): boolean {
  return tf.getBackend() !== "webgpu";
}
