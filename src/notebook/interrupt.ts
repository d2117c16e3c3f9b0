let current: AbortController | undefined;

/**
 * A signal for what a cell starts: aborted by the kernel's next interrupt (Jupyter's stop button).
 *
 * An interrupt ends every cell. A cell that watches the signal ends by itself and keeps its results:
 * `for await (const epoch of train(state, data, config, interruptSignal()))` stops within a step,
 * and what comes after the loop runs. Where functions outside a cell compute on, only the signal
 * stops them.
 */
export function interruptSignal(): AbortSignal {
  // Not now: tslab runs the cell's synchronous part with node:vm's breakOnSigint, behind which a
  // listener that was added within hears nothing, nor does tslab's own.
  if (!isListening) setImmediate(() => process.on("SIGINT", abortSignal));
  isListening = true;
  current ??= new AbortController();
  return current.signal;
}

let isListening = false;
let isRenewed = false;

/** Whether a cell has the signal since the last `renewSignal()`. */
export const isSignalTaken = () => current !== undefined;

/** Aborts the signal. */
export function abortSignal(): void {
  current?.abort();
  // Where nobody renews it, the next cell has one of its own.
  if (!isRenewed) current = undefined;
}

/** Makes the signal of the cell that begins: until then, an aborted one stays the cell's. */
export function renewSignal(): void {
  isRenewed = true;
  current = undefined;
}
