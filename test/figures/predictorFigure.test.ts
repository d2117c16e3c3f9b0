import assert from "node:assert/strict";
import { predictorFigure } from "../../src/figures/predictorFigure";
import type { AccuracyPredictor } from "../../src/results/accuracyPredictors";

const row = (
  measure: string,
  epoch: number | "last",
  rho: number | null,
  adjustedP: number | null = 1,
): AccuracyPredictor => ({
  measure,
  title: `Title of ${measure}`,
  epoch,
  n: 58,
  rho,
  p: adjustedP,
  adjustedP,
  withinRegularizers: null,
});

interface Markers {
  readonly name: string;
  readonly x: number[];
  readonly y: string[];
  readonly marker: { readonly symbol: string[] };
}

describe("predictorFigure", () => {
  const rows = [
    row("a", 30, 0.1),
    row("b", 30, -0.6, 0.01),
    row("a", "last", 0.3),
    row("b", "last", 0.2),
  ];

  it("a line for each measure, the strongest on top, and a filled marker where p is below 0.05", () => {
    const { data, layout } = predictorFigure(rows);
    const [first, last] = data as Markers[];
    assert.deepEqual([first.name, last.name], ["epoch 30", "last epoch"]);
    assert.deepEqual(first.y, ["Title of a", "Title of b"]);
    assert.deepEqual(
      [first.x, last.x],
      [
        [0.1, -0.6],
        [0.3, 0.2],
      ],
    );
    assert.deepEqual(first.marker.symbol, ["circle-open", "circle"]);
    const { yaxis } = layout as { yaxis: { categoryarray: string[] } };
    // plotly draws categories from the bottom up.
    assert.deepEqual(yaxis.categoryarray, ["Title of a", "Title of b"]);
  });

  it("measures that an epoch lacks, or that do not vary there, are left out", () => {
    const { data } = predictorFigure([
      ...rows,
      row("c", "last", 0.9),
      row("d", 30, null),
      row("d", "last", 0.5),
    ]);
    assert.deepEqual((data as Markers[])[0].y, ["Title of a", "Title of b"]);
    assert.throws(
      () => predictorFigure([row("d", 30, null)]),
      /expected a measure at every epoch, got none/,
    );
  });

  it("five epochs have no five markers", () => {
    const many = [1, 2, 3, 4, 5].map((epoch) => row("a", epoch, 0.1));
    assert.throws(() => predictorFigure(many), /expected 4 epochs or fewer, got 5/);
  });
});
