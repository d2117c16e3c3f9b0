import type { RunRecord } from "../experiment/record";
import { regularizerColors } from "./look";

/** Text as HTML. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}

/**
 * An HTML table of runs, a row each: the measures of the last epoch that has them, "-" where none
 * does. Equinorm and equiangularity are those of the class means.
 *
 * @param labels The name of each run's regulariser, which gives its colour too.
 */
export function runTable(records: readonly RunRecord[], labels: readonly string[]): string {
  const colors = regularizerColors(labels);
  const heads = [
    ...["regulariser", "split", "epochs", "test accuracy (%)", "NC1", "equinorm"],
    ...["equiangularity", "self-duality", "terminal phase epoch"],
  ];
  const rows = records.map((record, i) => {
    const swatch = `<span class="swatch" style="background:${colors.get(labels[i])}"></span>`;
    const cells = runCells(record).map((text) => `<td>${escapeHtml(text)}</td>`);
    return `<tr><td>${swatch}${escapeHtml(labels[i])}</td>${cells.join("")}</tr>`;
  });
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join("");
  return `<div class="wide"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>`;
}

function runCells({ config, epochs, terminalPhaseEpoch }: RunRecord): string[] {
  const train = epochs.findLast((epoch) => epoch.train)?.train;
  const test = epochs.findLast((epoch) => epoch.test)?.test;
  const done = epochs.length === config.epochs ? "" : ` of ${config.epochs}`;
  return [
    `${config.split}`,
    `${epochs.length}${done}`,
    test ? (100 * test.accuracy).toFixed(2) : "-",
    measure(train?.withinClassVariability),
    measure(train?.meansEquinorm),
    measure(train?.meansEquiangularity),
    measure(train?.selfDuality),
    terminalPhaseEpoch === null ? "-" : `${terminalPhaseEpoch}`,
  ];
}

/** Three significant digits. */
function measure(value: number | null | undefined): string {
  if (value === null || value === undefined) return "-";
  return Math.abs(value) < 1e-3 && value !== 0 ? value.toExponential(2) : value.toPrecision(3);
}

/**
 * The settings of runs as HTML: those in which they differ, a column a different config, and, folded,
 * those in which they agree; with what computed them.
 */
export function settingLists(records: readonly RunRecord[], labels: readonly string[]): string {
  const columns = records.map(settingTexts);
  const names = Object.keys(columns[0]);
  const agrees = (name: string) => columns.every((column) => column[name] === columns[0][name]);
  const differing = names.filter((name) => !agrees(name));
  const same = names
    .filter(agrees)
    .map((name) => `<tr><td>${name}</td>${cell(columns[0][name])}</tr>`);
  const title = (count: number, what: string) =>
    `<summary>${count} setting${count === 1 ? "" : "s"} in which the runs ${what}</summary>`;
  const rows = differing.map(
    (name) => `<tr><td>${name}</td>${columns.map((column) => cell(column[name])).join("")}</tr>`,
  );
  const head = labels.map((label) => `<th class="text">${escapeHtml(label)}</th>`).join("");
  const table = `<div class="wide"><table><tr><th></th>${head}</tr>${rows.join("")}</table></div>`;
  const differ = `<details open>${title(differing.length, "differ")}${table}</details>`;
  return `${differing.length > 0 ? differ : ""}
<details>${title(same.length, "agree")}<div class="wide"><table>${same.join("")}</table></div></details>`;
}

/** The config as text, and where the numbers come from. */
function settingTexts({ config, split, environment }: RunRecord): Record<string, string> {
  const settings = JSON.parse(JSON.stringify(config)) as Record<string, unknown>;
  const texts = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  const { versions, backend, processor } = environment;
  return {
    ...(Object.fromEntries(texts) as Record<string, string>),
    "source of the split": split.source,
    "rows of the split (SHA-256)": split.rowsHash.slice(0, 12),
    backend,
    versions: `tdnc ${versions.tdnc}, tfjs ${versions.tfjs}, Node ${versions.node}`,
    processor,
  };
}

const cell = (text: string) => `<td class="text">${escapeHtml(text)}</td>`;
