import assert from "node:assert/strict";
import {
  collapseCurves,
  equinormCurves,
  nearestClassCenterCurves,
} from "../../src/figures/papyanFigures";
import { distanceCurves } from "../../src/figures/distanceCurves";
import { measurePanels } from "../../src/figures/measurePanels";
import { subBatchLoss, subBatchTree } from "../../src/figures/subBatchTree";
import { TOY_CLASSES, toyClassFigure } from "../../src/figures/toyClasses";
import { withColorRange, withValueRange } from "../../src/figures/withRange";
import { assertClose } from "../support/assertClose";
import { measuredRun } from "../support/records";

type Axes = Record<string, { domain?: number[]; matches?: string; range?: number[] }>;
interface Trace {
  readonly name?: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly xaxis?: string;
  readonly line?: { color: string; dash?: string };
  readonly showlegend?: boolean;
}

describe("measurePanels", () => {
  const epochs = Array.from({ length: 45 }, (_, i) => ({ test: 0.5, nc1: 1 / (i + 1) }));
  const figure = measurePanels([measuredRun("sliding", epochs)], "Title", {
    lengths: equinormCurves,
    nc1: collapseCurves,
    mismatch: nearestClassCenterCurves,
  });
  const data = figure.data as Trace[];

  it("three measures have six plots, test images below with the axis of the training images", () => {
    const layout = figure.layout as Axes;
    const axes = ["x", "x2", "x3", "x5", "x6"].map((name) =>
      data.some(({ xaxis }) => xaxis === name),
    );
    assert.deepEqual(axes, [true, true, true, true, true]);
    assert(layout.yaxis2.domain![0] > layout.yaxis5.domain![1]);
    assert.equal(layout.yaxis5.matches, "y2");
    assert(layout.xaxis3.domain![1] <= 1 + 1e-9);
  });

  it("all of the first epochs and every twentieth are drawn, and one plot is in the legend", () => {
    const nc1 = data.find(({ xaxis }) => xaxis === "x2")!;
    assert.deepEqual([...(nc1.x as number[])].slice(9), [10, 20, 40]);
    assert(data.filter(({ showlegend }) => showlegend).every(({ xaxis }) => xaxis === "x"));
  });
});

describe("toy classes", () => {
  it("the toys have three classes of four points around their means", () => {
    const { spread, collapsed } = TOY_CLASSES;
    const first = [...spread.features.subarray(0, 8)];
    assertClose(first, [0, 3, -1, 2, 0, 1, 1, 2], 1e-12, { scale: 1 });
    assertClose([...collapsed.features.subarray(0, 4)], [0, 2, 0, 2], 1e-12, { scale: 1 });
    assert.deepEqual([...(spread.labels as Uint8Array)], [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it("each toy has a plot with points and classifier of each class", () => {
    const { data, layout } = toyClassFigure(TOY_CLASSES);
    assert.equal(data.length, 4 * 3 * 2);
    assert((layout as Axes).xaxis5.domain![1] <= 1 + 1e-9);
  });
});

describe("subBatchLoss", () => {
  // A tree of lengths 1 and 3 on a line of three dimensions.
  const points = Float32Array.of(0, 0, 0, 1, 0, 0, 4, 0, 0);

  it("the loss is the sum of |d - beta|, and its gradient moves the ends", () => {
    const { loss, deathTimes, gradient } = subBatchLoss(points, 3, 2);
    assertClose([loss, ...deathTimes], [2, 1, 3], 1e-6);
    assertClose([...gradient], [1, 0, 0, -2, 0, 0, 1, 0, 0], 1e-6, { scale: 1 });
  });

  it("subBatchTree draws the points along their principal component", () => {
    const { data } = subBatchTree(points, 3, 2, "three points");
    const dots = (data as Trace[]).filter(({ x }) => x?.length === 3).at(-1)!;
    const x = [...(dots.x as number[])];
    assertClose([Math.abs(x[1] - x[0]), Math.abs(x[2] - x[1])], [1, 3], 1e-6);
  });
});

describe("figures that notebooks change", () => {
  it("distanceCurves draws distances solid and radii dotted in one color", () => {
    const { data } = distanceCurves({ sliding: { distances: [1, 2], radii: [3, 4] } }, "n = 1");
    const [distance, radius] = data as Trace[];
    assert.deepEqual(
      [distance.y, radius.y, radius.x],
      [
        [1, 2],
        [3, 4],
        [1, 2],
      ],
    );
    assert.equal(distance.line!.color, radius.line!.color);
    assert.equal(radius.line!.dash, "dot");
  });

  it("withColorRange and withValueRange set the ends and keep the rest", () => {
    const figure = { data: [{ z: [[1]] }], layout: { yaxis: { type: "log" } } };
    assert.deepEqual(withColorRange(figure, 0, 2).data, [{ z: [[1]], zmin: 0, zmax: 2 }]);
    const { yaxis } = withValueRange(figure, 3, 4).layout as { yaxis: object };
    assert.deepEqual(yaxis, { type: "log", range: [3, 4], rangemode: "normal" });
  });
});
