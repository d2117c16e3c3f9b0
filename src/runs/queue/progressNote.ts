import { plain } from "../../numerics/plainText";
import type { EpochProgress, RunMessage } from "../runner";

/** Note of a worker on a run in progress. */
export type ProgressNote =
  | { readonly started: number; readonly worker: string }
  | {
      readonly epoch: EpochProgress;
      readonly worker: string;
      /** Mean over the epochs of this worker. */
      readonly secondsPerEpoch: number;
    }
  | {
      /** Reason why it returned the run. */
      readonly putBack: string;
      readonly worker: string;
      /** Number of times that any worker returned it. */
      readonly times: number;
    };

/** Note of a job; undefined if it is invalid. */
export function parseNote(json: unknown): ProgressNote | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const note = json as Record<string, unknown>;
  const { started, epoch, putBack, times, secondsPerEpoch } = note;
  const worker = plain(note.worker);
  if (isCount(started)) return { started, worker };
  if (typeof putBack === "string" && isCount(times))
    return { putBack: plain(putBack), worker, times };
  const done = parseEpoch(epoch);
  if (done !== undefined && isSeconds(secondsPerEpoch))
    return { epoch: done, worker, secondsPerEpoch };
  return undefined;
}

/** Part of an epoch that is sent immediately; the rest is sent with the record. */
export function epochProgress({ epoch, loss, train, test, seconds }: EpochProgress): EpochProgress {
  return {
    epoch,
    loss,
    seconds,
    ...(train && { train: { accuracy: train.accuracy } }),
    ...(test && { test: { accuracy: test.accuracy } }),
  };
}

/** Messages that a note stands for. */
export function messagesOf(note: ProgressNote, hasStarted: boolean): RunMessage[] {
  if ("putBack" in note)
    return [{ kind: "note", text: `returned by ${note.worker}: ${note.putBack}` }];
  if ("started" in note) return [{ kind: "started", epoch: note.started }];
  const { epoch } = note;
  const start: RunMessage[] = hasStarted ? [] : [{ kind: "started", epoch: epoch.epoch - 1 }];
  return [...start, { kind: "epoch", epoch }];
}

function parseEpoch(json: unknown): EpochProgress | undefined {
  const epoch = json as EpochProgress | undefined;
  const { training, measuring } = epoch?.seconds ?? {};
  const accuracies = [epoch?.train, epoch?.test].flatMap((set) => (set ? [set.accuracy] : []));
  const isEpoch =
    isCount(epoch?.epoch) &&
    [epoch.loss, ...accuracies].every(Number.isFinite) &&
    [training, measuring].every(isSeconds);
  return isEpoch ? epochProgress(epoch) : undefined;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
const isSeconds = (value: unknown): value is number =>
  Number.isFinite(value) && (value as number) >= 0;
