// The public names, by subject. Notebooks and programs import from here and nowhere else:
// `import { train, deathTimes, show } from "tdnc"`.

// Backend: choose what computes; wasm with this project's training kernels where there is no GPU.
export type { SelectedBackend } from "./backend/backendNames";
export { selectBackend } from "./backend/selectBackend";
export { registerWasmKernels } from "./kernels/registerWasmKernels";

// Data: image sets and features from their files, splits, and the sampler of sub-batches.
export { loadCifar10 } from "./data/cifar10";
export { selectExamples, type ImageSet, type TrainingData } from "./data/imageSet";
export { firstOfClasses } from "./data/firstOfClasses";
export { readFeatures, readUnlabeledFeatures, type ArrayKeys } from "./data/featureFile";
export type { FeatureSet } from "./data/featureSet";
export { loadMnist } from "./data/mnist";
export { readNpyBytes, writeNpyBytes } from "./files/npy";
export { temporaryFolder } from "./files/temporaryFolder";
export { SubBatchSampler } from "./data/sampler";
export { stratifiedSplits } from "./data/splits";
export { loadSvhn } from "./data/svhn";

// Model: the networks as data, and what they are made of.
export { simpleCnn13, simpleCnnMnist, type Architecture } from "./model/architecture";
export { softmaxCrossEntropy } from "./model/crossEntropy";
export { Network } from "./model/network";
export { setStateDict, stateDict } from "./model/stateDict";

// Regularizer: the terms added to the cross entropy; beta enters in the connectivity loss.
export { CenterLoss } from "./regularizer/centerLoss";
export { classWiseCovariance, classWiseVariance } from "./regularizer/classWise";
export { connectivityLoss } from "./regularizer/connectivityLoss";
export { connectivityLossKernel } from "./regularizer/connectivityLossLoops";
export { decov } from "./regularizer/decov";
export { jacobianPenalty } from "./regularizer/jacobianPenalty";
export { varianceRegularization } from "./regularizer/varianceRegularization";

// Neural collapse: the catalogue of measures, the geometry they are functions of, and each measure.
export { alignment, alignmentVariance, dotProductVariance } from "./metrics/collapse/alignment";
export { biasCollapse } from "./metrics/collapse/biasCollapse";
export {
  MEASURES,
  measureNamed,
  type Measure,
  type MeasureName,
} from "./metrics/collapse/catalogue";
export {
  classDistanceNormalizedVariance,
  classDistanceNormalizedVariances,
  classMeanDistances,
} from "./metrics/collapse/classDistanceNormalizedVariance";
export { classifierLogits, type Classifier } from "./metrics/collapse/classifier";
export { biasSum, classifierSum } from "./metrics/collapse/classifierSum";
export {
  centeredClassMeans,
  centeredFeatures,
  classStatistics,
  classStatisticsOfBatches,
  meanFeature,
  type Center,
  type ClassStatistics,
  type Precision,
} from "./metrics/collapse/classStatistics";
export {
  collapseReport,
  collapseReportOf,
  measuredValues,
} from "./metrics/collapse/collapseReport";
export { CLASS_MEASURES, classReport, type ClassMeasure } from "./metrics/collapse/classMeasures";
export { compareConventions } from "./metrics/collapse/compareConventions";
export { totalCovariance } from "./metrics/collapse/covariances";
export { detectionReport, detectionScores } from "./metrics/collapse/detectionReport";
export { effectiveRank } from "./metrics/collapse/effectiveRank";
export {
  equiangularity,
  maximalAngle,
  signedMaximalAngle,
} from "./metrics/collapse/equiangularity";
export { equinorm, logEquinorm } from "./metrics/collapse/equinorm";
export type { ExampleBatch, ExampleQuantity, MeasuredBatch } from "./metrics/collapse/exampleBatch";
export { geometryOf, type Geometry, type GeometryParts } from "./metrics/collapse/geometry";
export {
  hypersphericalUniformity,
  hypersphericalUniformityExcess,
  hypersphericalUniformityVariation,
  logInverseDistance,
  rieszKernel,
} from "./metrics/collapse/hypersphericalUniformity";
export { interferenceGrid } from "./metrics/collapse/interference";
export { measureLayers, type LayerMeasures, type LayeredExamples } from "./metrics/collapse/layers";
export { cosineMargins, logitDifferences, logitMargins } from "./metrics/collapse/margins";
export {
  nearestClassCenterAccuracy,
  nearestClassCenterMismatch,
  nearestClassCenters,
  predictedClasses,
} from "./metrics/collapse/nearestClassCenter";
export { centerFeatures, ridgeProbe } from "./metrics/collapse/ridgeProbe";
export { nuclearNorms, oleLoss } from "./metrics/collapse/oleLoss";
export { outOfDistributionOrthogonality } from "./metrics/collapse/outOfDistributionOrthogonality";
export {
  classMeanAngle,
  classRadius,
  cloudsAround,
  drawnMeans,
  nearestClassDistance,
  shareAlong,
  sideRatio,
  simplexStatistics,
} from "./metrics/collapse/planeMeasures";
export { selfDuality } from "./metrics/collapse/selfDuality";
export { simplexDistance } from "./metrics/collapse/simplexDistance";
export { betweenClassEigenvalues, withinClassEigenvalues } from "./metrics/collapse/spectra";
export { UndefinedMeasureError } from "./metrics/collapse/undefinedMeasure";
export { variabilityCollapseIndex } from "./metrics/collapse/variabilityCollapseIndex";
export {
  covarianceTraceRatio,
  withinClassVariability,
} from "./metrics/collapse/withinClassVariability";

