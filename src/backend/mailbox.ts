// Mailbox of a thread: messages between the caller and the thread in shared memory. Two 32-bit
// integers, the state and the number of the kernel, then the kernel's arguments as doubles.

/** Indices of the integers. */
export const [STATE, KERNEL] = [0, 1];
/** States: idle; called, until the kernel returns; failed. */
export const [IDLE, CALLED, FAILED, DONE] = [0, 1, 2, 3];
/** Byte offset of the arguments. */
export const ARGUMENTS = 8;
/** Room for 31 arguments. */
export const MAILBOX_BYTES = ARGUMENTS + 31 * 8;

/**
 * Number of checks of a mailbox before sleeping: calls follow each other quickly, and waking up is
 * slow.
 */
const SPINS = 200_000;
/** Longest sleep of the caller between checks, and their number. */
const [SLEEP_MS, SLEEPS] = [10_000, 60];

/** Waits until the thread of this mailbox is called. */
export function awaitCall(state: Int32Array): void {
  for (;;) {
    for (let i = 0; i < SPINS; i++) if (Atomics.load(state, STATE) === CALLED) return;
    const before = Atomics.load(state, STATE);
    if (before !== CALLED) Atomics.wait(state, STATE, before);
  }
}

/**
 * Waits until a called thread has responded, and resets its mailbox.
 *
 * @throws {Error} If its kernel failed, or if it does not respond for ten minutes.
 */
export function awaitAnswer(state: Int32Array): void {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(state, STATE) !== CALLED) break;
  // Waking up is not yet a response: it can belong to the previous call.
  for (let slept = 0; slept < SLEEPS && Atomics.load(state, STATE) === CALLED;)
    if (Atomics.wait(state, STATE, CALLED, SLEEP_MS) === "timed-out") slept++;
  const answer = Atomics.load(state, STATE);
  if (answer === CALLED) throw new Error("a thread of the training kernels does not respond");
  Atomics.store(state, STATE, IDLE);
  if (answer === FAILED) throw new Error("a kernel failed in one of its threads");
}
