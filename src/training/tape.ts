import * as tf from "@tensorflow/tfjs";

/** Forward pass as recorded by tfjs. */
interface TapeNode {
  readonly saved: readonly tf.Tensor[];
}

/** Parts of tfjs's engine that its gradient functions use and its types hide. */
interface Engine {
  startTape(): void;
  endTape(): void;
  readonly state: { gradientDepth: number; activeTape: TapeNode[] | null };
}

/** Forward pass that can be differentiated later, once. */
export interface Recording<T> {
  /** Result of the pass; the caller disposes of the tensors. */
  readonly value: T;
  readonly tape: readonly TapeNode[];
}

/**
 * Runs a forward pass and keeps what its gradient will need. tfjs differentiates a function as soon
 * as it returns. With a recording, tensors can be read in between, which an asynchronous backend
 * needs.
 *
 * @throws {Error} If it is called inside a function that tfjs differentiates.
 */
export function recorded<T extends tf.TensorContainer>(forward: () => T): Recording<T> {
  const engine = tf.engine() as unknown as Engine;
  if (engine.state.gradientDepth > 0)
    throw new Error("expected a forward pass outside of another gradient");
  engine.startTape();
  const tape = engine.state.activeTape!;
  try {
    return { value: tf.tidy(forward), tape };
  } catch (error) {
    freeTape(tape);
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
}

/**
 * Gradients of a loss of a recording's value, by the name of each trainable variable. The recording
 * cannot be used afterwards.
 *
 * @param loss Computes the loss from the recording's value.
 */
export function gradientsOf(
  { tape }: Recording<unknown>,
  loss: () => tf.Scalar,
): tf.NamedTensorMap {
  const { grads, value } = tf.variableGrads(() => {
    (tf.engine() as unknown as Engine).state.activeTape!.push(...tape);
    return loss();
  });
  value.dispose();
  return grads;
}

/** Frees the tensors of a recording. Differentiating it frees them too. */
export function freeTape(tape: Recording<unknown>["tape"]): void {
  for (const { saved } of tape) tf.dispose([...saved]);
}
