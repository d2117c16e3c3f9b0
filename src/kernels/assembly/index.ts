// The kernels that the project's WebAssembly module exports, all on plain addresses and numbers.
//
// Functions here are longer than elsewhere for two reasons. A tile keeps each sum in a separate variable, so that it
// stays in a register; an array would be in memory. And a kernel takes its sizes as separate numbers, because
// WebAssembly passes only numbers.
export { batchMoments, batchNormForward, batchNormScratch } from "./batchNorm";
export { batchNormBackward, batchNormSums } from "./batchNormGradient";
export { batchNormPoolBackward, batchNormPoolForward, batchNormPoolSums } from "./batchNormPool";
export { clip } from "./clip";
export {
  convolutionForward,
  convolutionForwardScratch,
  convolutionInputGradient,
  convolutionInputGradientScratch,
} from "./convolution";
export { convolutionPool, convolutionPoolScratch } from "./convolutionPool";
export { crossEntropy } from "./crossEntropy";
export { convolutionFilterGradient, convolutionFilterGradientScratch } from "./filterGradient";
export { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { addPanelProducts, reflectRow } from "./doubles";
export { sgdUpdate } from "./gradientDescent";
export {
  matrixProduct,
  matrixProductScratch,
  matrixProductTransposedA,
  matrixProductTransposedAScratch,
  matrixProductTransposedB,
} from "./matrix";
export { averagePoolGradient, maxPoolForward, maxPoolGradient } from "./pool";
export { multiplyAddLoop } from "./peak";
export { spanningTrees, spanningTreesScratch } from "./spanningTrees";
export { windowMaximum, windowMaximumGradient, windowMean, windowMeanGradient } from "./windowPool";
