import { classReport } from "../../metrics/collapse/classMeasures";
import { detectionReport } from "../../metrics/collapse/detectionReport";
import type { Geometry } from "../../metrics/collapse/geometry";
import { classRows, NO_EXAMPLE, row, type MeasuredSet, type MeasureRow } from "./measureRow";

/** Measures of single classes ({@link classReport}). */
export function classMeasureRows(set: MeasuredSet, geometry: Geometry): MeasureRow[] {
  return classReport(geometry).flatMap(({ section, name, formula, values, reason }) =>
    classRows(set, section, name, formula, values, reason ?? NO_EXAMPLE),
  );
}

/** Rows for how well scores separate test examples from others ({@link detectionReport}). */
export function detectionRows(
  train: Geometry,
  test: Geometry | undefined,
  outside: Geometry,
): MeasureRow[] {
  return detectionReport(train, test, outside).map(({ section, name, formula, value, reason }) =>
    row("out of distribution", section, name, formula, value, reason),
  );
}
