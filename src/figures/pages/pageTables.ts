import { MEASURES, type Measure } from "../../metrics/collapse/catalogue";
import { rounded } from "../../results/numberText";
import { mean, sampleStd } from "../../statistics/summary";
import type { TrainMeasures } from "../../training/evaluation/outputs";
import { settingsJson } from "../../training/settings/config";
import type { RunRecord } from "../../runs/record";
import type { EpochRecord } from "../../training/train";
import { escapeHtml, tableHtml, wide } from "./html";
import { drawnGroups } from "../drawnGroups";
import { spreadText } from "./resultTables";
import { epochValueOf } from "../../results/epochValue";

/** A column of the table of runs. */
interface Column {
  readonly title: string;
  readonly cell: (record: RunRecord, last: Pick<EpochRecord, "train" | "test">) => string;
}

/** The measures that have curves. */
const DRAWN = (MEASURES as readonly Measure[]).filter(({ curve }) => curve !== undefined);

function shortTitle({ title, curve }: Measure): string {
  const [short] = title.split(",");
  return curve?.percent ? `${short} (%)` : short;
}

const COLUMNS: readonly Column[] = [
  { title: "split", cell: ({ config }) => String(config.split) },
  { title: "epochs", cell: ({ config, epochs }) => epochsDone(epochs.length, config.epochs) },
  { title: "test accuracy (%)", cell: (_, { test }) => fixed(test && 100 * test.accuracy, 2) },
  ...DRAWN.map((measure): Column => {
    const { name, curve } = measure;
    const cell: Column["cell"] = (_, { train }) =>
      known(train?.[name as keyof TrainMeasures], curve?.percent ? 100 : 1);
    return { title: shortTitle(measure), cell };
  }),
  { title: "terminal phase from", cell: ({ terminalPhaseEpoch: epoch }) => String(epoch ?? "-") },
];

const fixed = (value: number | undefined, digits: number) => value?.toFixed(digits) ?? "-";
const epochsDone = (done: number, all: number) => (done === all ? `${all}` : `${done} of ${all}`);
const known = (value: number | null | undefined, factor: number) =>
  typeof value === "number" ? rounded(factor * value) : "-";

/**
 * A table of the measures of the test images after the last epoch as HTML, a row a regularizer: mean
 * and sample standard deviation over its runs. Empty if no run has one.
 */
export function testMeasureTable(records: readonly RunRecord[]): string {
  const groups = drawnGroups(records);
  const columns = DRAWN.map((measure) => {
    const valueOf = epochValueOf(measure.name, "test", measure.curve?.percent ? 100 : 1);
    return {
      title: shortTitle(measure),
      cells: groups.map(({ runs }) => {
        const values = runs.map(({ epochs }) => epochs.length > 0 && valueOf(epochs.at(-1)!));
        if (!values.every((value) => typeof value === "number")) return "-";
        return spreadText({ mean: mean(values), sampleStd: sampleStd(values) }, rounded);
      }),
    };
  }).filter(({ cells }) => cells.some((cell) => cell !== "-"));
  if (columns.length === 0) return "";
  const titles = ["regularizer", "n", ...columns.map(({ title }) => title)];
  const rows = groups.map(({ label, runs }, i) => [
    label,
    String(runs.length),
    ...columns.map(({ cells }) => cells[i]),
  ]);
  const caption = "mean \u00b1 sample standard deviation over the runs";
  return tableHtml("Measures of the test images", titles, rows, 1, caption);
}

/**
 * A table of runs as HTML, a row each: the measures of the last epoch that has them, "-" where none
 * does.
 */
export function runTable(records: readonly RunRecord[]): string {
  const rows = drawnGroups(records).flatMap(({ label, color, runs }) =>
    runs.map((record) => {
      const last = lastMeasures(record);
      const swatch = `<span class="swatch" style="background:${color}"></span>`;
      const cells = COLUMNS.map(({ cell }) => `<td>${escapeHtml(cell(record, last))}</td>`);
      return `<tr><td>${swatch}${escapeHtml(label)}</td>${cells.join("")}</tr>`;
    }),
  );
  const titles = ["regularizer", ...COLUMNS.map(({ title }) => title)];
  const head = titles.map((title) => `<th>${escapeHtml(title)}</th>`).join("");
  const body = `<tbody>${rows.join("\n")}</tbody>`;
  return wide("Runs", `<table><thead><tr>${head}</tr></thead>\n${body}</table>`);
}

/** An interrupted run need not have been measured at its last epoch. */
function lastMeasures({ epochs }: RunRecord): Pick<EpochRecord, "train" | "test"> {
  const last = [...epochs].reverse();
  return {
    train: last.find(({ train }) => train)?.train,
    test: last.find(({ test }) => test)?.test,
  };
}

/** The settings in which the runs differ, and those in which they agree, as HTML. */
export function settingLists(records: readonly RunRecord[]): string {
  const configs = records.map(settingsOf);
  const rows = Object.keys(configs[0]).map((name) => {
    const values = [...new Set(configs.map((config) => String(config[name])))];
    return {
      values,
      row:
        `<tr><td class="text">${name}</td><td class="text">` +
        `${escapeHtml(values.join(" · "))}</td></tr>`,
    };
  });
  const table = (all: typeof rows) =>
    wide("Settings", `<table>${all.map(({ row }) => row).join("\n")}</table>`);
  const differing = rows.filter(({ values }) => values.length > 1);
  const agreeing = rows.filter(({ values }) => values.length === 1);
  return [
    differing.length > 0
      ? `<details open><summary>Settings in which the runs differ</summary>${table(differing)}</details>`
      : "",
    `<details><summary>Settings in which the runs agree</summary>${table(agreeing)}</details>`,
  ].join("\n");
}

/** The config, and where the numbers come from. */
function settingsOf({ config, split, environment }: RunRecord): Record<string, unknown> {
  const { versions, backend, processor } = environment;
  return {
    ...settingsJson(config),
    "source of the split": split.source,
    backend,
    versions: `tdnc ${versions.tdnc}, tfjs ${versions.tfjs}, Node ${versions.node}`,
    processor,
  };
}
