import * as tf from "@tensorflow/tfjs";

let chosen: string | undefined;

/** Records the selected backend; training runs on no other. */
export function noteChosenBackend(name: string): void {
  chosen = name;
}

/**
 * Checks that the backend in use is the selected one: packages that are loaded later can switch it,
 * as tfjs-node does. If none was selected, any backend is accepted.
 *
 * @throws {Error} If it is another one; the message names it.
 */
export function checkChosenBackend(): void {
  const active = tf.getBackend();
  if (chosen !== undefined && active !== chosen)
    throw new Error(
      `expected the backend ${chosen}, which was selected, got ${active}: code that was loaded ` +
        `or called since then switched it; select it again with selectBackend("${chosen}")`,
    );
}
