import { workersText, type ConnectedWorker } from "../runs/queue/builds";
import type { QueuedRun, QueueStatus } from "../runs/queue/queueStatus";
import { alignedText, durationText } from "./textFormats";

/** Waiting runs that are listed; of the others only the number is shown. */
const LISTED = 20;

/** The contents of a queue as text: its runs, its workers, the sums. */
export function queueStatusText(status: QueueStatus): string {
  const { runs, counts, workers, build } = status;
  const waits = ({ state }: QueuedRun) => state === "waiting" || state === "delayed";
  const listed = [
    ...runs.filter(({ state }) => state === "active"),
    ...runs.filter(waits).slice(0, LISTED),
    ...runs.filter(({ state }) => state === "failed"),
  ];
  const hidden = counts.waiting + counts.delayed - Math.min(runs.filter(waits).length, LISTED);
  const more = hidden > 0 ? [`and ${hidden} more waiting`] : [];
  const lines = [
    ...(listed.length > 0 ? [runTable(listed)] : []),
    ...more,
    `${status.address}, build ${build}`,
    ...workerLines(build, workers),
    ...status.otherBuilds.map(
      (other) => `build ${other.build}: ${other.waiting} runs waiting or running`,
    ),
    sums(status),
  ];
  return `${lines.join("\n")}\n`;
}

function runTable(runs: readonly QueuedRun[]): string {
  const names = { active: "running", waiting: "waiting", delayed: "waiting", failed: "failed" };
  const rows = runs.map((run) => [
    run.id.slice(0, 16),
    run.name,
    run.state === "completed" ? "done" : names[run.state],
    run.epochs === null ? "-" : `${run.epochsDone}/${run.epochs}`,
    run.secondsPerEpoch === null ? "-" : run.secondsPerEpoch.toFixed(2),
    run.state === "active" ? (run.worker ?? "") : "",
    run.note ?? "",
  ]);
  const header = ["job", "run", "state", "epochs", "s/epoch", "worker", ""];
  return alignedText([header, ...rows], [false, false, false, true, true, false, false]);
}

function workerLines(build: string, workers: readonly ConnectedWorker[] | null): string[] {
  if (workers === null) return ["workers: unknown, because this server does not list them"];
  const own = workers.filter((worker) => worker.build === build);
  const names = own.map(
    ({ host, process, slots }) => `${host} (process ${process}, ${slots} concurrent runs)`,
  );
  const missing = workersText(build, workers);
  return [
    ...(names.length > 0 ? [`workers: ${names.join(", ")}`] : []),
    ...(missing ? [missing] : []),
  ];
}

function sums({ counts, workers, build, secondsLeft }: QueueStatus): string {
  const count = workers?.filter((worker) => worker.build === build).length;
  return [
    `${counts.completed} done`,
    `${counts.active} running`,
    `${counts.waiting + counts.delayed} waiting`,
    `${counts.failed} failed`,
    ...(count === undefined ? [] : [`${count} workers`]),
    ...(secondsLeft === null ? [] : [`${durationText(secondsLeft)} left`]),
  ].join(", ");
}
