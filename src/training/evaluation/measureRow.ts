import type { Measure } from "../../metrics/collapse/catalogue";

/** Images that a measure is computed on. */
export type MeasuredSet =
  "train" | "test" | "train and test" | "validation" | "out of distribution";

/** One measure of a trained network. */
export interface MeasureRow {
  readonly set: MeasuredSet;
  readonly section:
    Measure["section"] | "topology" | "conventions" | "robustness" | "detection" | "layers";
  readonly name: string;
  /** Class that it describes; null for all classes together. */
  readonly class: number | null;
  /** Name of that class, if classes have names. */
  readonly className?: string;
  /** Layer that it describes; only in rows of single layers. */
  readonly layer?: string;
  /** Plain text, with the symbols of {@link MEASURES}. */
  readonly formula: string;
  /** null if it is not defined, or an input is missing. */
  readonly value: number | null;
  /** Reason why the value is null, if known: a sentence without a period. */
  readonly reason?: string;
}

/** Reason for a class without examples. */
export const NO_EXAMPLE = "no example of the class";

/** Row of a measure of all classes together; `reason` explains a null value. */
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

/** Rows of a measure of each class, from class 0; `reason` explains null values. */
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
