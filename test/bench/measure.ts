/** How long something took, over repetitions, in milliseconds. */
export interface Timing {
  readonly milliseconds: number;
  /** Median of the absolute differences from the median. */
  readonly spread: number;
  readonly repetitions: number;
}

/** The middle value; of an even number of them the upper one of the two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Median and spread of measured times. */
export function timing(times: readonly number[]): Timing {
  const milliseconds = median(times);
  const spread = median(times.map((t) => Math.abs(t - milliseconds)));
  return { milliseconds, spread, repetitions: times.length };
}

/** Times `run` over a quarter of a second, at least 5 times, after warming up. */
export function time(run: () => unknown): Timing {
  run();
  run();
  const times: number[] = [];
  const until = performance.now() + 250;
  while (performance.now() < until || times.length < 5) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return timing(times);
}
