import assert from "node:assert/strict";
import type { Figure } from "../../src/figures/figure";
import { formulaMarkup, hasMeasure, measureCurves } from "../../src/figures/measureCurves";
import * as papyan from "../../src/figures/papyanFigures";
import { studyFigures } from "../../src/figures/pages/studyFigures";
import { measuredRun } from "../support/records";
import { assertClose } from "../support/assertClose";

interface Line {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
  readonly fill?: string;
  readonly line: { readonly color: string; readonly dash?: string };
}
interface Layout {
  readonly title: { readonly text: string; readonly subtitle: { readonly text: string } };
  readonly xaxis: { readonly type?: string };
  readonly yaxis: {
    readonly dtick?: unknown;
    readonly type?: string;
    readonly title: { readonly text: string };
  };
  readonly shapes: readonly { readonly x0: number; readonly line: { readonly color: string } }[];
}
const lines = (figure: Figure) => figure.data as Line[];
const layout = (figure: Figure) => figure.layout as Layout;
function named(figure: Figure, name: string): Line {
  const found = lines(figure).filter((line) => line.name === name);
  assert.equal(found.length, 1, `one line ${name} among ${lines(figure).map((l) => l.name)}`);
  return found[0];
}

const runs = [1, 4].map((nc1, split) =>
  measuredRun("hofer", [{ nc1, test: 0.5 }, { nc1: 4 * nc1 }], { split }),
);

describe("measureCurves", () => {
  it("curves show the mean over runs with a band from the smallest to the largest run", () => {
    const figure = measureCurves(runs, "withinClassVariability", { scale: "linear" });
    assert.deepEqual(named(figure, "hofer (n = 2)").y, [2.5, 10]);
    assert.deepEqual(named(figure, "hofer, smallest run").y, [1, 4]);
    assert.deepEqual(named(figure, "hofer, largest run").y, [4, 16]);
    assert.deepEqual(
      lines(figure).map(({ name, fill }) => [name, fill]),
      [
        ["hofer, smallest run", undefined],
        ["hofer, largest run", "tonexty"],
        ["hofer (n = 2)", undefined],
      ],
    );
    assert.match(layout(figure).title.subtitle.text, /band: smallest to largest run/);
  });

  it("a logarithmic axis shows the geometric mean", () => {
    const figure = measureCurves(runs, "withinClassVariability", { scale: "log" });
    const mean = named(figure, "hofer (n = 2)").y;
    // Of 1 and 4 it is 2, of 4 and 16 it is 8, up to the rounding of logarithms.
    assertClose(mean.slice(0, 2), [2, 8], 1e-12, { scale: 1 });
    assert.equal(layout(figure).yaxis.type, "log");
  });

  it("a logarithmic axis labels 1, 2 and 5 of each decade, and fewer values over many decades", () => {
    const ticks = (lowest: number) => {
      const run = measuredRun("hofer", [{ nc1: 1 }, { nc1: lowest }]);
      return layout(measureCurves([run], "withinClassVariability", { scale: "log" })).yaxis.dtick;
    };
    assert.deepEqual([1, 1e-3, 1e-4, 1e-6, 1e-7].map(ticks), ["D2", "D2", 1, 1, 2]);
  });

  it("curves of a single run have no band", () => {
    const figure = measureCurves([runs[0]], "withinClassVariability");
    assert.deepEqual(
      lines(figure).map(({ name }) => name),
      ["hofer"],
    );
    assert.doesNotMatch(layout(figure).title.subtitle.text, /band/);
  });

  it("a measure that only reports contain is drawn at their epochs, multiplied by the factor", () => {
    const run = measuredRun("vanilla", [
      { testReport: { meansEquinorm: 0.5 } },
      {},
      { testReport: { meansEquinorm: 0.25 } },
    ]);
    const test = measureCurves([run], "meansEquinorm", { set: "test", factor: 100 });
    const { x, y } = named(test, "vanilla");
    assert.deepEqual({ x, y }, { x: [1, 3], y: [50, 25] });
    const train = measureCurves([run], "classDistanceNormalizedVariance");
    assert.deepEqual(lines(train)[0].x, [1, 3]);
    assert.deepEqual(lines(train)[0].y, [0.0625, 0.0625]);
    // The training set's equinorm is measured every epoch.
    assert.deepEqual(named(measureCurves([run], "meansEquinorm"), "vanilla").x, [1, 2, 3]);
  });

  it("hasMeasure is true if a run has a curve: of the test images two epochs or more", () => {
    const epoch = { testReport: { alignment: null, selfDuality: 1 } };
    const run = measuredRun("vanilla", [epoch, epoch]);
    assert.equal(hasMeasure([run], "selfDuality", "test"), true);
    const once = measuredRun("vanilla", [epoch]);
    assert.equal(hasMeasure([once], "selfDuality", "test"), false);
    assert.equal(hasMeasure([once], "selfDuality"), true);
    assert.equal(hasMeasure([run], "alignment", "test"), false);
    assert.equal(hasMeasure([run], "alignment"), false);
  });

  it("a mark in the line's color shows where the median run's terminal phase begins", () => {
    const [a, b, c] = [1, 2, 3].map((split) => measuredRun("hofer", [{}, {}, {}, {}], { split }));
    const marks = (...epochs: (number | null)[]) => {
      const records = [a, b, c].map((run, i) => ({ ...run, terminalPhaseEpoch: epochs[i] }));
      return layout(measureCurves(records, "selfDuality")).shapes;
    };
    const begins = (...epochs: (number | null)[]) => marks(...epochs).map(({ x0 }) => x0);
    assert.deepEqual(begins(1, 4, 3), [3]);
    assert.deepEqual(begins(1, 4, null), [4]);
    assert.deepEqual(begins(1, null, null), []);
    const color = lines(measureCurves([a], "selfDuality"))[0].line.color;
    assert.equal(marks(1, 1, 1)[0].line.color, color);
  });

  it("epochScale puts the epochs on a logarithmic axis", () => {
    const type = (epochScale?: "log") =>
      layout(measureCurves(runs, "selfDuality", { epochScale })).xaxis.type;
    assert.deepEqual([type(), type("log")], [undefined, "log"]);
  });
});

