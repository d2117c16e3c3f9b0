import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "..");

interface Cell {
  readonly cell_type: string;
  readonly source: string[];
}

/** Text of a page, or of a notebook's markdown cells, without code. */
function proseOf(file: string): string {
  const content = readFileSync(path.join(root, file), "utf8");
  const text = file.endsWith(".ipynb")
    ? (JSON.parse(content) as { cells: Cell[] }).cells
        .filter(({ cell_type }) => cell_type === "markdown")
        .map(({ source }) => source.join(""))
        .join("\n\n")
    : content;
  return text.replace(/^```[^]*?^```/gm, "");
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
  return [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replace(/ /g, "-"),
  );
}

describe("links within the repository", () => {
  const files = execFileSync("git", ["ls-files", "*.md", "*.ipynb"], {
    cwd: root,
    encoding: "utf8",
  })
    .trim()
    .split("\n");

  it("lead to files and headings that exist, in pages and notebooks", () => {
    const broken: string[] = [];
    let count = 0;
    for (const file of files)
      for (const [, link] of proseOf(file).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)) {
        const [target, anchor] = link.split("#");
        const page = target === "" ? file : path.join(path.dirname(file), target);
        count++;
        if (!existsSync(path.join(root, page))) broken.push(`${file}: no file ${link}`);
        else if (anchor !== undefined && !anchorsOf(page).includes(anchor))
          broken.push(`${file}: no heading ${link}`);
      }
    assert.deepEqual(broken, []);
    assert.ok(count > 100, `${count} links`);
  });
});
