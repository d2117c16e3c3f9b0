import * as tf from "@tensorflow/tfjs";
import type { Random } from "../numerics/random";
import { layerShapes, type Architecture } from "./architecture";
import { batchNormLeakyRelu, batchNormLeakyReluMaxPool } from "./batchNormLeakyRelu";
import { dropout } from "./dropout";
import { foldBatchNorm, throughFolded, type FoldedConvolution } from "./foldedConvolution";
import { initialValues } from "./initialization";
import { pool } from "./pool";

/** Weight of the batch's statistics in the running statistics, as in PyTorch. */
const STATISTICS_MOMENTUM = 0.1;

/** Values between layers in training: maps of distinct images, and their examples. */
interface Batch {
  maps: tf.Tensor4D;
  /** Index of the map of each example; absent if each has its own. */
  readonly positions?: tf.Tensor1D;
  /** Number of examples that each map stands for. */
  readonly copies?: tf.Tensor1D;
}

/**
 * A convolutional network: its weights, its running statistics, and the two ways through it.
 *
 * `parameters` contains the trained variables by name, in order: `convolution1/filter` (height x
 * width x in x out), `convolution1/bias`, `batchNorm1/scale`, `batchNorm1/offset`, ...,
 * `classifier/weights` (features x classes), `classifier/bias`. `statistics` contains the running
 * mean and variance of each batch normalization.
 */
export class Network {
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly statistics: ReadonlyMap<string, tf.Variable>;
  readonly featureCount: number;
  /** Number of pixels of the smallest normalized map. */
  private readonly fewestPixels: number;

  /** @param random Source of the initial weights, drawn as PyTorch draws them. */
  constructor(
    readonly architecture: Architecture,
    random: Random,
  ) {
    const { featureCount, shapes } = layerShapes(architecture);
    this.featureCount = featureCount;
    const isNormalized = (_: unknown, i: number) => architecture.layers[i].kind === "convolution";
    this.fewestPixels = Math.min(
      ...shapes.filter(isNormalized).map(([height, width]) => height * width),
    );
    const { parameters, statistics } = initialValues(architecture, random);
    const variables = (values: Map<string, tf.Tensor>, trainable: boolean) =>
      new Map([...values].map(([name, value]) => [name, toVariable(value, trainable)]));
    this.parameters = variables(parameters, true);
    this.statistics = variables(statistics, false);
  }

  /**
   * Features in training: normalized by the batch, with dropout. Updates the running statistics.
   *
   * A batch that holds an image several times is computed once an image: up to the first dropout,
   * which treats copies differently, they have equal values, and the batch's statistics count them.
   *
   * @param images M x height x width x channels, input of the network.
   * @param random Source of the dropout masks.
   * @param positions Index of the image of each of the batch's N examples; by default N = M.
   * @returns N x featureCount, differentiable in the parameters.
   * @throws {RangeError} If a batch of one image leaves one value per channel, which has no
   *   variance; the statistics are then unchanged.
   */
  trainingFeatures(
    images: tf.Tensor4D,
    random: Random,
    positions?: ArrayLike<number>,
  ): tf.Tensor2D {
    const { layers } = this.architecture;
    if ((positions?.length ?? images.shape[0]) * this.fewestPixels < 2)
      throw new RangeError(
        "expected more than one value per channel to normalize, got one image of one pixel",
      );
    let batch: Batch = { maps: images, ...repetition(images.shape[0], positions) };
    let block = 0;
    for (let i = 0; i < layers.length; i++) {
      const layer = layers[i];
      if (layer.kind === "dropout") {
        batch = { maps: examplesOf(batch) };
        batch.maps = dropout(batch.maps, layer.rate, random.integer(2 ** 32) | 0);
      } else if (layer.kind === "convolution") {
        const next = layers[i + 1];
        const isPooled = next?.kind === "maxPool" && next.size === 2;
        batch.maps = this.trainingBlock(batch, ++block, layer.padding, isPooled);
        if (isPooled) i++;
      } else batch.maps = pool(batch.maps, layer);
    }
    return tf.reshape(examplesOf(batch), [-1, this.featureCount]);
  }

  /**
   * Features in evaluation: normalized by the running statistics, without dropout.
   *
   * @param images N x height x width x channels.
   * @param convolutions Result of {@link foldedConvolutions}, computed once for many batches.
   * @returns N x featureCount.
   */
  features(images: tf.Tensor4D, convolutions?: readonly FoldedConvolution[]): tf.Tensor2D {
    return tf.tidy(() => {
      const folded = convolutions ?? this.foldedConvolutions();
      const maps = throughFolded(images, this.architecture.layers, folded);
      return tf.reshape(maps, [-1, this.featureCount]);
    });
  }