// Behavior: calibration, temperature scaling, and scores that detect what is out of distribution.
export {
  confidences,
  expectedCalibrationError,
  reliabilityBins,
  type ReliabilityBin,
} from "./metrics/behavior/calibration";
export { areaUnderCurve, DETECTORS, falsePositiveRate } from "./metrics/behavior/detection";
export { fitTemperatures, scaleTemperature } from "./metrics/behavior/temperature";

// Topology: spanning trees, death times, the connectivity of classes, and the mass it guarantees.
export { betaFromDeathTimes } from "./metrics/topology/betaFromDeathTimes";
export { classDeathTimes, classMergingTimes } from "./metrics/topology/classConnectivity";
export { deathTimes, isBetaConnected } from "./metrics/topology/deathTimes";
export {
  classDecisionMasses,
  decisionError,
  decisionErrorBound,
} from "./metrics/topology/decisionMasses";
export { empiricalMassConcentration } from "./metrics/topology/empiricalMassConcentration";
export {
  estimateConnectivity,
  type ConnectivityEstimate,
} from "./metrics/topology/estimateConnectivity";
export { disconnectionBound, massConcentrationBound } from "./metrics/topology/massConcentration";
export type { Metric } from "./metrics/topology/metric";
export { singleLinkage } from "./metrics/topology/singleLinkage";
export { spanningTree } from "./metrics/topology/spanningTree";

// Robustness: how far an image moves before the network changes its mind.
export { deepFool } from "./metrics/robustness/deepFool";
export { fastGradientSign } from "./metrics/robustness/fastGradientSign";
export { measureRobustness } from "./metrics/robustness/measureRobustness";

// Settings: one table of them, the presets, the regularizers as differences, and schedules.
export { configDifferences, settingsJson, type ExperimentConfig } from "./training/settings/config";
export { parseConfig } from "./training/settings/parseConfig";
export { mnist250, PRESETS, svhn250, type PresetName } from "./training/settings/presets";
export {
  REGULARIZERS,
  regularizersFor,
  type RegularizerName,
} from "./training/settings/regularizers";
export {
  constant,
  cosine,
  exponentialRampUp,
  linear,
  parseSchedule,
  product,
  squareRootDecay,
  step,
  type Schedule,
} from "./training/settings/schedules";
export { SETTINGS } from "./training/settings/settings";

// Training: the loop, its state, and what is measured after an epoch.
export { Sgd } from "./training/sgd";
export { train, type EpochRecord } from "./training/train";
export {
  disposeState,
  initialState,
  stateVariables,
  type TrainingState,
} from "./training/trainingState";
export { TrainingDiverged } from "./training/trainStep";
export { classSample } from "./training/evaluation/classSample";
export { connectedCore, type ConnectedCore } from "./training/evaluation/connectedCore";
export { coreRows } from "./training/evaluation/connectivityRows";
export { epochReport } from "./training/evaluation/epochReport";
export { layerReport } from "./training/evaluation/layerReport";
export { layerRows } from "./training/evaluation/layerRows";
export type { MeasureRow } from "./training/evaluation/measureRow";
export {
  evaluateFeatures,
  measureFeatures,
  type MeasuredFeatures,
} from "./training/evaluation/measureFeatures";
export { measureRun } from "./training/evaluation/measureRun";
export { scaledClasses, type ScaledClasses } from "./training/evaluation/scaledClasses";
export {
  classifierOf,
  evaluateSet,
  featureStatistics,
  networkOutputs,
  type EvaluatedSet,
} from "./training/evaluation/outputs";

// Runs: a run in its folder, resumable; records and saved networks; sweeps.
export { completeRuns } from "./runs/completeRuns";
export { findRecords } from "./runs/findRecords";
export { newRecord, readRecord, type RunRecord } from "./runs/record";
export { recordTraining } from "./runs/recordTraining";
export { loadRunData, splitData } from "./runs/runData";
export { runExperiment } from "./runs/runExperiment";
export { runIdentity } from "./runs/runIdentity";
export { loadRecordedData, loadSavedNetwork, readSavedRun } from "./runs/savedRun";
export { readStateDict, writeStateDict } from "./runs/stateDictFile";

