export { batchNormForward, batchNormScratch } from "./batchNorm";
export { batchNormBackward } from "./batchNormGradient";
export { batchNormPoolBackward, batchNormPoolForward } from "./batchNormPool";
export {
  convolutionForward,
  convolutionForwardScratch,
  convolutionInputGradient,
  convolutionInputGradientScratch,
} from "./convolution";
export { crossEntropy } from "./crossEntropy";
export { convolutionFilterGradient, convolutionFilterGradientScratch } from "./filterGradient";
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
