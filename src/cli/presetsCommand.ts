import { Command } from "commander";
import { settingsJson, type ExperimentConfig } from "../experiment/config";
import { PRESETS, REGULARIZERS } from "../experiment/presets";
import { SETTINGS } from "../experiment/settings";

/** `tdnc presets`: what there is to start from. */
export function presetsCommand(): Command {
  return new Command("presets")
    .summary("show presets, regularizers and settings")
    .description("Shows the presets with all their settings, and what each regularizer changes.")
    .option("--json", "print JSON")
    .action(({ json }: { json?: boolean }) => {
      process.stdout.write(
        json ? `${JSON.stringify({ PRESETS, REGULARIZERS }, undefined, 2)}\n` : text(),
      );
    });
}

function text(): string {
  const values = (settings: Partial<ExperimentConfig>) => Object.entries(settingsJson(settings));
  const presets = Object.entries(PRESETS).map(([name, { about, config }]) => {
    const lines = values(config).map(
      ([setting, value]) =>
        `  ${setting.padEnd(18)} ${String(value).padEnd(18)} ` +
        SETTINGS[setting as keyof typeof SETTINGS].description,
    );
    return [`${name}: ${about}`, ...lines].join("\n");
  });
  const regularizers = Object.entries(REGULARIZERS).map(([name, { about, difference }]) =>
    [
      `${name}: ${about}`,
      ...values(difference).map(([setting, value]) => `  ${setting.padEnd(18)} ${value}`),
    ].join("\n"),
  );
  return `Presets\n\n${presets.join("\n\n")}\n\nRegularizers\n\n${regularizers.join("\n\n")}\n`;
}
