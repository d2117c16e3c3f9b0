import { readFileSync } from "node:fs";
import type { ConnectivityOptions } from "../../../src/regularizer/connectivityLossLoops";
import type { Metric } from "../../../src/metrics/topology/metric";

/** What test/fixtures/topology.py wrote. */
interface TopologyFixture {
  /** SciPy's death times by metric. */
  clouds: { dim: number; points: number[]; deathTimes: Record<Metric, number[]> }[];
  /** PyTorch's losses and gradients of `count` sub-batches of `size` points. */
  subBatches: {
    count: number;
    size: number;
    dim: number;
    features: number[];
    losses: (Omit<ConnectivityOptions, "subBatchCount"> & {
      beta: number;
      loss: number;
      gradient: number[];
    })[];
  };
}

export const fixture = JSON.parse(
  readFileSync("test/fixtures/topology.json", "utf8"),
) as TopologyFixture;
