import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { layerComparisons } from "../../src/results/layerComparisons";
import { findRecords } from "../../src/runs/findRecords";
import { publishedMnist250 } from "../../src/figures/resultFigures";
import { findJupyter } from "../../src/notebook/jupyter";
import { complaints, outputs, PLOTLY, prose, readCells, text, type Cell } from "./cells";
import { needs } from "./present";
import { shortRun } from "./shortRun";

const FOLDER = path.resolve("notebooks");
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".ipynb"))
  .sort();

const read = (name: string) => readCells(path.join(FOLDER, name));

/** Text that a reader sees below the cells: lines, sentences and tables, without texts of figures. */
function shown(cells: Cell[]): string {
  return outputs(cells)
    .filter(({ data }) => data?.[PLOTLY] === undefined)
    .map(({ text: lines, data }) => [lines, data?.["text/markdown"], data?.["text/html"]].map(text))
    .map((forms) => forms.join("\n").replace(/<[^>]*>/g, " "))
    .join("\n");
}

describe("the notebooks", () => {
  for (const name of names)
    describe(name, () => {
      const cells = read(name);

      it("the title is a question", () => {
        assert.match(prose(cells)[0], /^# .*[?:]/);
        assert.equal(cells[0].cell_type, "markdown");
      });

      it("the file has outputs without an error or a warning and is below 1.5 MB", () => {
        assert(outputs(cells).length > 0, "it was executed");
        assert.deepEqual(complaints(cells), []);
        assert(statSync(path.join(FOLDER, name)).size < 1.5e6);
      });

      it("the notebook has figures, each with a PNG for viewers without scripts", () => {
        const figures = outputs(cells).filter(({ data }) => data?.[PLOTLY] !== undefined);
        assert(figures.length > 0);
        for (const { data } of figures) assert(text(data?.["image/png"]).startsWith("iVBORw0KGgo"));
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

describe("the notebooks with the short setting", function () {
  this.timeout(600000);

  // 01-quickstart has a test of its own.
  for (const name of names.filter((name) => !name.startsWith("01-")))
    it(`${name} runs in the real kernel without an error`, async function () {
      const python = needs(this, findJupyter(), "Jupyter with nbconvert");
      const cells = await shortRun(python, path.join(FOLDER, name));
      assert.deepEqual(complaints(cells), []);
      const figures = (of: Cell[]) => outputs(of).filter(({ data }) => data?.[PLOTLY]).length;
      assert(figures(cells) >= figures(read(name)));
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
      const told = [
        `${layer} further ${numbers}`,
        `${layer} less ${numbers}`,
        `${layer} mixed ${numbers}`,
      ];
      assert(
        told.some((text) => seen.includes(text)),
        told[0],
      );
    }
  });
});
