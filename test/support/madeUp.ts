import { mnist250, REGULARIZERS } from "../../src/training/settings/presets";
import { newRecord, type RunRecord } from "../../src/runs/record";
import type { EpochRecord } from "../../src/training/train";

/** A complete run that ended with a test accuracy. */
export function madeUp(
  regularizer: keyof typeof REGULARIZERS,
  split: number,
  accuracy: number,
  config: object = {},
): RunRecord {
  const own = { ...mnist250, ...REGULARIZERS[regularizer].difference, split, epochs: 1, ...config };
  const backend = { name: "wasm" as const, summary: "made up" };
  const last = {
    epoch: 1,
    test: { accuracy },
    train: { accuracy: 1, withinClassVariability: accuracy / 10 },
  } as unknown as EpochRecord;
  return {
    ...newRecord(own, { source: "seeded", rowsHash: String(split) }, backend),
    status: "complete",
    seconds: 10 * (split + 1),
    epochs: [last],
  };
}
