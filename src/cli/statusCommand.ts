import { Command } from "@commander-js/extra-typings";
import type { RunStatus, StatusSummary } from "../runs/runStatus";
import { addQueueOption, BadArguments, jsonText, queueAddress } from "./options";
import { alignedText, durationText } from "./textFormats";

/** `tdnc status`: the progress of runs. */
export function statusCommand() {
  const command = new Command("status")
    .summary("show the progress of runs and the time left")
    .description(
      "Finds all runs below the folders and shows which are done, running, interrupted or failed, " +
        "and the time left at their own pace, as of their last checkpoints. " +
        "`tdnc sweep ... --dry-run` shows runs that have not started.",
    )
    .argument("[folders...]", "folders that contain runs")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ tdnc status runs\n\nExit codes: 0 done, 1 no run or a damaged record, 2 bad arguments.",
    );
  return addQueueOption(command, "show the runs of a queue instead:").action(
    async (folders, { json, queue }) => {
      if (folders.length > 0 === (queue !== undefined))
        throw new BadArguments("expected folders that contain runs, or --queue");
      if (queue !== undefined) return printQueue(queue, json === true);
      const { readRuns } = await import("./readRuns.js");
      const { runStatuses, statusSummary } = await import("../runs/runStatus.js");
      const runs = await readRuns(folders);
      const statuses = runStatuses(runs);
      const summary = statusSummary(statuses);
      process.stdout.write(
        json
          ? jsonText({ runs: statuses, ...summary })
          : `${statusTable(statuses)}\n${summaryText(summary)}\n`,
      );
    },
  );
}

async function printQueue(queue: string | true, asJson: boolean): Promise<void> {
  const address = queueAddress(queue);
  const { queueStatus } = await import("../runs/queue/queueStatus.js");
  const { queueStatusText } = await import("./queueStatusText.js");
  const status = await queueStatus(address);
  process.stdout.write(asJson ? jsonText(status) : queueStatusText(status));
}

function statusTable(statuses: readonly RunStatus[]): string {
  const rows = statuses.map((status) => [
    status.folder,
    status.state,
    `${status.epochsDone}/${status.epochs}`,
    status.secondsPerEpoch === null ? "-" : status.secondsPerEpoch.toFixed(2),
    status.state === "done" ? "" : leftText(status.secondsLeft),
    status.error?.split("\n")[0] ?? "",
  ]);
  const header = ["folder", "state", "epochs", "s/epoch", "left", ""];
  return alignedText([header, ...rows], [false, false, true, true, true, false]);
}

const leftText = (seconds: number | null) => (seconds === null ? "-" : durationText(seconds));

function summaryText(summary: StatusSummary): string {
  const { done, running, interrupted, failed } = summary.counts;
  const left = (count: number, seconds: number | null, what: string) =>
    count > 0 && seconds !== null ? ` (${durationText(seconds)} ${what})` : "";
  const atOnce = running > 1 ? `, ${running} concurrently` : "";
  return [
    `${done} done`,
    `${running} running${left(running, summary.runningSecondsLeft, "left")}`,
    `${interrupted} interrupted` +
      left(interrupted, summary.interruptedSecondsLeft, `to resume${atOnce}`),
    `${failed} failed`,
  ].join(", ");
}
