import { backendText } from "../backend/backendNames";
import { MultiBar, SingleBar } from "cli-progress";
import type { EpochProgress, RunMessage } from "../runs/runner";

/** Seconds between two progress lines of a run. */
const LINE_INTERVAL = 10;

/** One run in a report of progress. */
export interface ReportedRun {
  readonly name: string;
  readonly epochs: number;
}

/** Shows the progress of runs on standard error, so that results can be piped. */
export interface Progress {
  readonly show: (index: number, message: RunMessage) => void;
  readonly end: () => void;
}

/** No progress at all. */
export const noProgress: Progress = { show: () => undefined, end: () => undefined };

/** Bars on a terminal, plain lines elsewhere. */
export function reportProgress(
  runs: readonly ReportedRun[],
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  return stream.isTTY ? progressBars(runs, stream) : progressLines(runs, stream);
}

function progressLines(runs: readonly ReportedRun[], stream: NodeJS.WriteStream): Progress {
  const lastLine = new Map<number, number>();
  const started = new Set<number>();
  let backend: string | undefined;
  const show = (index: number, message: RunMessage) => {
    const { name, epochs } = runs[index];
    const line = (text: string) => stream.write(`${name}: ${text}\n`);
    if (message.kind === "backend" && backend !== backendText(message.backend))
      stream.write(`backend ${(backend = backendText(message.backend))}\n`);
    if (message.kind === "started") {
      started.add(index);
      line(startText(message.epoch, epochs));
    }
    if (message.kind === "ended") line(started.has(index) ? message.status : REUSED);
    if (message.kind === "failed") line(failedText(message.error));
    if (message.kind === "note") line(message.text);
    if (message.kind !== "epoch") return;
    const seconds = performance.now() / 1000;
    const { epoch } = message;
    const isQuiet = seconds - (lastLine.get(index) ?? -Infinity) < LINE_INTERVAL;
    if (isQuiet && epoch.epoch < epochs) return;
    lastLine.set(index, seconds);
    line(`epoch ${epoch.epoch}/${epochs}, ${epochText(epoch)}`);
  };
  return { show, end: () => undefined };
}

function progressBars(runs: readonly ReportedRun[], stream: NodeJS.WriteStream): Progress {
  const format = "{name} {bar} {value}/{total} epochs, {eta_formatted} left  {text}";
  const bars = new MultiBar({ format, stream, hideCursor: true, etaBuffer: 20, barsize: 24 });
  const width = Math.max(...runs.map(({ name }) => name.length));
  const started = new Map<number, SingleBar>();
  let backend: string | undefined;
  // The time left is estimated from the epochs of this command.
  const bar = (index: number, done = 0) => {
    const { name, epochs } = runs[index];
    const own =
      started.get(index) ?? bars.create(epochs, done, { name: name.padEnd(width), text: "" });
    started.set(index, own);
    return own;
  };
  const show = (index: number, message: RunMessage) => {
    if (message.kind === "backend" && backend !== backendText(message.backend))
      bars.log(`backend ${(backend = backendText(message.backend))}\n`);
    if (message.kind === "started") bar(index, message.epoch);
    if (message.kind === "epoch")
      bar(index).update(message.epoch.epoch, { text: epochText(message.epoch) });
    if (message.kind === "failed") bar(index).update({ text: failedText(message.error) });
    if (message.kind === "note") bars.log(`${runs[index].name}: ${message.text}\n`);
    if (message.kind === "ended" && !started.has(index))
      bar(index, runs[index].epochs).update({ text: REUSED });
  };
  return { show, end: () => bars.stop() };
}

/** Text for a run that ends without a start. */
const REUSED = "already complete";

/** First line of an error; the whole error is printed at the end. */
const failedText = (error: string) => `failed: ${error.split("\n")[0]}`;

function startText(epoch: number, epochs: number): string {
  return epoch === 0 ? `starts, ${epochs} epochs` : `resumes after epoch ${epoch} of ${epochs}`;
}

function epochText({ loss, train, test }: EpochProgress): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
  const parts = [`loss ${loss.toFixed(4)}`];
  if (train !== undefined) parts.push(`train ${percent(train.accuracy)}`);
  if (test !== undefined) parts.push(`test ${percent(test.accuracy)}`);
  return parts.join(", ");
}

/** Progress of one computation through its stages, drawn while the computation holds the thread. */
export interface StageProgress {
  readonly show: (stage: string, done: number, total: number) => void;
  readonly end: () => void;
}

/** A bar on a terminal; nothing elsewhere. */
export function stageProgress(stream: NodeJS.WriteStream = process.stderr): StageProgress {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  const format = "{stage} {bar} {percentage} %, {eta_formatted} left";
  const bar = new SingleBar({
    format,
    stream,
    hideCursor: true,
    barsize: 24,
    clearOnComplete: true,
    synchronousUpdate: true,
  });
  let current: string | undefined;
  const show = (stage: string, done: number, total: number) => {
    if (stage !== current) bar.start(total, done, { stage });
    current = stage;
    bar.update(done, { stage });
  };
  return { show, end: () => bar.stop() };
}
