import * as tf from "@tensorflow/tfjs";

/** A forward pass as tfjs has recorded it. */
interface TapeNode {
  readonly saved: readonly tf.Tensor[];
}

/** The parts of tfjs's engine that its gradient functions use, and that its types hide. */
interface Engine {
  startTape(): void;
  endTape(): void;
  readonly state: { gradientDepth: number; activeTape: TapeNode[] | null };
}

/** A forward pass that can be differentiated later, once. */
export interface Recording<T> {
  /** Its result; the caller disposes of the tensors. */
  readonly value: T;
  readonly tape: readonly TapeNode[];
}

/**
 * Runs a forward pass and keeps what its gradient will need. tfjs differentiates a function as soon
 * as it has returned; with a recording, its tensors can be read between the two, by a backend that
 * has to be waited for.
 *
 * @throws {Error} If it is called within a function that tfjs differentiates.
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
 * Gradients of a loss of what a recording gave, by the name of each trainable variable. The
 * recording is of no use afterwards.
 *
 * @param loss Computed of the recording's value.
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

/** Frees what a recording kept; nothing where it has been differentiated, which frees it too. */
export function freeTape(tape: Recording<unknown>["tape"]): void {
  for (const { saved } of tape) tf.dispose([...saved]);
}
