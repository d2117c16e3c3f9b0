import * as tf from "@tensorflow/tfjs";
import * as v from "valibot";
import { anyText, checked, fields, listOf, oneOf, wholeFrom } from "../numerics/checked";
import { shown } from "../numerics/plainText";
import type { Layer } from "./architecture";
import { BATCH_NORM_EPSILON, LEAKY_SLOPE } from "./batchNormLeakyRelu";
import type { Network } from "./network";

/** Tensor names of a layers model that differ from those of a network. */
const LAYERS_NAMES: Readonly<Record<string, string>> = {
  filter: "kernel",
  weights: "kernel",
  scale: "gamma",
  offset: "beta",
  mean: "moving_mean",
  variance: "moving_variance",
};

/** The files of a saved model, by name. */
export const MODEL_FILE = "model.json";
export const WEIGHTS_FILE = "weights.bin";

/**
 * Network as an ordinary tfjs layers model, images to logits in evaluation mode, with copies of the
 * weights; the features are the input of its layer `classifier`.
 *
 * @returns Model; the caller disposes of it.
 */
export function toLayersModel(network: Network): tf.Sequential {
  const { architecture } = network;
  const model = tf.sequential({ name: architecture.name });
  model.add(tf.layers.inputLayer({ inputShape: [...architecture.imageShape] }));
  let block = 0;
  for (const layer of architecture.layers) {
    if (layer.kind === "convolution") block++;
    for (const part of layersOf(layer, block)) model.add(part);
  }
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ name: "classifier", units: architecture.classCount }));
  const values = new Map(
    [...network.parameters, ...network.statistics].map(([name, value]) => [
      layersName(name),
      value,
    ]),
  );
  model.setWeights(model.weights.map(({ originalName }) => values.get(originalName)!));
  return model;
}

function layersOf(layer: Layer, block: number): tf.layers.Layer[] {
  switch (layer.kind) {
    case "convolution":
      return [
        tf.layers.conv2d({
          name: `convolution${block}`,
          kernelSize: layer.filterSize,
          filters: layer.channels,
          padding: layer.padding,
        }),
        tf.layers.batchNormalization({ name: `batchNorm${block}`, epsilon: BATCH_NORM_EPSILON }),
        tf.layers.leakyReLU({ alpha: LEAKY_SLOPE }),
      ];
    case "dropout":
      return [tf.layers.dropout({ rate: layer.rate })];
    case "maxPool":
      return [tf.layers.maxPooling2d({ poolSize: layer.size })];
    case "averagePool":
      return [tf.layers.averagePooling2d({ poolSize: layer.size })];
  }
}

function layersName(name: string): string {
  const [layer, tensor] = name.split("/");
  return `${layer}/${LAYERS_NAMES[tensor] ?? tensor}`;
}

/**
 * Files of a network's layers model, for `tf.loadLayersModel`.
 *
 * @returns Contents by file name.
 */
export async function modelFiles(network: Network): Promise<Map<string, string | Uint8Array>> {
  const model = toLayersModel(network);
  let saved: tf.io.ModelArtifacts | undefined;
  const keep = tf.io.withSaveHandler((artifacts) => {
    saved = artifacts;
    return Promise.resolve({
      modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" },
    });
  });
  await model.save(keep);
  model.dispose();
  const { modelTopology, weightSpecs, weightData } = saved!;
  const description = {
    format: "layers-model",
    modelTopology,
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
  };
  return new Map<string, string | Uint8Array>([
    [MODEL_FILE, JSON.stringify(description)],
    [WEIGHTS_FILE, new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData))],
  ]);
}

/** Limit on the classes of an image set, whose labels are bytes. */
const MOST_CLASSES = 256;

/**
 * Number of classes of a saved model; undefined if its {@link MODEL_FILE} does not contain it,
 * which {@link setWeights} reports.
 */
export function savedClassCount(description: string): number | undefined {
  try {
    const { weightsManifest } = JSON.parse(description) as tf.io.ModelJSON;
    const bias = weightsManifest[0].weights.find(({ name }) => name === "classifier/bias");
    const count: unknown = bias?.shape[0];
    return Number.isInteger(count) && (count as number) <= MOST_CLASSES
      ? (count as number)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Sets a network's weights and statistics to those of a saved model.
 *
 * @param description Text of the model's {@link MODEL_FILE}.
 * @param bytes Content of its {@link WEIGHTS_FILE}.
 * @param folder Folder of these files, for errors.
 * @throws {Error} If the files are damaged, truncated or of another network; the network is then
 *   unchanged.
 */
export function setWeights(
  network: Network,
  description: string,
  bytes: Uint8Array,
  folder: string,
): void {
  const specs = weightSpecs(description, bytes, folder);
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  const variables = [...network.parameters, ...network.statistics];
  for (const [name, variable] of variables) {
    const shape = shapes.get(layersName(name));
    if (String(shape) !== String(variable.shape))
      throw new Error(`${folder}: expected ${name} of shape [${variable.shape}], got [${shape}]`);
  }
  if (specs.length > variables.length)
    throw new Error(`${folder}: expected ${variables.length} weights, got ${specs.length}`);
  tf.tidy(() => {
    const tensors = tf.io.decodeWeights(Uint8Array.from(bytes).buffer, specs);
    for (const [name, variable] of variables) variable.assign(tensors[layersName(name)]);
  });
}

const SPEC = fields({
  name: anyText,
  shape: listOf(wholeFrom(0)),
  dtype: oneOf(["float32"]),
  quantization: v.optional(v.custom<never>(() => false, "none")),
});
const GROUP = fields({
  paths: listOf(oneOf([WEIGHTS_FILE]), `the one file ${WEIGHTS_FILE}`, 1, 1),
  weights: listOf(SPEC),
});
const MODEL = fields({
  format: oneOf(["layers-model"]),
  weightsManifest: listOf(GROUP, "a list of one group", 1, 1),
});

/**
 * Weights of a saved model, in the order of its {@link WEIGHTS_FILE}.
 *
 * @param description Text of the model's {@link MODEL_FILE}.
 * @param bytes Content of its {@link WEIGHTS_FILE}.
 * @param folder Folder of these files, for errors.
 * @throws {Error} If they are not one group of finite 32-bit numbers, as {@link modelFiles} writes
 *   them.
 */
export function weightSpecs(
  description: string,
  bytes: Uint8Array,
  folder: string,
): tf.io.WeightsManifestEntry[] {
  const specs = specsOf(description, `${folder}/${MODEL_FILE}`);
  const count = specs.reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0);
  if (bytes.length !== 4 * count)
    throw new Error(`${folder}: expected ${4 * count} bytes of weights, got ${bytes.length}`);
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new Error(
      `${folder}/${WEIGHTS_FILE}: expected finite numbers, got ${values[wrong]} at ${wrong}`,
    );
  return specs;
}

function specsOf(description: string, file: string): tf.io.WeightsManifestEntry[] {
  try {
    const { weights } = checked(MODEL, JSON.parse(description)).weightsManifest[0];
    const names = weights.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined)
      throw new RangeError(`expected different weights, got ${shown(twice)} twice`);
    return weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  } catch (error) {
    throw new Error(`${file}: expected a model of tfjs: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
