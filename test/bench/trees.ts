import { trainingBuild } from "../../src/backend/trainingBuild";
import { useTrainingBuild } from "../../src/kernels/trainingModule";
import { Random } from "../../src/numerics/random";
import { deathTimes } from "../../src/metrics/topology/deathTimes";
import { timing, type Timing } from "./measure";
import { scipyTrees } from "./traineeProcess";

/** Death times of normal points in L2, ours and SciPy's; times in milliseconds. */
export interface TreeMeasurement {
  readonly points: number;
  readonly dim: number;
  readonly ours: Timing;
  /** SciPy's `pdist` alone, and `minimum_spanning_tree` on top; the latter where it fits memory. */
  readonly scipyDistances?: Timing;
  readonly scipyTree?: Timing;
}

useTrainingBuild(trainingBuild);

const SIZES = [1000, 2000, 5000, 10_000];
const DIM = 128;
/** SciPy's tree wants two square matrices of float64: 400 MB here. */
const LARGEST_SCIPY_TREE = 5000;
const ROUNDS = 3;

/** The two sides taking turns. */
export async function treeMeasurements(python: string): Promise<TreeMeasurement[]> {
  const scipy = await scipyTrees(python);
  const results: TreeMeasurement[] = [];
  for (const points of SIZES) {
    const random = new Random(0, "points");
    const cloud = Float32Array.from({ length: points * DIM }, () => random.normal());
    const [own, distances, trees]: number[][] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      deathTimes(cloud, DIM, "L2");
      own.push(performance.now() - start);
      const tree = points <= LARGEST_SCIPY_TREE;
      const reply = await scipy?.ask({ points, dim: DIM, tree });
      if (reply !== undefined) distances.push(reply.distances);
      if (reply !== undefined && reply.tree !== null) trees.push(reply.tree);
    }
    results.push({
      points,
      dim: DIM,
      ours: timing(own),
      ...(distances.length > 0 && { scipyDistances: timing(distances) }),
      ...(trees.length > 0 && { scipyTree: timing(trees) }),
    });
  }
  scipy?.stop();
  return results;
}

/** The measurements as lines of text. */
export function treeTable(results: readonly TreeMeasurement[]): string {
  const ms = (time?: Timing) => (time === undefined ? "-" : `${time.milliseconds.toFixed(0)} ms`);
  return results
    .map(({ points, dim, ours, scipyDistances, scipyTree }) =>
      [
        `death times of ${points} x ${dim}`.padEnd(30),
        ms(ours).padStart(10),
        `SciPy's pdist ${ms(scipyDistances)}`.padStart(26),
        `its tree ${ms(scipyTree)}`.padStart(20),
      ].join(" "),
    )
    .join("\n");
}