// Results: runs that belong together, their means, paired differences, and the choice of a setting.
export { accuracyPredictors, type AccuracyPredictor } from "./results/accuracyPredictors";
export { epochValueOf } from "./results/epochValue";
export { chooseSetting } from "./results/chooseSetting";
export { medianDeathTimes, peakDeathTime, relativeDeathTime } from "./results/deathTimeMedians";
export {
  layerComparisons,
  type LayerComparison,
  type LayerMeasureName,
} from "./results/layerComparisons";
export { pairedComparisons, type ExperimentComparison } from "./results/pairedComparisons";
export { measureRace, type MeasureRace } from "./results/measureRace";
export { lastEpoch, testAccuracy } from "./results/pairedRuns";
export { compareRunValues, lowestMean, runsOf, type RunValue } from "./results/runValues";
export { raceCells, racesWith, raceTitles } from "./results/raceTexts";
export {
  geometricGrowth,
  terminalPhaseAccuracy,
  terminalPhaseMargins,
  type PhaseChange,
} from "./results/terminalPhase";
export { chance, signed } from "./results/numberText";
export { comparisonText, meanWithStd, percent, significant, verdict } from "./results/texts";
export { epochRows, runRows, type TableRow } from "./results/recordTables";
export { resultTable } from "./results/resultTable";
export { dataDescription, groupRuns, type RunGroup } from "./results/runGroups";

// Statistics: means and spreads, paired tests, effect sizes, intervals, power.
export { comparePaired } from "./statistics/comparePaired";
export { holm, rankCorrelation } from "./statistics/rankCorrelation";
export { mean, median, populationStd, sampleStd } from "./statistics/summary";

// Figures: records or features in, a plotly figure out.
export { animatedProjection, type ProjectionFrame } from "./figures/animatedProjection";
export { barcode } from "./figures/barcode";
export {
  classDeathTimeMaps,
  deathTimeDistributions,
  deathTimeQuantileCurves,
} from "./figures/deathTimeFigures";
export { distanceCurves, type EpochDistances } from "./figures/distanceCurves";
export {
  classCosineFigure,
  featureFigures,
  spectrumFigure,
  worstClassFigure,
} from "./figures/featureFigures";
export type { Figure } from "./figures/figure";
export { imageGrid } from "./figures/imageGrid";
export { interferenceFigure } from "./figures/interferenceFigure";
export { layerMaps, layerProfiles } from "./figures/layerFigures";
export { marginHistograms, minimalMarginHistograms } from "./figures/marginHistograms";
export { decisionMassFigure, psiBoundFigure } from "./figures/massFigures";
export { measureCurves } from "./figures/measureCurves";
export { measurePanels } from "./figures/measurePanels";
export {
  collapseCurves,
  equiangularityCurves,
  equinormCurves,
  maximalAngleCurves,
  nearestClassCenterCurves,
  robustnessCurves,
  selfDualityCurves,
} from "./figures/papyanFigures";
export { predictorFigure } from "./figures/predictorFigure";
export { phaseDiagram } from "./figures/phaseDiagram";
export { reliabilityFigure } from "./figures/reliabilityFigure";
export {
  pairedDifferenceFigure,
  publishedMnist250,
  resultIntervals,
} from "./figures/resultFigures";
export { scheduleFigure } from "./figures/scheduleFigure";
export { faceAxes, originalAxes, spanAxes, type SimplexAxes } from "./figures/simplexAxes";
export { originalProjection } from "./figures/originalProjection";
export { simplexProjection } from "./figures/simplexProjection";
export { spanningTreeFigure } from "./figures/spanningTreeFigure";
export { subBatchLoss, subBatchTree } from "./figures/subBatchTree";
export { CLASS_COLORS, CLASS_SYMBOLS, layout, regularizerLooks } from "./figures/theme";
export { toyGradient, toySpanningTree } from "./figures/toyFigures";
export { TOY_CLASSES, toyClassFigure, type ToyClasses } from "./figures/toyClasses";
export { withColorRange, withValueRange } from "./figures/withRange";
export { accuracyCurves, deathTimeCurves } from "./figures/trainingCurves";
export { comparisonTable, resultTableHtml } from "./figures/pages/resultTables";

// Notebook: figures, tables and data frames in a cell, and the kernel's interrupt.
export { loadDataFrames, type DataFrame } from "./notebook/dataFrames";
export { interruptSignal } from "./notebook/interrupt";
export { show, showLive, type LiveFigure } from "./notebook/show";
export { showFrame, showHtml, showMarkdown, showTable } from "./notebook/showTable";

// Numbers: seeded random numbers, labels, rows of a matrix, eigenvalues.
export { decompose } from "./numerics/eigendecomposition";
export type { Labels } from "./numerics/labels";
export { Random } from "./numerics/random";
export type { RowArray } from "./numerics/rowArray";
export { takeRows } from "./numerics/takeRows";
