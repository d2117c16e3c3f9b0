import * as tf from "@tensorflow/tfjs";
import * as v from "valibot";
import { checked, fields, wholeFrom } from "../numerics/checked";
import { isRandomState, RANDOM_STATE } from "../numerics/random";
import { contentHash, decodeSafetensors, encodeSafetensors } from "../files/safetensors";
import { stateVariables, type TrainingState } from "./trainingState";

const randomState = v.custom<readonly number[]>(isRandomState, RANDOM_STATE);

/** Metadata of a checkpoint, next to its tensors. */
const PROGRESS = fields({
  epoch: wholeFrom(0),
  terminalPhaseEpoch: v.nullable(wholeFrom(1)),
  sampler: fields({ random: randomState }),
  dropoutRandom: randomState,
});
type Progress = v.InferOutput<typeof PROGRESS>;

/**
 * State as one file: all variables, the states of the random generators, the number of completed
 * epochs.
 */
export async function encodeCheckpoint(state: TrainingState): Promise<Uint8Array> {
  const tensors = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const [name, variable] of stateVariables(state))
    tensors.set(name, { shape: variable.shape, values: await variable.data<"float32">() });
  const progress = {
    epoch: state.epoch,
    terminalPhaseEpoch: state.terminalPhaseEpoch,
    sampler: state.sampler.state,
    dropoutRandom: state.dropoutRandom.state,
  };
  const text = JSON.stringify(progress);
  return encodeSafetensors(tensors, { progress: text, sha256: contentHash(tensors, text) });
}

/**
 * Restores a state from a checkpoint.
 *
 * @param name Name of the checkpoint's file, for errors.
 * @throws {Error} If the file is damaged or belongs to another network; the state is then
 *   unchanged.
 */
export function restoreCheckpoint(state: TrainingState, bytes: Uint8Array, name: string): void {
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  if (metadata.progress === undefined) throw new Error(`${name}: expected a checkpoint of a run`);
  if (contentHash(tensors, metadata.progress) !== metadata.sha256)
    throw new Error(`${name}: the checkpoint is damaged: its content does not match its hash`);
  const progress = parseProgress(metadata.progress, name);
  const variables = stateVariables(state);
  for (const [tensor, variable] of variables) {
    const shape = tensors.get(tensor)?.shape;
    if (String(shape) !== String(variable.shape))
      throw new Error(`${name}: expected ${tensor} of shape [${variable.shape}], got [${shape}]`);
  }
  tf.tidy(() => {
    for (const [tensor, variable] of variables)
      variable.assign(tf.tensor(tensors.get(tensor)!.values, variable.shape));
  });
  state.epoch = progress.epoch;
  state.terminalPhaseEpoch = progress.terminalPhaseEpoch;
  state.sampler.state = progress.sampler;
  state.dropoutRandom.state = progress.dropoutRandom;
}

/** The hash detects damage, not tampering. */
function parseProgress(text: string, name: string): Progress {
  try {
    const progress = checked(PROGRESS, JSON.parse(text));
    const { epoch, terminalPhaseEpoch } = progress;
    if (terminalPhaseEpoch !== null && terminalPhaseEpoch > epoch)
      throw new RangeError(
        `terminalPhaseEpoch: expected one of the ${epoch} epochs, got ${terminalPhaseEpoch}`,
      );
    return progress;
  } catch (error) {
    throw new Error(`${name}: expected the progress of a run: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
