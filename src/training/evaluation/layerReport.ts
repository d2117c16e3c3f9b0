import * as tf from "@tensorflow/tfjs";
import { imageTensor } from "../../data/batch";
import { allRows, type ImageSet } from "../../data/imageSet";
import {
  correctCounts,
  fitLayer,
  testMeasures,
  type FittedLayer,
  type LayerMeasures,
} from "../../metrics/collapse/layers";
import { blocksOf } from "../../model/architecture";
import { throughFolded, type FoldedConvolution } from "../../model/foldedConvolution";
import type { Network } from "../../model/network";
import { EVALUATION_BATCH } from "./outputs";

/**
 * Measures the output of every block of a network in evaluation mode. A block is a convolution with
 * its batch normalization and leaky ReLU, and the pool after it. Its maps are flattened, as for the
 * next layer: averages over the positions would leave only 8 numbers for the first block of
 * SimpleCNN_MNIST.
 *
 * Memory holds the training set's maps of two blocks, and the test set's maps of one batch: 14 x 14
 * x 8 values per image after the first block of SimpleCNN_MNIST, 32 x 32 x 128 in SimpleCNN13.
 *
 * @param test Images to test the classifiers of each block on.
 * @returns Reports in the order of the blocks, "block1" first.
 * @see He, Su 2023, who also flatten, https://arxiv.org/abs/2210.17020
 */
export async function layerReport(
  network: Network,
  train: ImageSet,
  test: ImageSet,
): Promise<LayerMeasures[]> {
  const convolutions = network.foldedConvolutions();
  try {
    const { classCount } = train;
    const fitted: FittedLayer[] = [];
    await eachBlock(network, convolutions, imagesOf(train), (features) => {
      fitted.push(fitLayer(features, train.labels, classCount));
    });
    const counts = fitted.map(() => ({ nearest: 0, probe: 0 }));
    for (let from = 0; from < test.labels.length; from += EVALUATION_BATCH) {
      const images = imagesOf(test, from, from + EVALUATION_BATCH);
      const labels = test.labels.subarray(from, from + EVALUATION_BATCH);
      await eachBlock(network, convolutions, images, (features, block) => {
        const { nearest, probe } = correctCounts(fitted[block], features, labels, classCount);
        counts[block].nearest += nearest;
        counts[block].probe += probe;
      });
    }
    return fitted.map(({ classMeans, train: measures }, block) => ({
      name: `block${block + 1}`,
      dim: classMeans.length / classCount,
      train: measures,
      test: testMeasures(counts[block], test.labels.length),
    }));
  } finally {
    tf.dispose(convolutions);
  }
}

function imagesOf(set: ImageSet, from = 0, to = set.labels.length): tf.Tensor4D {
  return imageTensor(set, allRows(set), from, Math.min(to, set.labels.length));
}

/** Calls `visit` with the flattened maps after each block in turn, and disposes of the images. */
async function eachBlock(
  { architecture }: Network,
  convolutions: readonly FoldedConvolution[],
  images: tf.Tensor4D,
  visit: (features: Float32Array, block: number) => void,
): Promise<void> {
  let maps = images;
  try {
    for (const [block, layers] of blocksOf(architecture).entries()) {
      const next = tf.tidy(() => throughFolded(maps, layers, convolutions.slice(block, block + 1)));
      maps.dispose();
      maps = next;
      visit(await maps.data<"float32">(), block);
    }
  } finally {
    maps.dispose();
  }
}
