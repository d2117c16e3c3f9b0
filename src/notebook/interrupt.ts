let current: AbortController | undefined;

/**
 * A signal for what a cell starts: aborted by the kernel's next interrupt (Jupyter's stop button).
 *
 * Without it an interrupt only ends the cell: tslab stops waiting, and what the cell started continues
 * during the next cells. Take it once in a cell and pass it to everything that the cell does:
 * `for await (const epoch of train(state, data, config, signal))`.
 */
export function interruptSignal(): AbortSignal {
  // Not at once: tslab runs the cell's synchronous part with node:vm's breakOnSigint, behind which a
  // listener that was added within hears nothing, nor does tslab's own.
  if (!isListening) setImmediate(() => process.on("SIGINT", abortCurrent));
  isListening = true;
  current ??= new AbortController();
  return current.signal;
}

let isListening = false;

function abortCurrent(): void {
  current?.abort();
  current = undefined;
}
