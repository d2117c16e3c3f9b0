import * as tf from "@tensorflow/tfjs";
import { layerShapes, type Architecture } from "./architecture";
import type { Network } from "./network";

/** Tensor of a state dict. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Names in PyTorch's modules that differ from those of a network. */
const TORCH_NAMES: Readonly<Record<string, string>> = {
  filter: "weight",
  scale: "weight",
  offset: "bias",
  mean: "running_mean",
  variance: "running_var",
};
/** Modules of a convolution: itself, batch norm, leaky ReLU. */
const BLOCK_MODULES = 3;
/** Prefixes that DataParallel and torch.compile add to every name. */
const WRAPPERS = /^(module\.|_orig_mod\.)+/;

/**
 * Names in PyTorch of a network's tensors, by its own: the modules of Hofer et al.'s code, features
 * as `feat_ext` (a `nn.Sequential` of convolution, batch norm, leaky ReLU, pools and dropout) and the
 * classifier as `cls.0`.
 *
 * @see https://github.com/c-hofer/topologically_densified_distributions
 */
function torchNames({ layers }: Architecture): (name: string) => string {
  const places: number[] = [];
  let place = 0;
  for (const { kind } of layers) {
    if (kind === "convolution") places.push(place);
    place += kind === "convolution" ? BLOCK_MODULES : 1;
  }
  return (name) => {
    const [layer, tensor] = name.split("/");
    if (layer === "classifier") return `cls.0.${tensor === "weights" ? "weight" : "bias"}`;
    const block = places[Number(/\d+$/.exec(layer)) - 1];
    const module = layer.startsWith("batchNorm") ? block + 1 : block;
    return `feat_ext.${module}.${TORCH_NAMES[tensor] ?? tensor}`;
  };
}

/**
 * Weights and statistics of a network as a PyTorch state dict: names and layouts of the modules of
 * Hofer et al.'s code (filters OIHW, the classifier classes x features).
 *
 * PyTorch's `load_state_dict` accepts it without the counters `num_batches_tracked`.
 */
export async function stateDict(network: Network): Promise<Map<string, StateTensor>> {
  const nameOf = torchNames(network.architecture);
  const tensors = new Map<string, StateTensor>();
  for (const [name, variable] of [...network.parameters, ...network.statistics]) {
    const tensor = tf.tidy(() => toTorch(name, variable, network.architecture));
    const { shape } = tensor;
    tensors.set(nameOf(name), { shape, values: await tensor.data<"float32">() });
    tensor.dispose();
  }
  return tensors;
}

/**
 * Sets a network's weights and statistics to those of a PyTorch state dict, as {@link stateDict}
 * returns it. Counters `num_batches_tracked` and the prefixes of DataParallel and torch.compile are
 * ignored.
 *
 * @param place Name of the file, for errors.
 * @throws {RangeError} If a tensor is missing, has another shape or is not expected, or a value is
 *   not finite; the network is then unchanged.
 */
export function setStateDict(
  network: Network,
  tensors: ReadonlyMap<string, StateTensor>,
  place: string,
): void {
  const nameOf = torchNames(network.architecture);
  const given = new Map(
    [...tensors]
      .map(([name, tensor]) => [name.replace(WRAPPERS, ""), tensor] as const)
      .filter(([name]) => !name.endsWith(".num_batches_tracked")),
  );
  const variables = [...network.parameters, ...network.statistics];
  const { architecture } = network;
  const checkedTensors = variables.map(([name, variable]) => {
    const torchName = nameOf(name);
    const shape = tf.tidy(() => toTorch(name, variable, architecture).shape);
    const tensor = checked(given.get(torchName), torchName, shape, place);
    given.delete(torchName);
    return tensor;
  });
  const [left] = given.keys();
  if (left !== undefined)
    throw new RangeError(
      `${place}: expected the tensors of ${architecture.name}, got ${left} as well`,
    );
  tf.tidy(() =>
    variables.forEach(([name, variable], i) =>
      variable.assign(fromTorch(name, checkedTensors[i], variable, architecture)),
    ),
  );
}

function checked(
  tensor: StateTensor | undefined,
  name: string,
  shape: readonly number[],
  place: string,
): StateTensor {
  if (tensor === undefined)
    throw new RangeError(`${place}: expected ${name} of shape [${shape}], got none`);
  if (String(tensor.shape) !== String(shape))
    throw new RangeError(`${place}: expected ${name} of shape [${shape}], got [${tensor.shape}]`);
  const wrong = tensor.values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new RangeError(
      `${place}: expected finite values of ${name}, got ${tensor.values[wrong]} at value ${wrong}`,
    );
  return tensor;
}

/** HWIO to OIHW; features x classes to classes x features, whose maps PyTorch flattens as CHW. */
function toTorch(name: string, tensor: tf.Tensor, architecture: Architecture): tf.Tensor {
  if (tensor.rank === 4) return tf.transpose(tensor, [3, 2, 0, 1]);
  if (name !== "classifier/weights") return tf.clone(tensor);
  const { map, classCount } = mapOf(architecture);
  return tf.reshape(tf.transpose(tf.reshape(tensor, [...map, classCount]), [3, 2, 0, 1]), [
    classCount,
    -1,
  ]);
}

function fromTorch(
  name: string,
  { values, shape }: StateTensor,
  variable: tf.Tensor,
  architecture: Architecture,
): tf.Tensor {
  const tensor = tf.tensor(values, [...shape]);
  if (tensor.rank === 4) return tf.transpose(tensor, [2, 3, 1, 0]);
  if (name !== "classifier/weights") return tensor;
  const { map, classCount } = mapOf(architecture);
  const [height, width, channels] = map;
  const maps = tf.reshape(tensor, [classCount, channels, height, width]);
  return tf.reshape(tf.transpose(maps, [2, 3, 1, 0]), variable.shape);
}

/** Shape of the last map, before it is flattened. */
function mapOf(architecture: Architecture) {
  const { shapes } = layerShapes(architecture);
  return { map: shapes[shapes.length - 1], classCount: architecture.classCount };
}
