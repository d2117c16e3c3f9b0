import assert from "node:assert/strict";
import { metricOrder, parseMetric, type Metric } from "../../../src/metrics/topology/metric";

describe("metric names", () => {
  it("metricOrder returns the order in the name of a metric", () => {
    const orders = ["L1", "L2", "L3", "L1.5", "LInfinity"].map((text) =>
      metricOrder(parseMetric(text)),
    );
    assert.deepEqual(orders, [1, 2, 3, 1.5, Infinity]);
  });

  it("parseMetric gives each metric one name: L2.0 becomes L2", () => {
    assert.equal(parseMetric("L2.0"), "L2");
    assert.equal(parseMetric("LInfinity"), "LInfinity");
  });

  for (const text of [
    "L0.5",
    "L0",
    "L-1",
    "L",
    "2",
    "l2",
    "L2 ",
    "Linf",
    "L1e999",
    "euclidean",
    "",
  ]) {
    it(`parseMetric and metricOrder reject the name ${JSON.stringify(text)}`, () => {
      const expected = {
        name: "RangeError",
        message: /expected a metric L1, L2, LInfinity or L<p>.*got/,
      };
      assert.throws(() => parseMetric(text), expected);
      assert.throws(() => metricOrder(text as Metric), expected);
    });
  }
});
