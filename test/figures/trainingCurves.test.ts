import assert from "node:assert/strict";
import { constant } from "../../src/training/settings/schedules";
import type { Figure } from "../../src/figures/figure";
import { accuracyCurves, collapseCurves, deathTimeCurves } from "../../src/figures/trainingCurves";
import { measuredRun } from "../support/records";

interface Line {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
  readonly showlegend?: boolean;
  readonly line: { color: string; dash?: string; width: number };
}
interface Layout {
  readonly title: { text: string; subtitle: { text: string } };
  readonly yaxis: { type?: string; title: { text: string } };
  readonly xaxis: { title: { text: string } };
}

const lines = (figure: Figure) => figure.data as Line[];
const layout = (figure: Figure) => figure.layout as Layout;
function named(figure: Figure, name: string): Line {
  const found = lines(figure).filter((line) => line.name === name);
  assert.equal(found.length, 1, `one line ${name} among ${lines(figure).map((l) => l.name)}`);
  return found[0];
}
const points = ({ x, y }: Line) => ({ x, y });

const vanilla = measuredRun("vanilla", [
  { train: 0.5, nc1: 2, quartiles: [0, 1, 3] },
  { train: 0.75, nc1: 1, quartiles: [0.25, 1.5, 4], test: 0.625 },
]);
const sliding = measuredRun("sliding", [
  { train: 0.25, nc1: 4, beta: 0.75 },
  { nc1: 0.5, beta: 0, test: 0.875 },
]);

describe("the curves of runs", () => {
  it("accuracyCurves shows test accuracy in percent, and training accuracy dotted", () => {
    const figure = accuracyCurves([vanilla, sliding]);
    assert.equal(lines(figure).length, 4);
    assert.deepEqual(points(named(figure, "vanilla")), { x: [2], y: [62.5] });
    assert.deepEqual(points(named(figure, "sliding")), { x: [2], y: [87.5] });
    const dotted = named(figure, "vanilla, training images");
    assert.deepEqual(points(dotted), { x: [1, 2], y: [50, 75] });
    assert.equal(dotted.line.dash, "dot");
    assert.equal(dotted.showlegend, false);
    assert.equal(layout(figure).yaxis.title.text, "accuracy (%)");
  });

  it("collapseCurves shows NC1 of the training set on a logarithmic axis", () => {
    const figure = collapseCurves([vanilla, sliding]);
    assert.deepEqual(points(named(figure, "vanilla")), { x: [1, 2], y: [2, 1] });
    assert.deepEqual(points(named(figure, "sliding")), { x: [1, 2], y: [4, 0.5] });
    assert.equal(layout(figure).yaxis.type, "log");
  });

  it("collapseCurves leaves out an NC1 of 0 or null, which has no logarithm", () => {
    const run = measuredRun("vanilla", [{ nc1: null }, { nc1: 0 }, { nc1: 0.25 }]);
    assert.deepEqual(points(lines(collapseCurves([run]))[0]), { x: [3], y: [0.25] });
  });

  it("deathTimeCurves shows the median with its quartiles, and beta where there is a weight", () => {
    const figure = deathTimeCurves([vanilla, sliding]);
    assert.equal(lines(figure).length, 7);
    assert.deepEqual(points(named(figure, "vanilla")), { x: [1, 2], y: [1, 1.5] });
    assert.deepEqual(named(figure, "vanilla, lower quartile").y, [0, 0.25]);
    assert.deepEqual(named(figure, "vanilla, upper quartile").y, [3, 4]);
    const beta = named(figure, "sliding, beta");
    assert.deepEqual(points(beta), { x: [1, 2], y: [0.75, 0] });
    assert.equal(beta.line.dash, "dash");
  });

  it("the band between the quartiles is filled", () => {
    const names = lines(deathTimeCurves([vanilla])).map(({ name }) => name);
    const lower = names.indexOf("vanilla, lower quartile");
    assert.equal(names[lower + 1], "vanilla, upper quartile");
    const filled = lines(deathTimeCurves([vanilla])).map(
      (line) => (line as { fill?: string }).fill,
    );
    assert.deepEqual(filled, [undefined, "tonexty", undefined]);
  });

  it("runs that differ in split have a mean line, and their own lines are not in the legend", () => {
    const other = measuredRun("vanilla", [{ test: 0.5 }, { test: 0.875 }], { split: 1 });
    const figure = accuracyCurves([vanilla, other]);
    // Epoch 1 was tested in one of the two runs only.
    assert.deepEqual(points(named(figure, "vanilla (n = 2)")), { x: [2], y: [75] });
    assert.deepEqual(points(named(figure, "vanilla, split 1")), { x: [1, 2], y: [50, 87.5] });
    const legend = lines(figure).filter(({ showlegend }) => showlegend !== false);
    assert.deepEqual(
      legend.map(({ name }) => name),
      ["vanilla (n = 2)"],
    );
    assert.equal(layout(figure).title.subtitle.text, "MNIST-250, n = 2 runs each");
  });

  it("the mean of NC1 is geometric: 1 and 4 give 2", () => {
    const [a, b] = [1, 4].map((nc1, split) => measuredRun("vanilla", [{ nc1 }], { split }));
    assert.deepEqual(named(collapseCurves([a, b]), "vanilla (n = 2)").y, [2]);
  });

  it("runs of one regularizer with different settings have lines that name the difference", () => {
    const heavier = { topologicalWeight: constant(0.5) };
    const runs = [sliding, measuredRun("sliding", [{ test: 0.5 }, { test: 0.5 }], heavier)];
    const names = lines(accuracyCurves(runs)).map(({ name }) => name);
    assert(names.includes("sliding, topologicalWeight constant(0.5)"));
    assert(names.includes("sliding, topologicalWeight linear(0, 0.1)"));
  });

  it("figures state the data set and n in the subtitle and have a title on each axis", () => {
    for (const draw of [accuracyCurves, collapseCurves, deathTimeCurves]) {
      const { title, xaxis, yaxis } = layout(draw([vanilla, sliding]));
      assert.match(title.subtitle.text, /^MNIST-250, n = 1 run each(;|$)/);
      assert.equal(xaxis.title.text, "epoch");
      assert(yaxis.title.text.length > 0);
    }
  });

  it("a regularizer has the same color in every figure, whatever the other runs", () => {
    const hofer = measuredRun("hofer", [{ test: 0.5 }]);
    const colors = [accuracyCurves, collapseCurves, deathTimeCurves].flatMap((draw) => [
      named(draw([sliding]), "sliding").line.color,
      named(draw([hofer, vanilla, sliding]), "sliding").line.color,
    ]);
    assert.equal(new Set(colors).size, 1);
    const together = accuracyCurves([sliding, hofer, vanilla]);
    const names = ["vanilla", "hofer", "sliding"];
    assert.equal(new Set(names.map((name) => named(together, name).line.color)).size, 3);
  });

  it("accuracyCurves rejects an empty list of runs", () => {
    assert.throws(() => accuracyCurves([]), /expected the records of 1 run or more, got 0/);
  });
});
