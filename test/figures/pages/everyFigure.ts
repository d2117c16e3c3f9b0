import path from "node:path";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { deathTimes } from "../../../src/metrics/topology/deathTimes";
import { spanningTree } from "../../../src/metrics/topology/spanningTree";
import { reliabilityBins } from "../../../src/metrics/behavior/calibration";
import { Random } from "../../../src/numerics/random";
import { runRows } from "../../../src/results/recordTables";
import { LAYER_MEASURES, type LayerMeasureName } from "../../../src/results/layerComparisons";
import { findRecords } from "../../../src/runs/findRecords";
import { evaluateFeatures } from "../../../src/training/evaluation/measureFeatures";
import { mnist250, REGULARIZERS } from "../../../src/training/settings/presets";
import { animatedProjection } from "../../../src/figures/animatedProjection";
import { barcode } from "../../../src/figures/barcode";
import { classDeathTimeMaps, deathTimeDistributions } from "../../../src/figures/deathTimeFigures";
import { featureFigures } from "../../../src/figures/featureFigures";
import type { Figure } from "../../../src/figures/figure";
import { imageGrid } from "../../../src/figures/imageGrid";
import { interferenceFigure } from "../../../src/figures/interferenceFigure";
import { layerMaps, layerProfiles } from "../../../src/figures/layerFigures";
import { marginHistograms } from "../../../src/figures/marginHistograms";
import { decisionMassFigure, psiBoundFigure } from "../../../src/figures/massFigures";
import { phaseDiagram } from "../../../src/figures/phaseDiagram";
import { reliabilityFigure } from "../../../src/figures/reliabilityFigure";
import { scheduleFigure } from "../../../src/figures/scheduleFigure";
import { faceAxes } from "../../../src/figures/simplexAxes";
import { simplexProjection } from "../../../src/figures/simplexProjection";
import { spanningTreeFigure } from "../../../src/figures/spanningTreeFigure";
import { toyGradient, toySpanningTree } from "../../../src/figures/toyFigures";
import { distanceCurves } from "../../../src/figures/distanceCurves";
import { measurePanels } from "../../../src/figures/measurePanels";
import {
  equiangularityCurves,
  equinormCurves,
  maximalAngleCurves,
} from "../../../src/figures/papyanFigures";
import { predictorFigure } from "../../../src/figures/predictorFigure";
import { subBatchTree } from "../../../src/figures/subBatchTree";
import { TOY_CLASSES, toyClassFigure } from "../../../src/figures/toyClasses";
import { accuracyPredictors } from "../../../src/results/accuracyPredictors";
import { studyFigures } from "../../../src/figures/pages/studyFigures";

export interface NamedFigure {
  readonly name: string;
  readonly figure: Figure;
}

/** Every figure that the project draws, with numbers as large and names as long as they come. */
export async function everyFigure(): Promise<NamedFigure[]> {
  return [
    ...(await studies()),
    ...(await layers()),
    ...features(),
    ...projections(),
    ...points(),
    ...byRegularizer(),
    ...(await notebooks()),
    { name: "phase-diagram", figure: await phases() },
    { name: "images", figure: images() },
  ];
}

const DATA = path.resolve(__dirname, "../../../data");

async function recordsIn(...folders: string[]) {
  const found = await findRecords(folders.map((folder) => path.join(DATA, folder)));
  return found.map(({ record }) => record);
}

/** All of the report and the comparison page. */
async function studies(): Promise<NamedFigure[]> {
  const records = await recordsIn("records", "studies/robustness");
  const drawn = records.filter(({ config }) => config.preset !== "svhn-250-quarter");
  const reported = drawn.find(({ epochs }) => epochs.some(({ report }) => report))!;
  return [
    ...studyFigures(drawn),
    { name: "class-death-times", figure: classDeathTimeMaps(reported) },
  ];
}

async function layers(): Promise<NamedFigure[]> {
  const records = await recordsIn("studies/layers");
  return (Object.keys(LAYER_MEASURES) as LayerMeasureName[]).flatMap((measure) => [
    { name: `layer-maps-${measure}`, figure: layerMaps(records, measure) },
    { name: `layer-profiles-${measure}`, figure: layerProfiles(records, measure) },
  ]);
}

/** Figures that only notebooks show. */
async function notebooks(): Promise<NamedFigure[]> {
  const records = await recordsIn("records/mnist-250-vanilla", "records/mnist-250-sliding");
  const columns = {
    "std / mean of the lengths": equinormCurves,
    "NC1, tr(S<sub>W</sub>S<sub>B</sub><sup>+</sup>) / C": equiangularityCurves,
    "mean |cos + 1 / (C \u2212 1)|": maximalAngleCurves,
  };
  const distances = { distances: [2, 3, 4], radii: [2, 1, 0.5] };
  const subtitle = "one step, 16 test images of class 3";
  const random = new Random(2, "points");
  const points = Float32Array.from({ length: 48 }, () => random.normal());
  return [
    {
      name: "panels",
      figure: measurePanels(records, "Simplex ETF: class means, dotted: classifiers", columns),
    },
    { name: "toy-classes", figure: toyClassFigure(TOY_CLASSES) },
    { name: "sub-batch-tree", figure: subBatchTree(points, 3, 1.1, subtitle) },
    {
      name: "distances",
      figure: distanceCurves({ vanilla: distances, sliding: distances }, subtitle),
    },
    {
      name: "predictors",
      figure: predictorFigure(accuracyPredictors(records, { permutations: 99 })),
    },
  ];
}

