import {
  empiricalMassConcentration,
  type EmpiricalMassConcentration,
} from "../../metrics/topology/empiricalMassConcentration";
import type { ConnectivityEstimate } from "../../metrics/topology/estimateConnectivity";
import type { Numbers } from "../../numerics/rowArray";
import { coreRows } from "./connectivityRows";

/** The mass near the core of a class, at the beta that connects its sub-batches. */
export interface ConnectedCore extends EmpiricalMassConcentration {
  readonly beta: number;
  readonly l: number;
}

/**
 * The mass within l beta of the half of a class that is nearest to its mean, beside the bound: beta
 * is the smallest of the estimates' at which c_beta reaches a level, c_beta of the bound the lower
 * end of its interval.
 *
 * @param features Of one class, n x dim.
 * @param estimates Of the class, by ascending beta.
 * @param level c_beta that is asked for; 0.99 in the paper.
 * @returns null if no estimate reaches the level.
 */
export function connectedCore(
  features: Numbers,
  dim: number,
  estimates: readonly ConnectivityEstimate[],
  { l = 1, subBatchSize, level = 0.99 }: { l?: number; subBatchSize: number; level?: number },
): ConnectedCore | null {
  const estimate = estimates.find(({ connectivity }) => connectivity >= level);
  if (estimate === undefined) return null;
  const { beta, interval } = estimate;
  const options = { beta, l, subBatchSize, connectivity: interval.lower };
  const mass = empiricalMassConcentration(features, dim, coreRows(features, dim), options);
  return { ...mass, beta, l };
}
