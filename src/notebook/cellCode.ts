import { createRequire } from "node:module";
import type { Node } from "typescript";

/**
 * The code of a cell, as JavaScript, with calls that let an interrupt stop it: `await x` becomes
 * `await __tslab__.wait(x)`, `for await (... of x)` takes `__tslab__.each(x)`, and timers are set
 * with `__tslab__.timer(setTimeout)(...)`. Every statement keeps its line.
 */
export function interruptible(code: string): string {
  if (!/\bawait\b|\bset(Timeout|Interval|Immediate)\b/.test(code)) return code;
  const ts = typescriptOfTslab();
  const file = ts.createSourceFile(
    "cell.js",
    code,
    ts.ScriptTarget.Latest,
    false,
    ts.ScriptKind.JS,
  );
  const inserted: { readonly at: number; readonly text: string }[] = [];
  const around = (node: Node, name: string) =>
    inserted.push(
      { at: node.getStart(file), text: `__tslab__.${name}(` },
      { at: node.getEnd(), text: ")" },
    );
  const visit = (node: Node): void => {
    if (ts.isAwaitExpression(node)) around(node.expression, "wait");
    else if (ts.isForOfStatement(node) && node.awaitModifier) around(node.expression, "each");
    else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
      if (/^set(Timeout|Interval|Immediate)$/.test(node.expression.text))
        around(node.expression, "timer");
    ts.forEachChild(node, visit);
  };
  visit(file);
  // The outer call was inserted first, and opens first.
  inserted.sort((a, b) => a.at - b.at);
  let result = "";
  let end = 0;
  for (const { at, text } of inserted) {
    result += code.slice(end, at) + text;
    end = at;
  }
  return result + code.slice(end);
}

/** The TypeScript that compiles the cells. */
function typescriptOfTslab(): typeof import("typescript") {
  const load = createRequire(require.resolve("tslab/package.json"));
  return load("@tslab/typescript-for-tslab") as typeof import("typescript");
}

/** A cell that was executed: its number, what the user wrote, and what was compiled from it. */
export interface ExecutedCell {
  readonly count: number;
  readonly source: string;
  readonly compiled: string;
}

/** Name of a cell's code in stacks. */
export const cellFile = (count: number) => `cell-${count}`;

/**
 * Lines of an error's stack that a user of notebooks can act on, such as `at f (cell 3, line 2)`:
 * without those of Node, of tslab and of packages.
 *
 * @param stack `error.stack`.
 * @param cells The cells by the name of their code.
 */
export function userFrames(stack: string, cells: ReadonlyMap<string, ExecutedCell>): string[] {
  return stack.split("\n").flatMap((line) => {
    const [, name, file, row] =
      /^\s+at (?:(.*) \()?(?:file:\/\/)?(.+?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (file === undefined) return [];
    const cell = cells.get(file);
    if (cell === undefined ? !isUserFile(file) : isWrapper(cell, Number(row))) return [];
    const place = cell === undefined ? `${file}:${row}` : placeIn(cell, Number(row));
    const isNamed = name !== undefined && name !== "eval" && !name.endsWith("<anonymous>");
    return [isNamed ? `    at ${name} (${place})` : `    at ${place}`];
  });
}

const isUserFile = (file: string) =>
  !/^node:|node_modules|^evalmachine|^<anonymous>/.test(file) && !file.startsWith(__dirname);

/** tslab calls a cell's code below its last line. */
const isWrapper = ({ compiled }: ExecutedCell, row: number) => row > compiled.split("\n").length;

/** Compiled lines have no types and other line numbers: the line is the one that reads alike. */
function placeIn({ count, source, compiled }: ExecutedCell, row: number): string {
  const plain = (line = "") =>
    line.replace(/\(0, exports\.(\w+)\)|exports\.(\w+)/g, "$1$2").replace(/\s|;$/g, "");
  const wanted = plain(compiled.split("\n")[row - 1]);
  const lines = source.split("\n").flatMap((line, i) => (plain(line) === wanted ? [i + 1] : []));
  return lines.length === 1 ? `cell ${count}, line ${lines[0]}` : `cell ${count}`;
}
