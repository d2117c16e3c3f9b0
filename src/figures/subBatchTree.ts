import { totalCovariance } from "../metrics/collapse/covariances";
import { classStatistics } from "../metrics/collapse/classStatistics";
import { spanningTree } from "../metrics/topology/spanningTree";
import { decompose } from "../numerics/eigendecomposition";
import { rowDot } from "../numerics/vectors";
import { connectivityLossKernel } from "../regularizer/connectivityLossLoops";
import type { Figure } from "./figure";
import { spanningTreeFigure } from "./spanningTreeFigure";

/** The regularizer's loss of one sub-batch. */
export interface SubBatchLoss {
  /** Sum of |d - beta| over the death times that are not 0. */
  readonly loss: number;
  /** m - 1, ascending. */
  readonly deathTimes: Float32Array;
  /** Like the points: the loss's gradient. */
  readonly gradient: Float32Array;
}

/**
 * The loss that the regularizer gives one sub-batch, the sum over its death times d (L2) of
 * |d - beta|, and its gradient.
 *
 * @param points m x dim, row-major.
 */
export function subBatchLoss(points: Float32Array, dim: number, beta: number): SubBatchLoss {
  const count = points.length / dim;
  const gradient = new Float32Array(points.length);
  const deathTimes = new Float32Array(count - 1);
  const options = {
    subBatchCount: 1,
    metric: "L2",
    shape: "absolute",
    zeroDeathTimes: "drop",
  } as const;
  const loss = connectivityLossKernel(points, 1, count, dim, beta, options, deathTimes, gradient);
  return { loss, deathTimes, gradient };
}

/**
 * The spanning tree of a sub-batch in the plane of its two principal components, with the negative
 * gradient of {@link subBatchLoss} at each point. Edges, lengths and gradient are those of the
 * feature space, so an edge may look shorter than it is, and the tree may cross itself.
 *
 * @param points m x dim, row-major.
 * @param subtitle What the points are.
 */
export function subBatchTree(
  points: Float32Array,
  dim: number,
  beta: number,
  subtitle: string,
): Figure {
  const plane = principalPlane(points, dim);
  const { gradient } = subBatchLoss(points, dim, beta);
  const tree = spanningTree(points, dim);
  const onPlane = (rows: Float32Array) =>
    Float64Array.from({ length: (2 * rows.length) / dim }, (_, at) =>
      rowDot(rows, Math.floor(at / 2), plane, at % 2, dim),
    );
  return spanningTreeFigure(onPlane(points), tree, beta, onPlane(gradient), {
    title: "The tree of a sub-batch and its gradient",
    subtitle,
    axisTitles: ["principal component 1", "principal component 2"],
  });
}

/** The two directions of largest variance, 2 x dim. */
function principalPlane(points: Float32Array, dim: number): Float64Array {
  const labels = new Uint8Array(points.length / dim);
  const covariance = totalCovariance(classStatistics(points, labels, dim, 1));
  // Exactly symmetric, as the decomposition wants it.
  const symmetric = covariance.map(
    (value, at) => (value + covariance[(at % dim) * dim + Math.floor(at / dim)]) / 2,
  );
  const { realEigenvalues, eigenvectorMatrix } = decompose(symmetric, dim);
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  return Float64Array.from({ length: 2 * dim }, (_, at) =>
    eigenvectorMatrix.get(at % dim, order[Math.floor(at / dim)]),
  );
}
