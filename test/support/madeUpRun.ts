import type { ExperimentConfig } from "../../src/training/settings/config";
import { mnist250, REGULARIZERS } from "../../src/training/settings/presets";
import { newRecord, type RunRecord } from "../../src/runs/record";
import type { EpochRecord } from "../../src/training/train";

/** A made-up run: what is left out is that of a complete run of one epoch of mnist-250. */
export interface MadeUpRun extends Partial<Omit<RunRecord, "config" | "epochs">> {
  readonly config?: Partial<ExperimentConfig>;
  readonly epochs?: readonly object[];
  readonly rowsHash?: string;
}

/** The record of a made-up run. */
export function madeUpRun({ config, epochs = [{}], rowsHash, ...rest }: MadeUpRun = {}): RunRecord {
  const own = { ...mnist250, ...REGULARIZERS.sliding.difference, ...config };
  const split = { source: "seeded", rowsHash: rowsHash ?? `rows of ${own.split}` };
  const fresh = newRecord(own, split, { name: "wasm", summary: "made up" });
  return { ...fresh, status: "complete", epochs: epochs as EpochRecord[], ...rest };
}