describe("the look of a measure's curves", () => {
  const run = measuredRun("sliding", [{ nc1: 0.5, test: 0.75 }]);
  const look = (figure: Figure) => {
    const { title, yaxis } = layout(figure);
    const { text, subtitle } = title;
    return { title: text, axis: yaxis.title.text, type: yaxis.type, note: subtitle.text };
  };

  it("title, formula and scale come from the measure's row in the catalogue", () => {
    const { note: _, ...nc1 } = look(measureCurves([run], "withinClassVariability"));
    assert.deepEqual(nc1, {
      title: "NC1, within-class variability (training)",
      axis: "tr(S<sub>W</sub> S<sub>B</sub><sup>+</sup>) / C",
      type: "log",
    });
  });

  it("the axis title and the dotted measure come from the row if it names them", () => {
    const figure = measureCurves([run], "meansEquinorm");
    const { note, ...rest } = look(figure);
    assert.deepEqual(rest, {
      title: "Equinorm (training)",
      axis: "std / mean of the norms",
      type: undefined,
    });
    assert.match(note, /dotted: classifiers/);
    assert.deepEqual(named(figure, "sliding, classifierEquinorm").y, [0.13]);
  });

  it("values are in percent if the row specifies it", () => {
    const { test } = run.epochs[0];
    const epochs = [{ ...run.epochs[0], test: { ...test!, nearestClassCenterMismatch: 0.25 } }];
    const figure = measureCurves([{ ...run, epochs }], "nearestClassCenterMismatch", {
      set: "test",
    });
    assert.deepEqual(named(figure, "sliding").y, [25]);
    assert.equal(look(figure).axis, "mismatch (%)");
  });

  it("options override the catalogue's scale, title, axis title and factor", () => {
    const options = { scale: "linear", title: "T", axisTitle: "A_b", factor: 10 } as const;
    const figure = measureCurves([run], "withinClassVariability", { ...options, set: "train" });
    const { note: _, ...rest } = look(figure);
    assert.deepEqual(rest, { title: "T (training)", axis: "A_b", type: undefined });
    assert.deepEqual(named(figure, "sliding").y, [5]);
  });

  it("a measure outside the catalogue is labeled with its name", () => {
    const epochs = [{ ...run.epochs[0], train: { ...run.epochs[0].train!, other: 3 } }];
    const figure = measureCurves([{ ...run, epochs }], "other");
    const { note: _, ...rest } = look(figure);
    assert.deepEqual(rest, { title: "other (training)", axis: "other", type: undefined });
    assert.deepEqual(named(figure, "sliding").y, [3]);
  });
});

describe("the markup of a formula", () => {
  it("formulaMarkup writes subscripts, superscripts, transposes and minus signs", () => {
    const markups = {
      "tr(S_W S_B^+) / C": "tr(S<sub>W</sub> S<sub>B</sub><sup>+</sup>) / C",
      "|W' / |W|_F - M / |M|_F|_F":
        "|W\u1d40 / |W|<sub>F</sub> \u2212 M / |M|<sub>F</sub>|<sub>F</sub>",
      "|S_W|_F^2 / |S_W|_2^2":
        "|S<sub>W</sub>|<sub>F</sub><sup>2</sup> / |S<sub>W</sub>|<sub>2</sub><sup>2</sup>",
      "|sum over c of w_c| / |W|_F": "|sum over c of w<sub>c</sub>| / |W|<sub>F</sub>",
      "std / mean of the norms": "std / mean of the norms",
    };
    for (const [formula, markup] of Object.entries(markups))
      assert.equal(formulaMarkup(formula), markup);
  });
});

