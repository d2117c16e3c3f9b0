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
 */
export function tableHtml(
  label: string,
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  textColumns: number,
): string {
  const cell = (tag: "th" | "td") => (text: string, column: number) =>
    `<${tag}${column < textColumns ? ' class="text"' : ""}>${escapeHtml(text)}</${tag}>`;
  const rows = cells.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`);
  const head = `<thead><tr>${titles.map(cell("th")).join("")}</tr></thead>`;
  return wide(label, `<table>${head}\n<tbody>${rows.join("\n")}</tbody></table>`);
}

/** A table's place on a page, which scrolls sideways. */
export function wide(label: string, table: string): string {
  return `<div class="wide" role="region" aria-label="${escapeHtml(label)}" tabindex="0">${table}</div>`;
}
