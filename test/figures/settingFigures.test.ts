import assert from "node:assert/strict";
import { mnist250, REGULARIZERS } from "../../src/training/settings/presets";
import type { Figure } from "../../src/figures/figure";
import { decisionMassFigure, psiBoundFigure } from "../../src/figures/massFigures";
import { phaseDiagram } from "../../src/figures/phaseDiagram";
import { scheduleFigure } from "../../src/figures/scheduleFigure";

interface Trace {
  readonly name: string;
  readonly x: (number | string)[];
  readonly y: (number | string)[];
  readonly z: (number | null)[][];
  readonly text: string[][];
  readonly yaxis?: string;
}
const traces = (figure: Figure) => figure.data as Trace[];

describe("phaseDiagram", () => {
  const rows = [
    { beta: "constant(10)", weight: 0.1, "test.accuracy": 0.5 },
    { beta: "constant(10)", weight: 0.1, "test.accuracy": 0.75 },
    { beta: "constant(9)", weight: 0.02, "test.accuracy": 0.25 },
    { beta: "constant(9)", weight: 0.1, "test.accuracy": null },
  ];
  const draw = (factor?: number) =>
    traces(phaseDiagram(rows, "beta", "weight", "test.accuracy", { factor }))[0];

  it("each cell shows the mean of its runs, and a cell without runs is empty", () => {
    const { x, y, z, text } = draw(100);
    assert.deepEqual(x, ["constant(9)", "constant(10)"]);
    assert.deepEqual(y, ["0.02", "0.1"]);
    assert.deepEqual(z, [
      [25, null],
      [null, 62.5],
    ]);
    assert.deepEqual(text, [
      ["25.0", ""],
      ["", "62.5"],
    ]);
  });

  it("the log scale colors cells by the logarithm and prints the numbers themselves", () => {
    const values = [0.001, 0.1, 0].map((nc1, a) => ({ a, b: 0, nc1 }));
    const { z, text } = traces(phaseDiagram(values, "a", "b", "nc1", { scale: "log" }))[0];
    assert.deepEqual([z, text], [[[-3, -1, null]], [["0.001", "0.1", "0"]]]);
  });

  it("phaseDiagram rejects rows without a run that has all three columns", () => {
    const draw = () => phaseDiagram(rows, "beta", "weight", "nc1");
    assert.throws(draw, /expected rows with beta, weight and nc1, got none/);
  });
});

describe("the figure of schedules", () => {
  it("weight and beta are drawn as training uses them, in epoch e at e / epochs", () => {
    const config = { ...mnist250, ...REGULARIZERS.sliding.difference, epochs: 4 };
    const [weight, beta] = traces(scheduleFigure(config));
    assert.deepEqual(weight.x, [1, 2, 3, 4]);
    assert.deepEqual(weight.y, [0.025, 0.05, 0.1 * 0.75, 0.1]);
    assert.deepEqual(
      beta.y,
      [1, 2, 3, 4].map((e) => 1.1 * Math.sqrt(1 - e / 4)),
    );
    assert.deepEqual([weight.yaxis, beta.yaxis], [undefined, "y2"]);
  });

  it("each config has its own lines, and scheduleFigure rejects an empty list", () => {
    const configs = (["vanilla", "hofer"] as const).map((name) => ({
      ...mnist250,
      ...REGULARIZERS[name].difference,
    }));
    const names = traces(scheduleFigure(...configs)).map(({ name }) => name);
    assert.deepEqual(names, ["vanilla", "vanilla", "hofer", "hofer"]);
    assert.throws(() => scheduleFigure(), /expected 1 config or more, got 0/);
  });
});

describe("the figure of the mass concentration bound", () => {
  it("the bound has the paper's values in percent for c_beta = .99 and p = .5", () => {
    const [eight, sixteen, thirtyTwo] = traces(psiBoundFigure({ largest: 4 }));
    const at = ({ y }: Trace, l: number) => Math.round(10 * Number(y[l - 1])) / 10;
    assert.deepEqual(
      [1, 2, 4].map((l) => at(sixteen, l)),
      [75, 84.8, 97.1],
    );
    assert.deepEqual([at(eight, 2), at(thirtyTwo, 2)], [98.2, 69]);
  });

  it("measured masses are drawn as points, and an empty list of sub-batch sizes is rejected", () => {
    const figure = psiBoundFigure({ measured: [{ l: 2, measured: 0.875, name: "class 3" }] });
    const { x, y } = traces(figure)[3];
    assert.deepEqual([x, y], [[2], [87.5]]);
    assert.throws(() => psiBoundFigure({ subBatchSizes: [] }), /1 to 4 sub-batch sizes, got 0/);
  });
});

describe("the figure of decision masses", () => {
  it("each class has its Q_k(D_k) in percent, and the legend gives the error and its bound", () => {
    const [trace] = traces(decisionMassFigure({ vanilla: [1, 0.75] }));
    assert.deepEqual(trace.x, [0, 1]);
    assert.deepEqual(trace.y, [100, 75]);
    assert.equal(trace.name, "vanilla: error 12.5 %, bound 50.0 %");
    const { layout } = decisionMassFigure({ vanilla: [1] }, "MNIST, n = 9") as {
      readonly layout: { readonly title: { readonly subtitle: { readonly text: string } } };
    };
    assert.match(layout.title.subtitle.text, /^MNIST, n = 9;/);
  });

  it("regularizers are side by side around the class, and an empty list is rejected", () => {
    const [a, b] = traces(decisionMassFigure({ vanilla: [1], sliding: [1] }));
    assert.equal(Number(a.x[0]) + Number(b.x[0]), 0);
    assert(Number(a.x[0]) < 0);
    assert.throws(() => decisionMassFigure({}), /masses of 1 name or more, got none/);
  });
});
