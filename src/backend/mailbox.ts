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
