/**
 * Name of a metric: the distance of x and y is (sum over k of |x_k - y_k|^p)^(1/p), p >= 1;
 * LInfinity is max over k of |x_k - y_k|.
 */
export type Metric = "L1" | "L2" | "LInfinity" | `L${number}`;

const NAMES = "expected a metric L1, L2, LInfinity or L<p> with p >= 1 (such as L1.5)";

/**
 * Reads the name of a metric; "L2.0" and "L2" are the same metric, "L2".
 *
 * @throws {RangeError} If `text` is not such a name, or its order is below 1 (which does not give a
 *   metric).
 */
export function parseMetric(text: string): Metric {
  const order = orderOf(text);
  return order === Infinity ? "LInfinity" : `L${order}`;
}

/**
 * The order p of a metric: 1, 2, Infinity or another number >= 1.
 *
 * @throws {RangeError} If `metric` is not the name of a metric: the type also admits "L0.5".
 */
export function metricOrder(metric: Metric): number {
  return orderOf(metric);
}

function orderOf(text: string): number {
  if (text === "LInfinity") return Infinity;
  const digits = /^L(\d+(\.\d+)?(e[+-]?\d+)?)$/.exec(text)?.[1];
  const order = digits === undefined ? NaN : Number(digits);
  if (!(order >= 1 && order < Infinity))
    throw new RangeError(`${NAMES}, got ${JSON.stringify(text)}`);
  return order;
}
