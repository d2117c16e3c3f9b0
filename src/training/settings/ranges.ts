import { shown } from "../../numerics/plainText";

/** Limit on the numbers that a text may name: a few characters could name a million. */
const MOST_NUMBERS = 100_000;

/**
 * Whole numbers from text such as "0-9" or "0,3,5-7", ascending, each once.
 *
 * @throws {RangeError} If the text has another form, or names too many numbers: the message shows
 *   the form.
 */
export function parseRanges(text: string): number[] {
  const numbers = new Set<number>();
  let count = 0;
  for (const part of text.split(",")) {
    const match = /^\s*(\d{1,6})(?:-(\d{1,6}))?\s*$/.exec(part);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (match === null || to < from)
      throw new RangeError(`expected whole numbers such as 0-9 or 0,3,5-7, got ${shown(text)}`);
    if ((count += to - from + 1) > MOST_NUMBERS)
      throw new RangeError(`expected at most ${MOST_NUMBERS} numbers, got ${shown(text)}`);
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}
