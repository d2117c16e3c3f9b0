/** Layer of a network from images to features. */
export type Layer =
  | {
      /** Convolution of stride 1 with bias, batch normalization, leaky ReLU. */
      readonly kind: "convolution";
      readonly filterSize: number;
      readonly channels: number;
      readonly padding: "same" | "valid";
    }
  | { readonly kind: "maxPool" | "averagePool"; readonly size: number }
  | { readonly kind: "dropout"; readonly rate: number };

/** Network as data: layers from images to features, then one dense layer to the logits. */
export interface Architecture {
  readonly name: string;
  /** Height, width, channels of an image. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly layers: readonly Layer[];
  readonly classCount: number;
}

const convolution = (
  filterSize: number,
  channels: number,
  padding: "same" | "valid" = "same",
): Layer => ({ kind: "convolution", filterSize, channels, padding });
const maxPool: Layer = { kind: "maxPool", size: 2 };
const dropout: Layer = { kind: "dropout", rate: 0.5 };

/** The original's "Simple-MNIST CNN 13": 28 x 28 x 1 to 128 features, 96,522 parameters. */
export const simpleCnnMnist: Architecture = {
  name: "SimpleCNN_MNIST",
  imageShape: [28, 28, 1],
  layers: [8, 32, 64, 128].flatMap((channels) => [convolution(3, channels), maxPool]),
  classCount: 10,
};

/**
 * The 13-layer network of the SVHN and CIFAR experiments: 32 x 32 x 3 to 128 features,
 * 3,123,850 parameters.
 *
 * @param width Factor on every number of channels, the features' included; 1 in the paper.
 * @throws {RangeError} If a layer would not have a whole number of channels.
 */
export function simpleCnn13(width = 1): Architecture {
  const scaled = (channels: number) => {
    const count = channels * width;
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError(
        `expected a width that gives whole numbers of channels, got ${width}: ${count}`,
      );
    return count;
  };
  const block = (channels: number): Layer[] => {
    const wide = convolution(3, scaled(channels));
    return [wide, wide, wide, maxPool, dropout];
  };
  return {
    name: "SimpleCNN13",
    imageShape: [32, 32, 3],
    layers: [
      ...block(128),
      ...block(256),
      convolution(3, scaled(512), "valid"),
      convolution(1, scaled(256)),
      convolution(1, scaled(128)),
      { kind: "averagePool", size: 6 },
    ],
    classCount: 10,
  };
}

/**
 * Layers in blocks: a convolution and everything up to the next one. Layers before the first
 * convolution belong to the first block.
 */
export function blocksOf({ layers }: Pick<Architecture, "layers">): Layer[][] {
  const blocks: Layer[][] = [[]];
  for (const layer of layers) {
    const isFilled = blocks[blocks.length - 1].some(({ kind }) => kind === "convolution");
    if (layer.kind === "convolution" && isFilled) blocks.push([]);
    blocks[blocks.length - 1].push(layer);
  }
  return blocks;
}

/**
 * Shapes after each layer, and the number of features.
 *
 * @throws {RangeError} If a pool or an unpadded filter is larger than its input map.
 */
export function layerShapes(architecture: Architecture): {
  shapes: (readonly [number, number, number])[];
  featureCount: number;
} {
  const shapes: (readonly [number, number, number])[] = [];
  let shape = architecture.imageShape;
  for (const layer of architecture.layers) {
    shape = shapeAfter(layer, shape);
    if (Math.min(...shape) < 1)
      throw new RangeError(
        `${architecture.name}: a ${layer.kind} layer leaves no values, shape [${shape.join(", ")}]`,
      );
    shapes.push(shape);
  }
  return { shapes, featureCount: shape[0] * shape[1] * shape[2] };
}

function shapeAfter(
  layer: Layer,
  [height, width, channels]: readonly [number, number, number],
): readonly [number, number, number] {
  switch (layer.kind) {
    case "convolution": {
      const lost = layer.padding === "same" ? 0 : layer.filterSize - 1;
      return [height - lost, width - lost, layer.channels];
    }
    case "dropout":
      return [height, width, channels];
    default:
      return [Math.floor(height / layer.size), Math.floor(width / layer.size), channels];
  }
}
