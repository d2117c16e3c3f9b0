import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const INDEX = path.resolve("src/index.ts");
const text = readFileSync(INDEX, "utf8");

/** The code of a notebook's cells. */
function codeOf(file: string): string {
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
  };
  return cells
    .filter(({ cell_type: kind }) => kind === "code")
    .map(({ source }) => source.join(""))
    .join("\n");
}

describe("src/index.ts", () => {
  it("lists every name explicitly, in groups that each begin with a sentence", () => {
    assert.doesNotMatch(text, /export \*/);
    const groups = text.split("\n\n").slice(1);
    assert.ok(groups.length > 10);
    for (const group of groups) assert.match(group, /^\/\/ [A-Z][^\n]*\.\n(?:\/\/[^\n]*\n)*export/);
  });

  it("exports only names that have a docstring", function () {
    this.timeout(60_000);
    const { config } = ts.readConfigFile("tsconfig.json", (file) => ts.sys.readFile(file)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
    const program = ts.createProgram([INDEX], { ...options, noEmit: true });
    const checker = program.getTypeChecker();
    const module = checker.getSymbolAtLocation(program.getSourceFile(INDEX)!)!;
    const names = checker.getExportsOfModule(module);
    assert.ok(names.length > 200);
    const undocumented = names.filter((name) => {
      const symbol = checker.getAliasedSymbol(name);
      return symbol.getDocumentationComment(checker).length === 0;
    });
    assert.deepEqual(
      undocumented.map(({ name }) => name),
      [],
    );
  });

  it("is all that notebooks import from the project", () => {
    for (const name of readdirSync("notebooks").filter((file) => file.endsWith(".ipynb"))) {
      const code = codeOf(path.join("notebooks", name));
      const imported = [...code.matchAll(/from "(\.[^"]*)"/g)].map(([, from]) => from);
      assert.deepEqual([...new Set(imported)], ["../dist"], name);
    }
  });

  it("is all that the examples of the documentation import from the project", () => {
    const texts = ["environment.md", "src/training/README.md"].map((file) =>
      readFileSync(file, "utf8"),
    );
    const imported = [...texts.join("").matchAll(/from "(\.[^"]*)"/g)].map(([, from]) => from);
    assert.deepEqual([...new Set(imported)].sort(), ["../dist", "./dist/index.js"]);
  });
});
