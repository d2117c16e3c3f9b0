import assert from "node:assert/strict";
import fc from "fast-check";
import { pairedComparisons } from "../../src/results/pairedComparisons";
import type { Figure } from "../../src/figures/figure";
import { pairedDifferenceFigure, resultIntervals } from "../../src/figures/resultFigures";
import { measuredRun } from "../support/records";
import { assertClose } from "../support/assertClose";

interface Trace {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
  readonly text?: string[];
  readonly error_x?: { readonly array: number[]; readonly arrayminus?: number[] };
  readonly marker: { readonly color: string };
}
const traces = (figure: Figure) => figure.data as Trace[];
const rowNames = (figure: Figure) =>
  (figure.layout as { yaxis: { ticktext: string[] } }).yaxis.ticktext.map((text) =>
    text.replaceAll(/<[^>]*>/g, " ").trim(),
  );
/** The row that a mark is in, from 0 at the top. */
const row = (trace: Trace) => Math.round(Math.abs(trace.y[0]));

const runs = (regularizer: string, accuracies: readonly number[]) =>
  accuracies.map((test, split) => measuredRun(regularizer, [{ test }], { split }));

describe("the figure of results", () => {
  const records = [...runs("sliding", [0.75]), ...runs("vanilla", [0.5, 0.625, 0.75])];

  it("each experiment has a row with its runs and their mean in percent, vanilla first", () => {
    const figure = resultIntervals(records);
    assert.deepEqual(rowNames(figure), ["vanilla  n = 3", "sliding  n = 1"]);
    const [dots, mean, other] = traces(figure);
    assert.deepEqual(dots.x, [50, 62.5, 75]);
    assert.deepEqual(dots.text, ["split 0", "split 1", "split 2"]);
    assert.deepEqual([mean.x, row(mean), row(other)], [[62.5], 0, 1]);
  });

  it("Student's 95 % interval of 50, 62.5, 75 is 62.5 +- 31.05, and a single run has none", () => {
    const [, mean, , alone] = traces(resultIntervals(records));
    // s = 12.5, t(0.975, 2) = 4.302653: 4.302653 * 12.5 / sqrt(3) = 31.0518.
    const { array, arrayminus } = mean.error_x!;
    assertClose(array, [31.0518], 1e-3, { scale: 1 });
    assertClose(array, arrayminus!, 1e-9, { scale: 1 });
    assert.equal(alone.error_x, undefined);
  });

  it("the published mean and standard deviation are in their regularizer's row", () => {
    const published = { sliding: { mean: 94.24, populationStd: 0.47 } };
    const mark = traces(resultIntervals(records, published)).find((t) => t.name === "published")!;
    assert.deepEqual([mark.x, mark.error_x!.array, row(mark)], [[94.24], [0.47], 1]);
  });

  it("resultIntervals rejects records without a complete run", () => {
    const running = records.map((record) => ({ ...record, status: "running" as const }));
    assert.throws(() => resultIntervals(running), /expected 1 complete run or more, got 0/);
  });
});

describe("the figure of paired differences", () => {
  it("each common split has a dot at the accuracy minus vanilla's in percentage points", () => {
    const alone = measuredRun("hofer", [{ test: 1 }], { split: 7 });
    const records = [...runs("vanilla", [0.5, 0.5, 0.75]), ...runs("hofer", [0.625, 0.75]), alone];
    const figure = pairedDifferenceFigure(records);
    const [dots, mean] = traces(figure);
    assert.deepEqual(dots.x, [12.5, 25]);
    assert.deepEqual(dots.text, ["split 0", "split 1"]);
    assert.deepEqual(mean.x, [18.75]);
    assert.match(rowNames(figure)[0], /^hofer {2}n = 2, p = 0\.2/);
  });

  it("mean and interval equal the paired comparison's for any accuracies", () => {
    const accuracy = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);
    const pair = fc.tuple(accuracy, accuracy);
    fc.assert(
      fc.property(fc.array(pair, { minLength: 2, maxLength: 8 }), (pairs) => {
        const [a, b] = [0, 1].map((k) => pairs.map((values) => values[k]));
        const records = [...runs("vanilla", a), ...runs("sliding", b)];
        const [{ meanDifference, confidenceInterval }] = pairedComparisons(records);
        const [dots, mean] = traces(pairedDifferenceFigure(records));
        const own = dots.x.reduce((sum, value) => sum + value, 0) / dots.x.length;
        assert.equal(mean.x[0], meanDifference);
        assertClose(own, meanDifference, 1e-9, { scale: 1 });
        const { array, arrayminus } = mean.error_x!;
        const ends = [mean.x[0] - arrayminus![0], mean.x[0] + array[0]];
        const { lower, upper } = confidenceInterval;
        assertClose(ends, [lower, upper], 1e-9, { scale: 1 });
      }),
      { numRuns: 30 },
    );
  });

  it("rows have the order of all figures, and records without a pair are rejected", () => {
    const records = [
      ...runs("sliding", [0.5, 0.75]),
      ...runs("hofer", [0.5, 0.75]),
      ...runs("vanilla", [0.5, 0.5]),
    ];
    const names = rowNames(pairedDifferenceFigure(records)).map((name) => name.split(" ")[0]);
    assert.deepEqual(names, ["hofer", "sliding"]);
    assert.throws(() => pairedDifferenceFigure(records.slice(0, 2)), /expected 2 complete runs/);
  });
});
