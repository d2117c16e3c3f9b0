import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { memoryOf } from "../../src/kernels/simd";
import { ownTrainee } from "./traineeProcess";

/** What a process that trains has, in bytes; the most of it so far for `resident`. */
export interface MemoryMeasurement {
  readonly steps: number;
  readonly resident: number;
  readonly wasm: number;
  readonly tensors: number;
}

const STEPS = 10_000;
const EVERY = 1000;

/** The memory of a run of SimpleCNN_MNIST over its steps. */
export async function* memoryMeasurements(): AsyncGenerator<MemoryMeasurement> {
  const trainee = await ownTrainee(1);
  for (let steps = EVERY; steps <= STEPS; steps += EVERY) {
    const count = EVERY;
    const reply = await trainee.ask({ operation: "step", network: "SimpleCNN_MNIST", count });
    yield { steps, resident: reply.memory, wasm: reply.wasm!, tensors: reply.tensors! };
  }
  trainee.stop();
}

/** Bytes of the backend's memory, and tensors: for a trainee's reply. */
export function backendMemory(): { wasm: number; tensors: number } {
  const { byteLength } = memoryOf(tf.backend() as BackendWasm).buffer;
  return { wasm: byteLength, tensors: tf.memory().numTensors };
}

/** A measurement as a line of text. */
export function memoryLine({ steps, resident, wasm, tensors }: MemoryMeasurement): string {
  return (
    `${String(steps).padStart(6)} steps: ${(wasm / 2 ** 20).toFixed(1)} MiB of WebAssembly memory, ` +
    `${tensors} tensors, at most ${(resident / 1e6).toFixed(0)} MB resident`
  );
}
