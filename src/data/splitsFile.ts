import { rowsByClass } from "../numerics/classes";
import { readLimited } from "../files/readLimited";
import { shown } from "../numerics/plainText";
import { checkRow } from "./imageSet";

/** Values for checking a splits file. */
export interface SplitsContext {
  /** N, the number of rows of the training set. */
  readonly rowCount: number;
  /** Labels of those N rows. If given, every split must contain 2 examples of each class. */
  readonly labels?: ArrayLike<number>;
  /** If given, the file must be for this data set. */
  readonly dataset?: string;
}

/** Limit on the bytes of a splits file; a row has at most 8. */
const MOST_BYTES = 256_000_000;

/**
 * Reads splits of a training set from a JSON file
 * `{"dataset": name, "labelled": n, "splits": [[row, ...], ...]}`, each split n different rows,
 * counted from 0.
 *
 * @returns The splits, in the file's order, their rows in the file's order.
 * @throws {Error} If the file cannot be read or is not such JSON, or a split has the wrong length,
 *   a row that is not a whole number from 0 to N - 1, a row twice, or too few examples of a class;
 *   the message gives the path, the split and the position, both counted from 0.
 */
export async function readSplits(path: string, context: SplitsContext): Promise<Uint32Array[]> {
  const bytes = await readLimited(path, MOST_BYTES).catch((error: Error) => {
    throw new Error(`${path}: expected a file of splits, got: ${error.message}`);
  });
  const { labeled, splits } = checkFields(parseJson(String(bytes), path), path, context);
  return splits.map((split: unknown, i: number) => {
    try {
      const rows = checkSplit(split, labeled, context.rowCount);
      if (context.labels) checkClasses(rows, context.labels, context.rowCount);
      return rows;
    } catch (error) {
      throw new RangeError(`${path}: split ${i}: ${(error as Error).message}`);
    }
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: expected JSON, got: ${(error as Error).message}`);
  }
}

function checkFields(content: unknown, path: string, context: SplitsContext) {
  if (typeof content !== "object" || content === null)
    throw new Error(`${path}: expected {"dataset", "labelled", "splits"}, got ${shown(content)}`);
  const { dataset, labelled: labeled, splits } = content as Record<string, unknown>;
  if (typeof dataset !== "string")
    throw new Error(`${path}: expected "dataset" to be a name, got ${shown(dataset)}`);
  if (context.dataset !== undefined && dataset !== context.dataset)
    throw new Error(`${path}: expected splits of "${context.dataset}", got "${dataset}"`);
  if (!Number.isInteger(labeled) || (labeled as number) < 1)
    throw new Error(`${path}: expected "labelled" to be a number from 1, got ${shown(labeled)}`);
  if (!Array.isArray(splits) || splits.length === 0)
    throw new Error(`${path}: expected "splits" to be a list of splits, got ${shown(splits)}`);
  return { labeled: labeled as number, splits };
}

function checkSplit(split: unknown, labeled: number, rowCount: number): Uint32Array {
  if (!Array.isArray(split)) throw new RangeError(`expected a list of rows, got ${shown(split)}`);
  if (split.length !== labeled)
    throw new RangeError(`expected ${labeled} rows ("labelled"), got ${split.length}`);
  const firstPosition = new Map<number, number>();
  split.forEach((row, position) => {
    if (typeof row !== "number")
      throw new RangeError(`expected a row number, got ${shown(row)} at position ${position}`);
    checkRow(split, position, rowCount);
    if (firstPosition.has(row))
      throw new RangeError(
        `expected different rows, got ${row} at positions ${firstPosition.get(row)} and ${position}`,
      );
    firstPosition.set(row, position);
  });
  return Uint32Array.from(split);
}

function checkClasses(rows: Uint32Array, labels: ArrayLike<number>, rowCount: number): void {
  if (labels.length !== rowCount)
    throw new RangeError(`expected ${rowCount} labels, got ${labels.length}`);
  const drawn = rowsByClass(Array.from(rows, (row) => labels[row]));
  for (const label of rowsByClass(labels).keys()) {
    const count = drawn.get(label)?.length ?? 0;
    if (count < 2)
      throw new RangeError(`expected at least 2 examples of class ${label}, got ${count}`);
  }
}
