import { AsyncLocalStorage } from "node:async_hooks";
import { runInThisContext } from "node:vm";
import { abortSignal, isSignalTaken } from "./interrupt";

/** Milliseconds that a cell has to end by itself after its `interruptSignal()` is aborted. */
const GRACE = 700;

/** What an interrupted cell's `await` throws. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** A cell that runs, and what it began. */
interface Run {
  isInterrupted: boolean;
  /** Of the last record that a `for await` of the cell has seen. */
  epoch?: number;
}

/** An `await` of a cell: its end, once what it waits for is there. */
interface Wait {
  readonly run: Run | undefined;
  readonly reject: (error: Error) => void;
  settle?: () => void;
}

const runs = new AsyncLocalStorage<Run>();
const waits = new Set<Wait>();
/** Runs whose code goes no further: all that had begun when a cell was interrupted. */
const stopped = new WeakSet<Run>();
let begun = new Set<Run>();
let current: Run | undefined;
/** Ends the current cell. */
let end: () => void = () => undefined;

/**
 * Runs a cell such that `interrupt` stops it.
 *
 * @param execute Runs the cell; false if it fails.
 * @param endCell Called by an interrupt: makes the promise of `execute` settle now.
 * @returns Whether it was interrupted: "interrupted", "interrupted after epoch 7".
 */
export async function runCell(
  execute: () => Promise<unknown>,
  endCell: () => void,
): Promise<string | undefined> {
  const run: Run = { isInterrupted: false };
  current = run;
  end = endCell;
  begun.add(run);
  try {
    await runs.run(run, execute);
  } finally {
    current = undefined;
  }
  if (!run.isInterrupted) return undefined;
  return run.epoch === undefined ? "interrupted" : `interrupted after epoch ${run.epoch}`;
}

/**
 * Stops the cell that runs, and what it and earlier cells have left going: their next `await` throws
 * `Interrupted`, those after it never end, and their timers do nothing.
 *
 * A cell that took the `interruptSignal()` has a moment to end by itself.
 *
 * @param isBroken If the cell's code has ended already, within `breakOnSigint`.
 */
export function interrupt(isBroken = false): void {
  const run = current;
  const isSecond = run?.isInterrupted === true;
  if (run) run.isInterrupted = true;
  const hasGrace = run !== undefined && isSignalTaken() && !isSecond && !isBroken;
  abortSignal();
  if (!hasGrace) stopAll();
  else
    setTimeout(() => {
      if (run === current) stopAll();
    }, GRACE);
}

/** What Node throws out of code that runs with `breakOnSigint`. */
export const isBreak = (error: unknown) =>
  (error as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";

function stopAll(): void {
  for (const run of begun) stopped.add(run);
  begun = new Set();
  for (const { reject } of waits) reject(new Interrupted("interrupted"));
  waits.clear();
  // When code that catches this has done so.
  const run = current;
  setImmediate(() => {
    if (run !== undefined && run === current) end();
  });
}

const isStopped = (run: Run | undefined) => run !== undefined && stopped.has(run);

/** What a cell awaits: `value`, unless an interrupt comes first. */
export function wait(value: unknown): Promise<unknown> {
  const run = runs.getStore();
  if (isStopped(run)) return new Promise(() => undefined);
  return new Promise((resolve, reject) => {
    const own: Wait = { run, reject };
    waits.add(own);
    const settleWith = (settle: () => void) => {
      own.settle = settle;
      ready.push(own);
      if (ready.length === 1) setImmediate(resume);
    };
    Promise.resolve(value).then(
      (result) => settleWith(() => resolve(result)),
      (error) => settleWith(() => reject(error as Error)),
    );
  });
}

let ready: Wait[] = [];
let resuming: readonly Wait[] = [];

/**
 * Lets cells go on whose awaited values are there, within Node's `breakOnSigint`: an interrupt ends
 * a loop that awaits nothing too.
 */
function resume(): void {
  resuming = ready;
  ready = [];
  try {
    runInThisContext("__tslab__.settle()", { breakOnSigint: true });
  } catch (error) {
    if (isBreak(error)) interrupt(true);
    // Also a break: an uncaught error makes Node forget the asynchronous contexts that were left.
    throw error;
  }
}

/** Settles what is ready and runs the code that waits for it. */
export function settle(): void {
  for (const one of resuming) if (waits.delete(one)) one.settle?.();
  // Node's own between two timers: runs the microtasks.
  (process as unknown as { _tickCallback?: () => void })._tickCallback?.();
}

/** What a `for await` of a cell goes through: `source`, until an interrupt. */
export function each(source: AsyncIterable<unknown> | Iterable<unknown>) {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const close = async () => iterator.return?.();
  const next = async () => {
    const run = runs.getStore();
    try {
      const { done, value } = (await wait(iterator.next())) as IteratorResult<unknown>;
      const item = Symbol.asyncIterator in source || done ? value : await wait(value);
      const epoch = (item as { epoch?: unknown } | undefined)?.epoch;
      if (run && typeof epoch === "number") run.epoch = epoch;
      return { done, value: item };
    } catch (error) {
      if (error instanceof Interrupted) close().catch(() => undefined);
      throw error;
    }
  };
  const stop = async () => (await close()) ?? { done: true, value: undefined };
  return { [Symbol.asyncIterator]: () => ({ next, return: stop }) };
}

type SetTimer = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => unknown;

/** One of Node's timers, whose callbacks do nothing after an interrupt; another function as it is. */
export function timer(set: SetTimer): SetTimer {
  if (![setTimeout, setInterval, setImmediate].includes(set as never)) return set;
  const run = runs.getStore();
  return (callback, ...rest) => {
    const handle = set(
      (...values) => {
        if (!isStopped(run)) callback(...values);
        else if (set === setInterval) clearInterval(handle as NodeJS.Timeout);
      },
      ...rest,
    );
    return handle;
  };
}
