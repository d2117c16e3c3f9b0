import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { settingsJson } from "../training/settings/config";
import { mnist250 } from "../training/settings/presets";
import { settingNames, SETTINGS, type SettingName } from "../training/settings/settings";
import type { Setting } from "../training/settings/setting";

/** `--sub-batch-count` for `subBatchCount`. */
export function optionOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Settings that a command has options for: names are arguments, and some settings only presets set.
 *
 * @param except Settings for which the command has another option, such as `--splits` for `split`.
 */
export function optionSettings(except: readonly string[]): SettingName[] {
  const isOption = (name: SettingName) => {
    const { role, presetOnly }: Setting = SETTINGS[name];
    return role !== "name" && !presetOnly && !except.includes(name);
  };
  return settingNames().filter(isOption);
}

/** Adds an option for each of {@link optionSettings}, and `--data-set`. */
export function addSettingOptions(command: CommandUnknownOpts, except: readonly string[]): void {
  command.optionsGroup("Settings, which replace the preset's (default: that of mnist-250):");
  const presetValues = settingsJson(mnist250);
  for (const name of optionSettings(except)) {
    const { description, expected } = SETTINGS[name];
    const value = presetValues[name];
    const preset = value === undefined ? "" : ` (default: ${value as string | number | boolean})`;
    command.option(`${optionOf(name)} <value>`, `${description}: ${expected}${preset}`);
  }
  command.option(
    "--data-set <name>",
    "with --data: name of another data set in MNIST's format, such as fashion-mnist",
  );
}

/** Settings among a command's options, as text. */
export function givenSettings(
  options: Readonly<Record<string, unknown>>,
  except: readonly string[],
): Record<string, string> {
  const names = optionSettings(except).filter((name) => options[name] !== undefined);
  const given = Object.fromEntries(names.map((name) => [name, String(options[name])]));
  return options.dataSet === undefined ? given : { ...given, dataset: options.dataSet as string };
}
