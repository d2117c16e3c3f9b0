import type { RunRecord } from "../runs/record";
import { settingsJson } from "../training/settings/config";
import { presetJson } from "../training/settings/presets";
import { settingNames } from "../training/settings/settings";
import { withoutCopies } from "./runCopies";

/** Runs that belong together: a row of a table, a line of a figure, a candidate of a choice. */
export interface RunGroup {
  /** Unique name of the group among the others. */
  readonly label: string;
  readonly preset: string;
  readonly regularizer: string;
  /**
   * Values of the settings in which the groups differ, without differences that follow from preset
   * and regularizer.
   */
  readonly settings: Readonly<Record<string, string>>;
  /** At least one run, each once. */
  readonly runs: readonly RunRecord[];
}

/** Everything that the runs of a group share, as text. */
type Traits = Readonly<Record<string, string>>;

/** Runs and their shared traits. */
interface Members {
  readonly traits: Traits;
  readonly runs: RunRecord[];
}

/**
 * Groups of runs, in the order of their first runs. Runs belong together if they differ only in
 * their draws (split, split seed, seed), in recording, and in bookkeeping: preset, regularizer,
 * every setting that decides numbers, the source of the split and the backend are equal. A run that
 * was recorded twice counts once.
 *
 * The roles in the table of settings define these kinds.
 */
export function groupRuns(records: readonly RunRecord[]): RunGroup[] {
  const members = new Map<string, Members>();
  for (const record of withoutCopies(records)) {
    const traits = traitsOf(record);
    const key = JSON.stringify(traits);
    const { runs } = members.get(key) ?? members.set(key, { traits, runs: [] }).get(key)!;
    runs.push(record);
  }
  const all = [...members.values()];
  const every = all.map(({ traits }) => traits);
  const shown = shownTraits(every);
  return all.map(({ traits, runs }) => ({
    label: labelOf(traits, every),
    preset: traits.preset,
    regularizer: traits.regularizer,
    settings: picked(traits, shown),
    runs,
  }));
}

/** Groups of the complete runs; other runs have no results. */
export function completeGroups(records: readonly RunRecord[]): RunGroup[] {
  return groupRuns(records.filter(({ status }) => status === "complete"));
}

/** Description of a figure's data: "MNIST-250, n = 10 runs each". */
export function dataDescription(groups: readonly RunGroup[]): string {
  const sets = groups.flatMap(({ runs }) =>
    runs.map(({ config }) => `${config.dataset.toUpperCase()}-${config.labelCount}`),
  );
  const counts = groups.map(({ runs }) => runs.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const n = least === most ? `${most}` : `${least} to ${most}`;
  return `${[...new Set(sets)].join(", ")}, n = ${n} run${most === 1 ? "" : "s"} each`;
}

const SOURCE = "split source";
const BACKEND = "backend";
/** Traits that can distinguish groups of one preset and regularizer. */
const COMPARED: readonly string[] = [...settingNames("numbers"), SOURCE, BACKEND];

function traitsOf({ config, split, environment }: RunRecord): Traits {
  const json = settingsJson(config);
  const settings = settingNames("name", "numbers").map((name) => [name, String(json[name])]);
  return {
    ...(Object.fromEntries(settings) as Traits),
    [SOURCE]: split.source,
    [BACKEND]: environment.backend,
  };
}

const picked = (traits: Traits, names: readonly string[]): Traits =>
  Object.fromEntries(names.map((name) => [name, traits[name]]));

const isVarying = (values: readonly unknown[]) => new Set(values).size > 1;

/** Traits that differ among groups beyond their presets and regularizers. */
function shownTraits(groups: readonly Traits[]): string[] {
  const own = groups.map(ownValues);
  return COMPARED.filter((name) => {
    const values = groups.map((traits) => traits[name]);
    const changes = values.map((value, i) => value !== own[i][name] && value);
    return isVarying(values) && isVarying(changes);
  });
}

/** Values of settings in a preset with a regularizer; empty if these are unknown. */
function ownValues({ preset, regularizer }: Traits): Traits {
  const json = Object.entries(presetJson(preset, regularizer));
  return Object.fromEntries(json.map(([name, value]) => [name, String(value)]));
}

/**
 * Label: the preset if there are several, the regularizer, and the settings that distinguish the
 * group.
 */
function labelOf(own: Traits, groups: readonly Traits[]): string {
  const { preset, regularizer } = own;
  const name = isVarying(groups.map((other) => other.preset)) ? `${preset} ` : "";
  const alike = groups.filter(
    (other) => other.preset === preset && other.regularizer === regularizer,
  );
  const differing = COMPARED.filter((trait) => isVarying(alike.map((other) => other[trait])));
  const values = differing.map((trait) => `${trait} ${own[trait]}`);
  return [`${name}${regularizer}`, ...values].join(", ");
}
