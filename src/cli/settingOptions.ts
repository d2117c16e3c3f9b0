import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { settingNames, SETTINGS, type SettingName } from "../training/settings/settings";
import type { Setting } from "../training/settings/setting";

/** `--sub-batch-count` for `subBatchCount`. */
export function optionOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * The settings that a command has options for: names are arguments, and some settings only presets
 * set.
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

/** Gives a command an option for each of {@link optionSettings}, and `--data-set`. */
export function addSettingOptions(command: CommandUnknownOpts, except: readonly string[]): void {
  for (const name of optionSettings(except)) {
    const { description, expected } = SETTINGS[name];
    command.option(`${optionOf(name)} <value>`, `${description}: ${expected}`);
  }
  command.option(
    "--data-set <name>",
    "with --data: what its files hold in place of MNIST, in the same format, such as fashion-mnist",
  );
}

/** The settings among a command's options, as text. */
export function givenSettings(
  options: Readonly<Record<string, unknown>>,
  except: readonly string[],
): Record<string, string> {
  const names = optionSettings(except).filter((name) => options[name] !== undefined);
  const given = Object.fromEntries(names.map((name) => [name, String(options[name])]));
  return options.dataSet === undefined ? given : { ...given, dataset: options.dataSet as string };
}
