import { createHash } from "node:crypto";
import { settingsJson, type ExperimentConfig } from "../../training/settings/config";

/** A file name can have 255 bytes on most systems. */
const LONGEST = 120;

/**
 * Name of a folder for settings, `beta=0.5,metric=L1`, of letters, digits and `=,._+-`; "" for
 * none. A schedule loses its parentheses: `linear(0, 0.1)` becomes `linear-0-0.1`. If that is
 * ambiguous or long, eight digits of a hash of the settings follow.
 */
export function gridFolder(settings: Partial<ExperimentConfig>): string {
  const entries = Object.entries(settingsJson(settings)).map(([name, value]) => {
    return [name, String(value)] as const;
  });
  const name = entries.map(([setting, value]) => `${setting}=${fileName(value)}`).join(",");
  const isAmbiguous = entries.some(([, value]) => value.split("(").length > 2);
  if (!isAmbiguous && name.length <= LONGEST) return name;
  const hash = createHash("sha256").update(JSON.stringify(entries)).digest("hex");
  return `${name.slice(0, LONGEST)}-${hash.slice(0, 8)}`;
}

function fileName(value: string): string {
  const [, number] = /^constant\(([^()]*)\)$/.exec(value) ?? [];
  return (number ?? value).replace(/\)+$/, "").replace(/[^\w.+-]+/g, "-");
}
