import { Command } from "@commander-js/extra-typings";
import type { Candidate, Choice } from "../results/chooseSetting";
import { settingsJson } from "../training/settings/config";
import type { FoundRun } from "../runs/findRuns";
import { presetJson } from "../training/settings/presets";
import { jsonText } from "./options";
import { optionOf, optionSettings } from "./settingOptions";
import { alignedText } from "./textFormats";

/** `tdnc choose`: the setting that does best on held-out images. */
export function chooseCommand() {
  return new Command("choose")
    .summary("choose settings by accuracy on held-out images")
    .description(
      "Compares runs that held labeled images out of training (--validation-count) by their mean " +
        "accuracy on those images, and prints the best settings as a command that trains on all " +
        "labeled images. It never looks at the test set, so the choice does not inflate the test " +
        "accuracy of the chosen settings.",
    )
    .argument("<folders...>", "folders that contain the runs of a sweep over settings")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExample:\n" +
        "  $ tdnc sweep mnist-250 --grid beta=0.5,1.1 --splits 0-2 --validation-count 50 --out runs/beta\n" +
        "  $ tdnc choose runs/beta\n\n" +
        "Exit codes: 0 done, 1 the runs cannot be compared or a record is damaged, 2 bad arguments.",
    )
    .action(async (folders, { json }) => {
      const { readRuns } = await import("./readRuns.js");
      const { chooseSetting } = await import("../results/chooseSetting.js");
      const runs = await readRuns(folders);
      const unfinished = runs.filter(({ record }) => record.status !== "complete");
      for (const { folder, record } of unfinished)
        process.stderr.write(`not counted: ${folder} (${record.status})\n`);
      const choice = chooseSetting(runs.map(({ record }) => record));
      const command = chosenCommand(choice.chosen);
      process.stdout.write(
        json
          ? jsonText({ ...choice, command })
          : `${choiceTable(choice)}\nchosen:\n  ${command}\n${sourceNote(runs)}`,
      );
    });
}

/** Reminder of the splits file, whose path the command does not know. */
function sourceNote(runs: readonly FoundRun[]): string {
  const files = new Set(runs.map(({ record }) => record.split.source));
  files.delete("seeded");
  return files.size === 0
    ? ""
    : `The runs used the splits of ${[...files].join(", ")}: add --splits-file with its path, and ` +
        "the same --splits and --data.\n";
}

function choiceTable({ candidates }: Choice): string {
  const names = Object.keys(candidates[0].settings);
  const rows = candidates.map(({ settings, n, validationAccuracy, validationCrossEntropy }) => [
    ...names.map((name) => settings[name]),
    String(n),
    validationAccuracy.mean.toFixed(2),
    validationAccuracy.sampleStd?.toFixed(2) ?? "-",
    validationCrossEntropy?.toFixed(4) ?? "-",
  ]);
  const header = [...names, "n", "validation accuracy %", "sample std", "cross entropy"];
  return alignedText(
    [header, ...rows],
    header.map((_, i) => i >= names.length),
  );
}

/**
 * The command that trains with a candidate's settings on all labeled images: what differs from its
 * preset and regularizer, and what differs among the candidates.
 */
function chosenCommand({ config, settings }: Candidate): string {
  const values = settingsJson(config);
  const own = presetJson(config.preset, config.regularizer);
  const options = optionSettings(["split", "seed", "validationCount"])
    .filter((name) => name in settings || (name in own && own[name] !== values[name]))
    .map((name) => `${optionOf(name)} ${quoted(String(values[name]))}`);
  const start = `npx tdnc train ${config.preset} --regularizer ${config.regularizer}`;
  return [start, ...options].join(" ");
}

/** Text quoted as one word for a shell. */
const quoted = (text: string) => (/^[\w.+-]+$/.test(text) ? text : `"${text}"`);
