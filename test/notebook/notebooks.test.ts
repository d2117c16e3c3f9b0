import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { publishedMnist250 } from "../../src/figures/resultFigures";
import { findJupyter } from "../../src/notebook/jupyter";
import { notebookParameters, readNotebook } from "../../src/notebook/parameters";
import { findRecords } from "../../src/runs/findRecords";
import { layerComparisons } from "../../src/results/layerComparisons";
import { complaints, outputs, PLOTLY, prose, readCells, shown, text, type Cell } from "./cells";
import { needs } from "./present";
import { shortRun } from "./shortRun";

const FOLDER = path.resolve("notebooks");
const IMPORT = 'import * as tdnc from "../dist";';
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".ipynb"))
  .sort();

const file = (name: string) => path.join(FOLDER, name);
const read = (name: string) => readCells(file(name));
const isCode = ({ cell_type }: Cell) => cell_type === "code";
const isFigure = ({ data }: { data?: Record<string, unknown> }) => data?.[PLOTLY] !== undefined;
const lineCount = (code: string) => code.split("\n").filter((line) => line.trim() !== "").length;

/** All parts of a cell's code. */
function nodes(code: string): ts.Node[] {
  const source = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  const below = (node: ts.Node): ts.Node[] => [node, ...node.getChildren().flatMap(below)];
  return below(source);
}

