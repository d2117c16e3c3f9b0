/**
 * Lines of cells as text in columns, two spaces between them.
 *
 * @param lines Of as many cells each.
 * @param isNumber Of each column, whether it is set to the right.
 */
export function alignedText(
  lines: readonly (readonly string[])[],
  isNumber: readonly boolean[],
): string {
  const widths = isNumber.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const text = lines.map((line) =>
    line
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  return `${text.join("\n")}\n`;
}

/** Lines of cells as CSV (RFC 4180). */
export function csvText(lines: readonly (readonly string[])[]): string {
  return lines.map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
