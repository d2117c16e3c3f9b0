import { Command } from "@commander-js/extra-typings";
import type { Candidate, Choice } from "../results/chooseSetting";
import { settingsJson } from "../training/settings/config";
import type { FoundRun } from "../runs/findRuns";
import { presetJson } from "../training/settings/presets";
import { jsonText } from "./options";
import { optionOf, optionSettings } from "./settingOptions";
import { alignedText } from "./textFormats";

/** `tdnc choose`: the setting that does best on images kept from training. */
export function chooseCommand() {
  return new Command("choose")
    .summary("choose settings by validation images, never by the test set")
    .description(
      "Compares recorded runs that kept labeled images from training (--validation-count) by " +
        "their mean accuracy on those, and prints the best settings as a command to train with " +
        "on all labeled images. The test accuracy of what is chosen is not raised by the " +
        "choice, since no test image had a part in it.",
    )
    .argument("<folders...>", "folders that hold runs, of a sweep over the settings")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 the runs cannot be compared or a record is damaged, 2 bad arguments.",
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

/** Reminder of the splits file, whose place the command cannot know. */
function sourceNote(runs: readonly FoundRun[]): string {
  const files = new Set(runs.map(({ record }) => record.split.source));
  files.delete("seeded");
  return files.size === 0
    ? ""
    : `The runs were made with the splits of ${[...files].join(", ")}: add --splits-file with it, ` +
        "and --splits and --data as they had them.\n";
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

/** As a shell reads one word. */
const quoted = (text: string) => (/^[\w.+-]+$/.test(text) ? text : `"${text}"`);
