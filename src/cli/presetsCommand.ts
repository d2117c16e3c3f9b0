import { Argument, Command } from "@commander-js/extra-typings";
import { settingsJson, type ExperimentConfig } from "../training/settings/config";
import {
  mnist250,
  PRESET_NAMES,
  PRESETS,
  regularizersFor,
  type PresetName,
} from "../training/settings/presets";
import { SETTINGS } from "../training/settings/settings";

/** `tdnc presets`: the experiments to start from. */
export function presetsCommand() {
  return new Command("presets")
    .summary("show presets, regularizers and settings")
    .description(
      "Shows one preset, or all of them, with their settings, and what each regularizer changes.",
    )
    .addArgument(
      new Argument("[preset]", "the preset to show (default: all)").choices(PRESET_NAMES),
    )
    .option("--json", "print JSON: the presets, and the regularizers of each")
    .addHelpText("after", "\nExample:\n  $ tdnc presets svhn-250")
    .action((name, { json }) => {
      const names = name === undefined ? PRESET_NAMES : [name];
      process.stdout.write(
        json ? `${JSON.stringify(presetsJson(names), undefined, 2)}\n` : text(names),
      );
    });
}

function presetsJson(names: readonly PresetName[]): object {
  const of = <T>(value: (name: PresetName) => T) =>
    Object.fromEntries(names.map((name) => [name, value(name)]));
  return {
    PRESETS: of((name) => PRESETS[name]),
    REGULARIZERS: of((name) => regularizersFor(PRESETS[name].config)),
  };
}

function text(names: readonly PresetName[]): string {
  const presets = names.map((name) => {
    const { about, config } = PRESETS[name];
    const lines = values(config).map(
      ([setting, value]) =>
        `  ${setting.padEnd(18)} ${String(value).padEnd(18)} ` +
        SETTINGS[setting as keyof typeof SETTINGS].description,
    );
    return [`${name}: ${about}`, ...lines].join("\n");
  });
  const { config } = names.length > 1 ? { config: mnist250 } : PRESETS[names[0]];
  const heading =
    names.length > 1
      ? "Regularizers, with beta for MNIST; other presets have their own beta (tdnc presets svhn-250)"
      : "Regularizers";
  const regularizers = Object.entries(regularizersFor(config)).map(([own, { about, difference }]) =>
    [
      `${own}: ${about}`,
      ...values(difference).map(([setting, value]) => `  ${setting.padEnd(18)} ${String(value)}`),
    ].join("\n"),
  );
  return `Presets\n\n${presets.join("\n\n")}\n\n${heading}\n\n${regularizers.join("\n\n")}\n`;
}

const values = (settings: Partial<ExperimentConfig>) => Object.entries(settingsJson(settings));