describe("the notebooks", () => {
  for (const name of names)
    describe(name, () => {
      const cells = read(name);
      const codes = cells.filter(isCode).map(({ source }) => text(source));

      it("the title is a question", () => {
        assert.match(prose(cells)[0], /^# .*[?:]/);
        assert.equal(cells[0].cell_type, "markdown");
      });

      it("the code has 150 lines at most, a cell 15, and a function 10", () => {
        const counts = codes.map(lineCount);
        assert(Math.max(...counts) <= 15, `a cell has ${Math.max(...counts)} lines`);
        const all = counts.reduce((sum, count) => sum + count, 0);
        assert(all <= 150, `${all} lines`);
        for (const node of codes.flatMap(nodes))
          if (ts.isFunctionLike(node)) assert(lineCount(node.getText()) <= 10, node.getText());
      });

      it("the code has no any and imports the index alone, in one line", () => {
        const all = codes.flatMap(nodes);
        assert(!all.some(({ kind }) => kind === ts.SyntaxKind.AnyKeyword));
        const imports = all.filter(ts.isImportDeclaration).map((node) => node.getText());
        assert.deepEqual(imports, [IMPORT]);
        assert(!codes.some((code) => /\brequire\(|process\.env/.test(code)));
      });

      it("one cell is tagged parameters, and the command finds its parameters", () => {
        const tagged = cells.filter(({ metadata }) => metadata?.tags?.includes("parameters"));
        assert.equal(tagged.length, 1);
        const declared = text(tagged[0].source).match(/^let /gm);
        assert.equal(notebookParameters(readNotebook(file(name))).length, declared?.length);
      });

      it("the file has outputs without an error or a warning and is below 1.0 MB", () => {
        assert(outputs(cells).length > 0, "it was executed");
        assert.deepEqual(complaints(cells), []);
        assert(statSync(file(name)).size < 1e6);
      });

      it("the notebook has figures, each with one PNG for viewers without scripts", () => {
        const figures = outputs(cells).filter(isFigure);
        assert(figures.length > 0);
        for (const { data } of figures) {
          assert(text(data?.["image/png"]).startsWith("iVBORw0KGgo"));
          assert.equal(data?.["text/html"], undefined);
        }
        const whole = readFileSync(file(name), "utf8");
        assert(!whole.includes("<img"));
      });

      it("percentages in the text are in the outputs or published", () => {
        const published = Object.values(publishedMnist250).map(({ mean }) => mean.toFixed(2));
        const told = prose(cells).flatMap((part) =>
          [...part.matchAll(/(\d\d\.\d\d) (?=%|percent)/g)].map(([, number]) => number),
        );
        const seen = shown(cells);
        for (const number of told)
          assert(seen.includes(number) || published.includes(number), `${number} % was shown`);
      });
    });
});

describe("the notebooks with short parameters", function () {
  this.timeout(600000);

  for (const name of names)
    it(`${name} runs in the real kernel with the committed cells and as many figures`, async function () {
      const python = needs(this, findJupyter(), "Jupyter with nbconvert");
      const executed = await shortRun(python, file(name));
      const committed = read(name);
      assert.deepEqual(complaints(executed), []);
      const sources = (cells: Cell[]) =>
        cells
          .filter(({ metadata }) => !metadata?.tags?.includes("injected-parameters"))
          .map(({ cell_type, source }) => [cell_type, text(source)]);
      assert.deepEqual(sources(executed), sources(committed));
      const figures = (of: Cell[]) => outputs(of).filter(isFigure).length;
      // A figure of data that is not part of the project may be missing.
      assert(figures(executed) >= figures(committed) - (name.startsWith("07-") ? 1 : 0));
    });
});

describe("the notebook 01-quickstart", () => {
  it("the toy's death times and loss are those that the text computes by hand", () => {
    const seen = shown(read("01-quickstart.ipynb"));
    assert.match(seen, /death times: 0\.50, 0\.80, 1\.20, 1\.30, 1\.50/);
    assert.match(seen, /at the start: loss 1\.70/);
  });
});

describe("the notebook 02-mnist-250", () => {
  it("the table shows the test accuracy of each run's record", async () => {
    const records = await findRecords(["data/records"]);
    const rows = [
      ...shown(read("02-mnist-250.ipynb")).matchAll(/^ *([a-z][\w-]*) +(\d+) +310 +(0\.\d+) +1 /gm),
    ];
    assert(rows.length >= 4);
    for (const [, regularizer, split, accuracy] of rows) {
      const run = records.find(
        ({ record: { config, status } }) =>
          status === "complete" &&
          config.preset === "mnist-250" &&
          config.regularizer === regularizer &&
          config.split === Number(split),
      );
      assert(run, `there is a record of ${regularizer}, split ${split}`);
      assert.equal(Number(accuracy), run.record.epochs.at(-1)?.test?.accuracy);
    }
  });
});

describe("the notebook 03-neural-collapse", () => {
  it("the toy examples have the values that the text derives by hand", () => {
    const rows = shown(read("03-neural-collapse.ipynb"))
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([name]) => ["collapsed", "spread", "skewed", "turned"].includes(name));
    const turned = (2 * Math.sin(Math.PI / 8)).toFixed(3);
    assert.deepEqual(rows, [
      ["collapsed", "0.000", "0.000", "0.000", "0.000", "0.000", "0.000"],
      ["spread", (1 / 6).toFixed(3), "0.000", "0.000", "0.000", "0.000", "0.000"],
      // Lengths 2, sqrt(2), sqrt(2); cosines -sqrt(1/2) twice, and 0.
      ["skewed", "0.000", "0.172", (1 / 3).toFixed(3), "0.305", "0.000", "0.000"],
      ["turned", "0.167", "0.000", "0.000", "0.000", turned, "0.250"],
    ]);
  });
});

describe("the notebook 06-collapse-too-early", () => {
  it("each regularizer is listed either with its full runs or as missing", () => {
    const seen = shown(read("06-collapse-too-early.ipynb"));
    const there = /There are full runs of (.*)/.exec(seen)?.[1].split(".")[0] ?? "";
    const missing = /Not computed yet: (.*?)\./.exec(seen)?.[1] ?? "";
    for (const name of ["sliding", "weight-only", "beta-only", "collapse-at-once", "hinge"]) {
      const listed = [there.includes(`\`${name}\` (n = `), missing.includes(`\`${name}\``)];
      assert.equal(listed.filter(Boolean).length, 1, `${name} is there or missing`);
    }
    assert.match(seen, /After \d+ epochs \(n = 1 run each, no standard deviation\)/);
  });
});

describe("the notebook 10-layers", () => {
  it("NC1 of each block and its ratio to vanilla are those of the records", async () => {
    const records = (await findRecords(["data/studies/layers"])).map(({ record }) => record);
    const seen = shown(read("10-layers.ipynb"));
    const rows = layerComparisons(records, "covarianceTraceRatio");
    assert(rows.length >= 4);
    const digits = (value: number) => String(Number(value.toPrecision(3)));
    for (const { layer, value, baseline, change } of rows) {
      const numbers = `(${digits(value)} against ${digits(baseline)}, ratio ${digits(change)})`;
      const told = ["further", "less", "mixed"].map((verdict) => `${layer} ${verdict} ${numbers}`);
      assert(
        told.some((words) => seen.includes(words)),
        told[0],
      );
    }
  });
});
