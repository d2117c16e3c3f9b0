export {
  convolutionForward,
  convolutionForwardScratch,
  convolutionInputGradient,
  convolutionInputGradientScratch,
} from "./convolution";
export { convolutionFilterGradient, convolutionFilterGradientScratch } from "./filterGradient";
