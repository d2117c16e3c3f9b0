import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { SETTINGS } from "../training/settings/settings";

/** `--sub-batch-count` for `subBatchCount`. */
export function optionOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Gives a command an option for every setting but those of `except`. */
export function addSettingOptions(command: CommandUnknownOpts, except: readonly string[]): void {
  for (const [name, { description, expected }] of Object.entries(SETTINGS))
    if (!except.includes(name))
      command.option(`${optionOf(name)} <value>`, `${description}: ${expected}`);
}

/** The settings among a command's options, as text. */
export function givenSettings(
  options: Readonly<Record<string, unknown>>,
  except: readonly string[],
): Record<string, string> {
  const names = Object.keys(SETTINGS).filter(
    (name) => !except.includes(name) && options[name] !== undefined,
  );
  return Object.fromEntries(names.map((name) => [name, String(options[name])]));
}
