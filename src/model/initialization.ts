import * as tf from "@tensorflow/tfjs";
import type { Random } from "../numerics/random";
import { layerShapes, type Architecture } from "./architecture";

/**
 * Initial values of a network, as in PyTorch: filters, weights and biases uniform in +-1/sqrt(fan
 * in), scales 1, offsets 0, running means 0, running variances 1.
 *
 * PyTorch's default is kaiming_uniform_ with a = sqrt(5), which gives this bound.
 */
export function initialValues(
  architecture: Architecture,
  random: Random,
): { parameters: Map<string, tf.Tensor>; statistics: Map<string, tf.Tensor> } {
  const parameters = new Map<string, tf.Tensor>();
  const statistics = new Map<string, tf.Tensor>();
  const { shapes, featureCount } = layerShapes(architecture);
  let block = 0;
  architecture.layers.forEach((layer, i) => {
    if (layer.kind !== "convolution") return;
    block++;
    const inputs = (i === 0 ? architecture.imageShape : shapes[i - 1])[2];
    const { filterSize, channels } = layer;
    const fanIn = filterSize * filterSize * inputs;
    const filterShape = [filterSize, filterSize, inputs, channels];
    parameters.set(`convolution${block}/filter`, uniform(filterShape, fanIn, random));
    parameters.set(`convolution${block}/bias`, uniform([channels], fanIn, random));
    parameters.set(`batchNorm${block}/scale`, tf.ones([channels]));
    parameters.set(`batchNorm${block}/offset`, tf.zeros([channels]));
    statistics.set(`batchNorm${block}/mean`, tf.zeros([channels]));
    statistics.set(`batchNorm${block}/variance`, tf.ones([channels]));
  });
  const { classCount } = architecture;
  const weights = uniform([featureCount, classCount], featureCount, random);
  parameters.set("classifier/weights", weights);
  parameters.set("classifier/bias", uniform([classCount], featureCount, random));
  return { parameters, statistics };
}

function uniform(shape: number[], fanIn: number, random: Random): tf.Tensor {
  const bound = 1 / Math.sqrt(fanIn);
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => bound * (2 * random.uniform() - 1));
  return tf.tensor(values, shape);
}
