import { alignmentCosines } from "./alignment";
import {
  classDistanceNormalizedVariances,
  classMeanDistances,
} from "./classDistanceNormalizedVariance";
import type { Geometry } from "./geometry";
import { euclideanNorms } from "./norms";
import type { Measure } from "./catalogue";
import { interferenceGrid } from "./interference";
import { whereDefined } from "./undefinedMeasure";

/** A measure of each class. */
export interface ClassMeasure extends Pick<Measure, "section" | "name" | "title" | "formula" | "source"> {
  /** C values. Throws an `UndefinedMeasureError` where they are not defined. */
  readonly values: (geometry: Geometry) => Float64Array;
}