describe("Papyan's figures", () => {
  const run = measuredRun("sliding", [
    { nc1: 0.5, test: 0.75, testReport: { withinClassVariability: 2, selfDuality: 1.5 } },
  ]);
  const values = (figure: Figure) => lines(figure).map(({ name, y }) => [name, ...y]);

  it("figures 2, 3 and 4 show class means solid and classifiers dotted in the same color", () => {
    for (const [figure, means, classifiers] of [
      [papyan.equinormCurves([run]), 0.125, 0.13],
      [papyan.equiangularityCurves([run]), 0.25, 0.26],
      [papyan.maximalAngleCurves([run]), 0.1, 0.11],
    ] as const) {
      const [dotted, solid] = lines(figure);
      assert.deepEqual([dotted.y, dotted.line.dash], [[classifiers], "dot"]);
      assert.deepEqual([solid.name, solid.y, solid.line.dash], ["sliding", [means], "solid"]);
      assert.equal(dotted.line.color, solid.line.color);
      assert.match(layout(figure).title.subtitle.text, /dotted: classifiers/);
    }
  });

  it("figure 5 shows self-duality and figure 6 NC1 on a log axis, for training or test images", () => {
    assert.deepEqual(values(papyan.selfDualityCurves([run])), [["sliding", 0.75]]);
    assert.deepEqual(values(papyan.selfDualityCurves([run], { set: "test" })), [["sliding", 1.5]]);
    assert.deepEqual(values(papyan.collapseCurves([run])), [["sliding", 0.5]]);
    const test = papyan.collapseCurves([run], { set: "test" });
    assert.deepEqual(values(test), [["sliding", 2]]);
    assert.equal(layout(test).yaxis.type, "log");
    assert.match(layout(test).title.text, /\(test\)$/);
  });

  it("figure 7 shows the percentage of test images not assigned to the nearest class mean", () => {
    const { test } = run.epochs[0];
    const epochs = [{ ...run.epochs[0], test: { ...test!, nearestClassCenterMismatch: 0.25 } }];
    const figure = papyan.nearestClassCenterCurves([{ ...run, epochs }]);
    assert.deepEqual(values(figure), [["sliding", 25]]);
    assert.match(layout(figure).title.text, /\(test\)$/);
  });

  it("figure 8 shows the mean relative margin of reports and its number of images", () => {
    const marginAt = (images: number, meanRelativeNorm: number | null, split = 0) => {
      const measured = [{ testReport: {} }, {}, { testReport: {} }];
      const made = measuredRun("sliding", measured, { split });
      const margins = { images, mean: 2, median: 1, meanRelativeNorm, notFooled: 0 };
      const epochs = made.epochs.map((epoch) =>
        epoch.report ? { ...epoch, report: { ...epoch.report, margins } } : epoch,
      );
      return { ...made, epochs };
    };
    const figure = papyan.robustnessCurves([marginAt(100, 0.25)], { epochScale: "log" });
    assert.deepEqual(lines(figure)[0].x, [1, 3]);
    assert.deepEqual(lines(figure)[0].y, [0.25, 0.25]);
    assert.match(layout(figure).title.subtitle.text, /100 test images, by DeepFool/);
    assert.equal(layout(figure).xaxis.type, "log");
    const two = papyan.robustnessCurves([marginAt(100, 0.25), marginAt(40, 0.75, 1)]);
    assert.deepEqual(named(two, "sliding (n = 2)").y, [0.5, 0.5]);
    assert.match(layout(two).title.subtitle.text, /40 to 100 test images/);
    const without = { ...run, config: { ...run.config, split: 7 } };
    const mixed = papyan.robustnessCurves([marginAt(100, 0.25), without]);
    const drawn = lines(mixed).map(({ name, y }) => [name, ...y]);
    assert.deepEqual(drawn, [["sliding", 0.25, 0.25]]);
    assert.equal(papyan.hasRobustness([run, marginAt(100, 0.25)]), true);
    // No image was fooled: a report, but nothing to draw.
    assert.equal(papyan.hasRobustness([run, marginAt(100, null)]), false);
    assert.ok(studyFigures([marginAt(9, 0.5)]).some(({ name }) => name === "robustness-test"));
    assert.ok(studyFigures([run]).every(({ name }) => name !== "robustness-test"));
  });
});
