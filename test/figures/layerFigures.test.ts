import assert from "node:assert/strict";
import { layerMaps, layerProfiles } from "../../src/figures/layerFigures";
import type { Figure } from "../../src/figures/figure";
import { regularizerLooks } from "../../src/figures/theme";
import { assertClose } from "../support/assertClose";
import { layeredRun, measuredRun } from "../support/records";

interface Trace {
  readonly name: string;
  readonly x: (number | string)[];
  readonly y: (number | string)[];
  readonly z: number[][];
  readonly text: string[][];
  readonly yaxis?: string;
  readonly line: { readonly color: string };
}
const traces = (figure: Figure) => figure.data as Trace[];

/** Blocks 1 and 2 at epochs 1 and 2. */
const vanilla = layeredRun("vanilla", [
  [8, 1],
  [4, 0.1],
]);
const other = layeredRun(
  "vanilla",
  [
    [2, 1],
    [1, 0.001],
  ],
  { split: 1 },
);
const sliding = layeredRun("sliding", [
  [8, 0.5],
  [2, 0.01],
]);

describe("layerMaps", () => {
  it("a panel for each regularizer has a line for each block, colored by the log of the geometric mean", () => {
    const [first, second, ...more] = traces(
      layerMaps([sliding, other, vanilla], "covarianceTraceRatio"),
    );
    assert.equal(more.length, 0);
    assert.deepEqual(
      [first.x, first.y],
      [
        ["1", "2"],
        ["1", "2"],
      ],
    );
    // sqrt(8 2) = 4, sqrt(4 1) = 2, sqrt(0.1 0.001) = 0.01.
    assertClose(first.z.flat(), [Math.log10(4), Math.log10(2), 0, -2], 1e-12);
    assert.deepEqual(first.text, [
      ["4.00", "2.00"],
      ["1.00", "0.0100"],
    ]);
    assert.deepEqual(second.text, [
      ["8.00", "2.00"],
      ["0.500", "0.0100"],
    ]);
    assert.deepEqual([first.yaxis, second.yaxis], [undefined, "y2"]);
  });

  it("the panels are named, stacked without overlap, and block 1 is at the top", () => {
    const { layout } = layerMaps([vanilla, other, sliding], "covarianceTraceRatio") as {
      layout: Record<string, unknown>;
    };
    const names = (layout.annotations as { text: string }[]).map(({ text }) => text);
    assert.deepEqual(names, ["vanilla (n = 2)", "sliding (n = 1)"]);
    const [upper, lower] = ["yaxis", "yaxis2"].map(
      (name) => layout[name] as { domain: [number, number]; autorange: string },
    );
    assert.ok(0 <= lower.domain[0] && lower.domain[1] < upper.domain[0] && upper.domain[1] <= 1);
    assert.deepEqual([upper.autorange, lower.autorange], ["reversed", "reversed"]);
  });

  it("the color bar of NC1 has the values themselves, that of an accuracy is linear in percent", () => {
    const bar = (figure: Figure) =>
      (figure.layout as { coloraxis: { colorbar: Record<string, unknown> } }).coloraxis.colorbar;
    const { tickvals, ticktext } = bar(layerMaps([sliding], "covarianceTraceRatio"));
    assert.deepEqual(ticktext, ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"]);
    assertClose(
      tickvals as number[],
      (ticktext as string[]).map((tick) => Math.log10(+tick)),
      1e-12,
    );
    const accuracies = layerMaps([sliding], "probeAccuracy");
    assert.ok(!("tickvals" in bar(accuracies)));
    assert.deepEqual(traces(accuracies)[0].z, [
      [50, 50],
      [50, 50],
    ]);
  });

  it("layerMaps rejects records without measures of layers", () => {
    const draw = () => layerMaps([measuredRun("sliding", [{ testReport: {} }])], "effectiveRank");
    assert.throws(draw, /expected runs with measures of layers \(layerTestCount\), got none/);
  });
});

describe("layerProfiles", () => {
  it("a line has the mean of the last epoch for each block, in the regularizer's color, with its range", () => {
    const all = traces(layerProfiles([vanilla, other, sliding], "covarianceTraceRatio"));
    assert.deepEqual(
      all.map(({ name }) => name),
      ["vanilla, smallest run", "vanilla, largest run", "vanilla (n = 2)", "sliding"],
    );
    const [smallest, largest, mean, one] = all;
    assert.deepEqual(
      [smallest.y, largest.y],
      [
        [1, 0.001],
        [4, 0.1],
      ],
    );
    assertClose(mean.y as number[], [2, 0.01], 1e-12);
    assertClose(one.y as number[], [2, 0.01], 1e-12);
    assert.equal(one.line.color, regularizerLooks(["sliding"]).get("sliding")!.color);
  });
});
