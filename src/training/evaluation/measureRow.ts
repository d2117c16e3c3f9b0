import type { Measure } from "../../metrics/collapse/catalogue";

/** Which images a measure is of. */
export type MeasuredSet =
  "train" | "test" | "train and test" | "validation" | "out of distribution";

/** One measure of a trained network. */
export interface MeasureRow {
  readonly set: MeasuredSet;
  readonly section: Measure["section"] | "topology" | "conventions" | "robustness" | "layers";
  readonly name: string;
  /** The class that it is of; null where it is of all together. */
  readonly class: number | null;
  /** The layer that it is of; only in rows of single layers. */
  readonly layer?: string;
  /** In plain text, with the symbols of {@link MEASURES}. */
  readonly formula: string;
  /** null where it is not defined, or where what it needs was not given. */
  readonly value: number | null;
}

/** A measure of all classes together. */
export function row(
  set: MeasuredSet,
  section: MeasureRow["section"],
  name: string,
  formula: string,
  value: number | null,
): MeasureRow {
  return { set, section, name, class: null, formula, value };
}

/** A measure of each class, from class 0 on. */
export function classRows(
  set: MeasuredSet,
  section: MeasureRow["section"],
  name: string,
  formula: string,
  values: Iterable<number | null>,
): MeasureRow[] {
  return Array.from(values, (value, k) => ({ set, section, name, class: k, formula, value }));
}