  /**
   * Convolutions for evaluation with the current weights and statistics; the caller disposes of
   * them.
   */
  foldedConvolutions(): FoldedConvolution[] {
    const convolutions = this.architecture.layers.filter(({ kind }) => kind === "convolution");
    return tf.tidy(() => convolutions.map((_, i) => this.folded(i + 1)));
  }

  /** Logits of features: N x featureCount to N x classCount. */
  logits(features: tf.Tensor2D): tf.Tensor2D {
    const weights = this.parameter("classifier/weights") as tf.Variable<tf.Rank.R2>;
    return tf.add(tf.matMul(features, weights), this.parameter("classifier/bias"));
  }

  /**
   * Convolution, batch normalization by the batch, leaky ReLU, and max pooling if it follows. The
   * bias shifts the mean, which the normalization removes: it only affects the running mean, and
   * its gradient is 0.
   */
  private trainingBlock(
    { maps, positions, copies }: Batch,
    block: number,
    padding: "same" | "valid",
    isPooled: boolean,
  ): tf.Tensor4D {
    const filter = this.parameter(`convolution${block}/filter`) as tf.Variable<tf.Rank.R4>;
    const convolved = tf.conv2d(maps, filter, 1, padding);
    const normalize = isPooled ? batchNormLeakyReluMaxPool : batchNormLeakyRelu;
    const { y, mean, variance } = normalize(
      convolved,
      this.parameter(`batchNorm${block}/scale`) as tf.Variable<tf.Rank.R1>,
      this.parameter(`batchNorm${block}/offset`) as tf.Variable<tf.Rank.R1>,
      copies,
    );
    const [images, height, width] = convolved.shape;
    const count = (positions?.size ?? images) * height * width;
    const shifted = tf.add(mean, this.parameter(`convolution${block}/bias`));
    this.moveStatistic(`batchNorm${block}/mean`, shifted);
    this.moveStatistic(`batchNorm${block}/variance`, tf.mul(variance, count / (count - 1)));
    return y;
  }

  private moveStatistic(name: string, batch: tf.Tensor): void {
    const running = this.statistics.get(name) as tf.Variable;
    const old = tf.mul(running, 1 - STATISTICS_MOMENTUM);
    running.assign(tf.add(old, tf.mul(batch, STATISTICS_MOMENTUM)));
  }

  private folded(block: number): FoldedConvolution {
    const statistic = (name: string) =>
      this.statistics.get(`batchNorm${block}/${name}`) as tf.Variable<tf.Rank.R1>;
    const filter = this.parameter(`convolution${block}/filter`) as tf.Variable<tf.Rank.R4>;
    const bias = this.parameter(`convolution${block}/bias`) as tf.Variable<tf.Rank.R1>;
    const scale = this.parameter(`batchNorm${block}/scale`) as tf.Variable<tf.Rank.R1>;
    const offset = this.parameter(`batchNorm${block}/offset`) as tf.Variable<tf.Rank.R1>;
    const [mean, variance] = [statistic("mean"), statistic("variance")];
    return foldBatchNorm({ filter, bias }, { scale, offset, mean, variance });
  }

  private parameter(name: string): tf.Variable {
    const variable = this.parameters.get(name);
    if (variable === undefined) throw new Error(`${this.architecture.name} has no ${name}`);
    return variable;
  }

  /** Frees the weights. The network cannot be used afterwards. */
  dispose(): void {
    tf.dispose([...this.parameters.values(), ...this.statistics.values()]);
  }
}

/** @throws {RangeError} If the position of an example is out of range. */
function repetition(
  imageCount: number,
  positions?: ArrayLike<number>,
): Pick<Batch, "positions" | "copies"> {
  if (positions === undefined) return {};
  const copies = new Float32Array(imageCount);
  for (let i = 0; i < positions.length; i++) {
    if (!(positions[i] in copies))
      throw new RangeError(`expected positions below ${imageCount}, got ${positions[i]}`);
    copies[positions[i]]++;
  }
  return {
    positions: tf.tensor1d(Int32Array.from(positions), "int32"),
    copies: tf.tensor1d(copies),
  };
}

/** Maps, one per example. */
function examplesOf({ maps, positions }: Batch): tf.Tensor4D {
  return positions === undefined ? maps : tf.gather(maps, positions);
}

function toVariable(value: tf.Tensor, trainable: boolean): tf.Variable {
  const variable = tf.variable(value, trainable);
  value.dispose();
  return variable;
}
