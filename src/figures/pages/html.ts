const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

/** A script's text as an HTML page may hold it: nothing in its strings ends the element. */
export function inlineScript(text: string): string {
  return text.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "\\x3c!--");
}

/**
 * A table as HTML; wider than the page, it scrolls, with the keyboard too.
 *
 * @param label What the table is, for those who do not see it.
 * @param cells Rows of text, which is escaped.
 * @param textColumns How many columns, from the left, hold text and not numbers.
 * @param caption What is above the table.
 */
export function tableHtml(
  label: string,
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  textColumns: number,
  caption = "",
): string {
  const kind = (column: number) => (column < textColumns ? ' class="text"' : "");
  const cell = (text: string, column: number) =>
    // On a narrow screen each cell is a line of its own, after its title.
    `<td${kind(column)} data-title="${escapeHtml(titles[column])}">${escapeHtml(text)}</td>`;
  const rows = cells.map((row) => `<tr>${row.map(cell).join("")}</tr>`);
  const heads = titles.map((text, column) => `<th${kind(column)}>${escapeHtml(text)}</th>`);
  const head = `<thead><tr>${heads.join("")}</tr></thead>`;
  const above = caption === "" ? "" : `<caption>${escapeHtml(caption)}</caption>`;
  const body = `<tbody>${rows.join("\n")}</tbody>`;
  return wide(label, `<table class="rows">${above}${head}\n${body}</table>`);
}

/** A table's place on a page, which scrolls sideways. */
export function wide(label: string, table: string): string {
  return `<div class="wide" role="region" aria-label="${escapeHtml(label)}" tabindex="0">${table}</div>`;
}
