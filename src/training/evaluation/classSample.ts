import type { ImageSet } from "../../data/imageSet";
import { rowsByClass } from "../../numerics/classes";
import type { Random } from "../../numerics/random";
import type { Numbers, RowArray } from "../../numerics/rowArray";
import { takeRows } from "../../numerics/takeRows";
import type { Outputs } from "./outputs";

/** Features of a set or a sample of it, as a whole and per class. */
export interface ClassSample {
  /** N x dim, row-major; spanning trees use SIMD for float32. */
  readonly features: Numbers;
  readonly labels: ArrayLike<number>;
  readonly dim: number;
  /** Features of each class, n_k x dim; empty for a class without an example. */
  readonly classes: readonly Numbers[];
}

/** Features of one set. */
export function classSample(
  { labels, classCount }: Pick<ImageSet, "classCount"> & { readonly labels: ArrayLike<number> },
  { features }: Pick<Outputs, "features"> | { readonly features: Numbers },
): ClassSample {
  const dim = features.length / labels.length;
  const rows = rowsByClass(labels);
  const classes = Array.from({ length: classCount }, (_, k) =>
    takeRows(features, dim, rows.get(k) ?? []),
  );
  return { features, labels, dim, classes };
}

/**
 * Rows of a sample that takes all examples of each class, up to a limit. The limit is the same for
 * all classes: the largest one that gives at most `count` examples in total, but at least `least`.
 *
 * @returns Ascending; all rows if there are no more than `count`.
 */
export function sampleRows(
  labels: ArrayLike<number>,
  { count, least, random }: { count: number; least: number; random: Random },
): { rows: Uint32Array; perClass: number } {
  const all = rowsByClass(labels);
  if (labels.length <= count)
    return { rows: Uint32Array.from(labels, (_, n) => n), perClass: Infinity };
  const perClass = Math.max(least, evenShare([...all.values()], count));
  const rows = [...all.values()].flatMap((own) =>
    own.length <= perClass ? [...own] : random.shuffle([...own]).slice(0, perClass),
  );
  return { rows: Uint32Array.from(rows).sort(), perClass };
}

/** Largest m for which the classes have at most `count` examples, counting up to m of each. */
function evenShare(classes: readonly ArrayLike<number>[], count: number): number {
  const sizes = classes.map(({ length }) => length).sort((a, b) => a - b);
  let left = count;
  for (const [i, size] of sizes.entries()) {
    const share = Math.floor(left / (sizes.length - i));
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}

/** Selected rows of a matrix, which is read in batches. */
export function readRows(matrix: RowArray, rows: Uint32Array, batch: number): Numbers {
  const { size, count } = matrix;
  let taken: Numbers | undefined;
  for (let from = 0, at = 0; from < count && at < rows.length; from += batch) {
    const to = Math.min(from + batch, count);
    if (rows[at] >= to) continue;
    const values = matrix.rows(from, to);
    const length = rows.length * size;
    taken ??= values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
    for (; at < rows.length && rows[at] < to; at++) {
      const start = (rows[at] - from) * size;
      taken.set(values.subarray(start, start + size), at * size);
    }
  }
  return taken ?? new Float32Array();
}
