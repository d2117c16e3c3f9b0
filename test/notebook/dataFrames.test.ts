import assert from "node:assert/strict";
import path from "node:path";
import { DataFrame } from "danfojs-node";
import { loadDataFrames } from "../../src/notebook/dataFrames";
import { frameHtml, showFrame } from "../../src/notebook/showTable";

describe("loadDataFrames", () => {
  it("the frames have a row per run and a row per epoch and can be grouped by a setting", async () => {
    const { runs, epochs } = await loadDataFrames(path.join(__dirname, "../../data/records"));
    assert.ok(runs.shape[0] >= 3);
    const columns = runs.columns as string[];
    for (const name of ["regularizer", "beta", "setting.shape", "test.accuracy", "processor"])
      assert.ok(columns.includes(name), name);
    const done = runs.column("epochsDone").values as number[];
    assert.equal(
      epochs.shape[0],
      done.reduce((a, b) => a + b, 0),
    );
    const means = epochs.groupby(["regularizer"]).col(["loss"]).mean();
    assert.ok(means.shape[0] >= 3);
    assert.ok((means.column("loss_mean").values as number[]).every(Number.isFinite));
  });

  it("the frame of runs has the schedules as set, not their final values", async () => {
    const folder = path.join(__dirname, "../../data/records/mnist-250-sliding");
    const { runs, epochs } = await loadDataFrames(folder);
    const settings = ["topologicalWeight", "beta", "learningRate"];
    const once = settings.map((name) => [...new Set(runs.column(name).values as unknown[])]);
    assert.deepEqual(once, [["linear(0, 0.1)"], ["squareRootDecay(1.1)"], ["cosine(0.1, 0)"]]);
    assert.ok((epochs.column("beta").values as number[]).some((beta) => beta > 0 && beta < 1.1));
  });
});

describe("a DataFrame as a table", () => {
  const rows = [
    ["<sliding>", 0, 0.123456, "a"],
    ["vanilla", 12, NaN, "b"],
  ];
  const frame = new DataFrame(rows, { columns: ["regularizer", "split", "accuracy", "note"] });

  it("frameHtml has every cell, text at the left aligned left, and numbers with four digits", () => {
    const html = frameHtml(frame, "Runs");
    const texts = [...html.matchAll(/<t[hd]( [^>]*)?>([^<]*)</g)].map(
      ([, attributes = "", text]) =>
        attributes.includes("text-align: left") ? `${text} (left)` : text,
    );
    assert.deepEqual(texts, [
      "regularizer (left)",
      "split",
      "accuracy",
      "note",
      "&lt;sliding&gt; (left)",
      "0",
      "0.1235",
      "a",
      "vanilla (left)",
      "12",
      "–",
      "b",
    ]);
    assert.match(html, /aria-label="Runs"/);
  });

  it("showFrame outside a notebook cell throws an error that names tableHtml", () => {
    assert.throws(() => showFrame(frame), /showFrame\(\) .* notebook cell .* tableHtml\(\)/);
  });
});
