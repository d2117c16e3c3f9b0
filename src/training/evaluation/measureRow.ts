import type { Measure } from "../../metrics/collapse/catalogue";

/** Which images a measure is of. */
export type MeasuredSet =
  "train" | "test" | "train and test" | "validation" | "out of distribution";

/** One measure of a trained network. */
export interface MeasureRow {
  readonly set: MeasuredSet;
  readonly section:
    Measure["section"] | "topology" | "conventions" | "robustness" | "detection" | "layers";
  readonly name: string;
  /** The class that it is of; null where it is of all together. */
  readonly class: number | null;
  /** The name of that class, where classes have names. */
  readonly className?: string;
  /** The layer that it is of; only in rows of single layers. */
  readonly layer?: string;
  /** In plain text, with the symbols of {@link MEASURES}. */
  readonly formula: string;
  /** null where it is not defined, or where what it needs was not given. */
  readonly value: number | null;
  /** Why the value is null, where that is known: a sentence without a period. */
  readonly reason?: string;
}

/** The reason of a class without examples. */
export const NO_EXAMPLE = "no example of the class";

/** A measure of all classes together; `reason` says why a value is null. */
export function row(
  set: MeasuredSet,
  section: MeasureRow["section"],
  name: string,
  formula: string,
  value: number | null,
  reason?: string,
): MeasureRow {
  return { set, section, name, class: null, formula, value, ...reasonOf(value, reason) };
}

/** A measure of each class, from class 0 on; `reason` says why values are null. */
export function classRows(
  set: MeasuredSet,
  section: MeasureRow["section"],
  name: string,
  formula: string,
  values: Iterable<number | null>,
  reason?: string,
): MeasureRow[] {
  return Array.from(values, (value, k) => {
    const own = { set, section, name, class: k, formula, value };
    return { ...own, ...reasonOf(value, reason) };
  });
}

const reasonOf = (value: number | null, reason: string | undefined) =>
  value === null && reason !== undefined ? { reason } : {};
