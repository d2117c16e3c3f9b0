// The mailbox of a thread: what the caller and the thread tell each other through shared memory. Two
// 32-bit integers, the state and the number of the kernel, then the kernel's arguments as doubles.

/** Places of the integers. */
export const [STATE, KERNEL] = [0, 1];
/** States: nothing to do; called, until the kernel has returned; failed. */
export const [IDLE, CALLED, FAILED, DONE] = [0, 1, 2, 3];
/** Byte at which the arguments begin. */
export const ARGUMENTS = 8;
/** Room for 31 arguments. */
export const MAILBOX_BYTES = ARGUMENTS + 31 * 8;

/** Looks at a mailbox before one sleeps: calls come in quick succession, and waking up takes long. */
const SPINS = 200_000;
/** How long the caller sleeps at most before it looks again, and how often. */
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
 * Waits until a called thread has answered, and resets its mailbox.
 *
 * @throws {Error} If its kernel failed, or if it does not answer for ten minutes.
 */
export function awaitAnswer(state: Int32Array): void {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(state, STATE) !== CALLED) break;
  // Being woken is not yet an answer: it may have been for the one before.
  for (let slept = 0; slept < SLEEPS && Atomics.load(state, STATE) === CALLED;)
    if (Atomics.wait(state, STATE, CALLED, SLEEP_MS) === "timed-out") slept++;
  const answer = Atomics.load(state, STATE);
  if (answer === CALLED) throw new Error("a thread of the training kernels does not respond");
  Atomics.store(state, STATE, IDLE);
  if (answer === FAILED) throw new Error("a kernel failed in one of its threads");
}
