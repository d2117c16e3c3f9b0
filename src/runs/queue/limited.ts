/** Limits the number of concurrent calls, in order of arrival. */
export function limited(slots: number): <T>(run: () => Promise<T>) => Promise<T> {
  let free = slots;
  const queue: (() => void)[] = [];
  return async (run) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await run();
    } finally {
      const next = queue.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
