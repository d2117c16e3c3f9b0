import { Random } from "../../numerics/random";
import { takeRows } from "../../numerics/takeRows";
import { betaFromDeathTimes } from "../../metrics/topology/betaFromDeathTimes";
import { deathTimes } from "../../metrics/topology/deathTimes";
import { empiricalMassConcentration } from "../../metrics/topology/empiricalMassConcentration";
import {
  estimateConnectivity,
  type ConnectivityEstimate,
} from "../../metrics/topology/estimateConnectivity";
import type { ClassSample } from "./classSample";
import type { Metric } from "../../metrics/topology/metric";
import type { Numbers } from "../../numerics/rowArray";
import { classRows, row, type MeasuredSet, type MeasureRow } from "./measureRow";

/** Options for estimating the connectivity of classes. */
export interface ConnectivitySettings {
  /** Distance between features. */
  readonly metric: Metric;
  /** Examples per sub-batch. */
  readonly subBatchSize: number;
  /** Sub-batches per class. */
  readonly draws: number;
  readonly seed: number;
}

/** Scale at which connectivity is estimated. */
export interface Scale {
  readonly name: "runBeta" | "givenBeta" | "quantileBeta";
  readonly formula: string;
  /** null if it is not above 0 or not defined. */
  readonly beta: number | null;
}

/**
 * Scale of a run: its last beta, or its first beta if the last is 0.
 *
 * @param beta Beta as a function of progress, from 0 to 1.
 */
export function runScale({
  beta,
  epochs,
}: {
  readonly beta: (progress: number) => number;
  readonly epochs: number;
}): Scale {
  const [first, last] = [beta(1 / epochs), beta(1)];
  const formula =
    last > 0 ? "beta of the run's last epoch" : "beta of the run's first epoch; its last beta is 0";
  return { name: "runBeta", formula, beta: (last > 0 ? last : first) || null };
}

/** 95 % quantile of the death times of sub-batches of the training set. */
export function quantileScale(
  { classes, dim }: ClassSample,
  { subBatchSize, metric, draws, seed }: ConnectivitySettings,
): Scale {
  const random = new Random(seed, "measure/quantileBeta");
  const large = classes.filter((features) => features.length >= subBatchSize * dim);
  const times: number[] = [];
  for (let draw = 0; draw < draws && large.length > 0; draw++) {
    const features = large[draw % large.length];
    const rows = random.shuffle(Array.from({ length: features.length / dim }, (_, i) => i));
    const subBatch = takeRows(features, dim, rows.slice(0, subBatchSize));
    times.push(...deathTimes(subBatch, dim, metric));
  }
  const formula =
    `95 % quantile of the death times > 0 (${metric}) of ${draws} sub-batches of ` +
    `${subBatchSize} distinct training examples, of each class in turn`;
  const hasTimes = times.some((time) => time > 0);
  return { name: "quantileBeta", formula, beta: hasTimes ? betaFromDeathTimes(times, 0.95) : null };
}

/**
 * For each scale: c_beta of each class with its confidence interval, and the mass of the class near
 * its core with the lower bound that c_beta implies.
 */
export function connectivityRows(
  set: MeasuredSet,
  { classes, dim }: ClassSample,
  scales: readonly Scale[],
  settings: ConnectivitySettings,
  progress: (done: number, total: number) => void = () => undefined,
): MeasureRow[] {
  const { draws, seed, subBatchSize, metric } = settings;
  const known = scales.filter(({ beta }) => beta !== null);
  const estimates = classes.map((features, k) => {
    progress(k, classes.length);
    if (features.length < subBatchSize * dim || known.length === 0) return [];
    const random = new Random(seed, `measure/connectivity/${set}/${k}`);
    const betas = known.map(({ beta }) => beta!);
    return estimateConnectivity(features, dim, { subBatchSize, betas, draws, random, metric });
  });
  progress(classes.length, classes.length);
  return scales.flatMap((scale) => {
    const own = estimates.map((all) => all[known.indexOf(scale)]);
    return [
      row(set, "topology", scale.name, scale.formula, scale.beta, NO_SCALE),
      ...estimateRows(set, scale, own, settings),
      ...massRows(set, scale, own, classes, dim, settings),
    ];
  });
}

function estimateRows(
  set: MeasuredSet,
  scale: Scale,
  estimates: readonly (ConnectivityEstimate | undefined)[],
  { draws, subBatchSize }: ConnectivitySettings,
): MeasureRow[] {
  const { name } = scale;
  const connectivity =
    `c_beta: share of ${draws} sub-batches of ${subBatchSize} distinct examples of the class ` +
    `with all death times in (0, beta], beta = ${name}`;
  const rows = (
    end: string,
    formula: string,
    value: (estimate: ConnectivityEstimate) => number,
  ): MeasureRow[] => {
    const values = estimates.map((estimate) => (estimate ? value(estimate) : null));
    const own = `connectivityAt${capital(name)}${end}`;
    return classRows(set, "topology", own, formula, values, reasonOf(scale, subBatchSize));
  };
  const interval = "end of the 95 % interval of Clopper and Pearson for that c_beta";
  return [
    ...rows("", connectivity, (estimate) => estimate.connectivity),
    ...rows("Lower", `lower ${interval}`, ({ interval: { lower } }) => lower),
    ...rows("Upper", `upper ${interval}`, ({ interval: { upper } }) => upper),
  ];
}

function massRows(
  set: MeasuredSet,
  scale: Scale,
  estimates: readonly (ConnectivityEstimate | undefined)[],
  classes: readonly Numbers[],
  dim: number,
  { subBatchSize, metric }: ConnectivitySettings,
): MeasureRow[] {
  const { name, beta } = scale;
  const masses = classes.map((features, k) => {
    const connectivity = estimates[k]?.interval.lower;
    if (beta === null || connectivity === undefined) return null;
    const options = { beta, l: 1, subBatchSize, connectivity, metric };
    return empiricalMassConcentration(features, dim, coreRows(features, dim), options);
  });
  const measured = `share of the class within beta = ${name} of the half of it nearest to mu_c`;
  const bound = "the least that it is by c_beta's lower end: 1 - c_beta >= Psi(p, q; b, 1)";
  const at = capital(name);
  const reason = reasonOf(scale, subBatchSize);
  const column = (value: "measured" | "bound") => masses.map((mass) => mass?.[value] ?? null);
  return [
    ...classRows(set, "topology", `massNearCoreAt${at}`, measured, column("measured"), reason),
    ...classRows(set, "topology", `massNearCoreAt${at}Bound`, bound, column("bound"), reason),
  ];
}

/** Half of the rows, rounded up: those nearest to their mean in L2. Ties go to the first. */
export function coreRows(features: Numbers, dim: number): number[] {
  const count = features.length / dim;
  const mean = new Float64Array(dim);
  features.forEach((value, i) => (mean[i % dim] += value / count));
  const distances = new Float64Array(count);
  features.forEach((value, i) => (distances[Math.floor(i / dim)] += (value - mean[i % dim]) ** 2));
  return [...distances.keys()]
    .sort((a, b) => distances[a] - distances[b])
    .slice(0, Math.ceil(count / 2));
}

const NO_SCALE = "no scale above 0";

const reasonOf = ({ beta }: Scale, subBatchSize: number) =>
  beta === null ? NO_SCALE : `fewer than ${subBatchSize} examples of the class`;

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);