async function phases(): Promise<Figure> {
  const rows = runRows(await recordsIn("studies/phase-diagram/sliding"));
  const titles = { title: "Weight slides to, beta from", valueTitle: "test accuracy (%)" };
  const axes = { xTitle: "topologicalWeight", yTitle: "beta", factor: 100 };
  return phaseDiagram(rows, "topologicalWeight", "beta", "test.accuracy", { ...titles, ...axes });
}

/** Examples around random means. */
function clusters(classCount: number, dim: number, perClass: number) {
  const random = new Random(1, "clusters");
  const normal = () =>
    Array.from({ length: 6 }, () => random.uniform()).reduce((a, b) => a + b) - 3;
  const means = Array.from({ length: classCount * dim }, () => 4 * normal());
  const labels = Int32Array.from({ length: classCount * perClass }, (_, n) => n % classCount);
  const features = Float32Array.from({ length: labels.length * dim }, (_, at) => {
    const mean = means[labels[Math.floor(at / dim)] * dim + (at % dim)];
    return mean + normal();
  });
  const weights = Float32Array.from(means);
  return { features, labels, dim, weights, bias: new Float32Array(classCount) };
}

/** All of the page of measured features, of few classes with long names and of many. */
function features(): NamedFigure[] {
  const names = ["T-shirt/top", "pullover", "ankle boot", "African elephant", "a very long name"];
  const few = { ...clusters(5, 8, 40), classNames: names };
  const evaluated = evaluateFeatures({ ...few, test: few });
  const many = evaluateFeatures({ ...clusters(70, 8, 4), topologyExamples: 0 });
  return [...featureFigures(evaluated, few), ...featureFigures(many)].map(({ figure }, i) => ({
    name: `features-${i}`,
    figure,
  }));
}

function projections(): NamedFigure[] {
  const { features, labels, dim, weights, bias } = clusters(6, 8, 30);
  const statistics = classStatistics(features, labels, dim, 6);
  const classifier = { weights: Float64Array.from(weights), bias: Float64Array.from(bias) };
  const subtitle = "sliding, split 0, 250 training images";
  const project = (classes: readonly number[]) =>
    simplexProjection({ features, labels }, statistics, classifier, faceAxes(statistics, classes), {
      subtitle,
    });
  const frames = [1, 2, 5, 10, 20, 50, 100, 200, 310].map((epoch) => ({
    epoch,
    figure: project([0, 1, 2]),
  }));
  return [
    { name: "plane", figure: project([0, 1, 2]) },
    { name: "space", figure: project([0, 1, 2, 3]) },
    { name: "animation", figure: animatedProjection(frames) },
    { name: "interference", figure: interferenceFigure(cosineGrid(10)) },
  ];
}

const cosineGrid = (count: number) =>
  Float64Array.from({ length: count ** 2 }, (_, at) => Math.cos(at % 17));

/** Points of the plane: trees, death times. */
function points(): NamedFigure[] {
  const places = Float64Array.of(0, 0, 1, 0, 1.2, 1.9, 2.6, 1, 3, 3, 0.4, 2.2);
  const gradient = places.map((value, i) => Math.sin(i + value));
  const tree = spanningTree(places, 2);
  const times = deathTimes(places, 2);
  const classes = Array.from({ length: 10 }, (_, c) => times.map((time) => time + c / 10));
  return [
    { name: "toy-tree", figure: toySpanningTree(places, tree) },
    { name: "toy-gradient", figure: toyGradient(places, tree, 1, gradient) },
    { name: "tree", figure: spanningTreeFigure(places, tree, 1.1, gradient) },
    { name: "barcode", figure: barcode(times, 1.1) },
    { name: "violins", figure: deathTimeDistributions({ training: classes, test: classes }) },
    { name: "psi", figure: psiBoundFigure({ measured: [{ l: 3, measured: 0.9, name: "" }] }) },
  ];
}

/** Figures with a line or a mark for each of ten regularizers. */
function byRegularizer(): NamedFigure[] {
  const names = (Object.keys(REGULARIZERS) as (keyof typeof REGULARIZERS)[]).slice(0, 10);
  const ofEach = <T>(value: (i: number) => T) =>
    Object.fromEntries(names.map((name, i) => [name, value(i)]));
  const configs = names.map((name) => ({ ...mnist250, ...REGULARIZERS[name].difference }));
  const values = Float64Array.from({ length: 200 }, (_, i) => 40 * Math.sin(i));
  const bins = reliabilityBins([0.2, 0.8, 0.95, 1], [0, 0, 0, 0], [0, 0, 1, 0]);
  return [
    { name: "schedules-of-ten", figure: scheduleFigure(...configs) },
    { name: "histograms", figure: marginHistograms(ofEach((i) => values.map((v) => v + i))) },
    {
      name: "masses",
      figure: decisionMassFigure(
        ofEach(() => [0.9, 0.95, 1]),
        "MNIST",
      ),
    },
    { name: "reliability", figure: reliabilityFigure(ofEach(() => bins)) },
  ];
}

function images(): Figure {
  const labels = Uint8Array.from({ length: 100 }, (_, n) => n % 10);
  const pixels = Uint8Array.from({ length: 100 * 64 }, (_, i) => (7 * i) % 256);
  const set = { pixels, labels, imageShape: [8, 8, 1] as const, classCount: 10 };
  return imageGrid(set, 20, "The labeled images of MNIST-250, split 0");
}
