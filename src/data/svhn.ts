import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImageSet } from "./imageSet";
import { readMatFile, type MatSink, type MatVariable } from "../files/matFile";
import { officialFilesHint } from "./officialFiles";

const SIDE = 32;
const CHANNELS = 3;
const IMAGE_SIZE = SIDE * SIDE * CHANNELS;
const CLASS_COUNT = 10;

/** SVHN's cropped digits: 73,257 training and 26,032 test images. */
export interface Svhn {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/**
 * The digits of SVHN, 32 x 32 x 3, from `train_32x32.mat` and `test_32x32.mat`. Files with fewer
 * images in the same format are accepted. If a folder, such as a selection of training images, has
 * no test images, those of the folder above it are used.
 *
 * @throws {Error} If a file is missing, or {@link readSvhnMat} rejects it.
 * @see http://ufldl.stanford.edu/housenumbers/
 */
export async function loadSvhn(folder = join("data", "svhn")): Promise<Svhn> {
  const train = await firstPresent([join(folder, "train_32x32.mat")]);
  const testName = "test_32x32.mat";
  const test = await firstPresent([join(folder, testName), join(dirname(folder), testName)]);
  return { train: await readSvhnMat(train), test: await readSvhnMat(test) };
}

async function firstPresent(paths: readonly string[]): Promise<string> {
  for (const path of paths) if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  throw new Error(
    `${paths.join(" or ")}: expected a file of SVHN, which does not exist; ${officialFilesHint("svhn")}`,
  );
}

/**
 * Images of one of SVHN's files: `X`, uint8, 32 x 32 x 3 x N, and `y`, N x 1, in which 10 means the
 * digit 0. The file is read in pieces.
 *
 * @throws {Error} If it is not such a MAT v5 file; the message names the file.
 */
export async function readSvhnMat(path: string): Promise<ImageSet> {
  let pixels: Uint8Array | undefined;
  let labels: Uint8Array | undefined;
  const found: string[] = [];
  await readMatFile(path, (variable): MatSink | undefined => {
    const { name } = variable;
    found.push(name);
    if (name === "X") return pixelSink((pixels = new Uint8Array(pixelCount(variable))));
    if (name === "y") return labelSink((labels = new Uint8Array(labelCount(variable))));
    return undefined;
  });
  if (pixels === undefined || labels === undefined)
    throw new Error(`${path}: expected arrays X and y, got ${found.join(", ") || "none"}`);
  const count = pixels.length / IMAGE_SIZE;
  if (labels.length !== count)
    throw new RangeError(`${path}: expected ${count} labels, one per image, got ${labels.length}`);
  return { pixels, labels, imageShape: [SIDE, SIDE, CHANNELS], classCount: CLASS_COUNT };
}

function pixelCount({ className, shape }: MatVariable): number {
  // MATLAB omits a last dimension of 1.
  const [height, width, channels, count = 1, ...more] = shape;
  const fits = height === SIDE && width === SIDE && channels === CHANNELS && more.length === 0;
  if (className !== "uint8" || !fits || count < 1)
    throw new RangeError(
      `X: expected uint8 of 32 x 32 x 3 x N, got ${className} of ${shape.join(" x ")}`,
    );
  return count * IMAGE_SIZE;
}

function labelCount({ shape }: MatVariable): number {
  const [rows, columns] = shape;
  if (shape.length !== 2 || Math.min(rows, columns) !== 1)
    throw new RangeError(`y: expected N x 1 labels, got ${shape.join(" x ")}`);
  return rows * columns;
}

/** Reorders values from channel, column, row to row, column, channel. */
function pixelSink(pixels: Uint8Array): MatSink {
  const places = Uint16Array.from({ length: IMAGE_SIZE }, (_, i) => {
    const row = i % SIDE;
    const column = Math.floor(i / SIDE) % SIDE;
    const channel = Math.floor(i / (SIDE * SIDE));
    return (row * SIDE + column) * CHANNELS + channel;
  });
  return (values, position) => {
    let within = position % IMAGE_SIZE;
    let image = position - within;
    if (!(values instanceof Uint8Array)) checkBytes(values, position);
    for (let i = 0; i < values.length; i++) {
      pixels[image + places[within]] = values[i];
      if (++within < IMAGE_SIZE) continue;
      within = 0;
      image += IMAGE_SIZE;
    }
  };
}

/** Bytes may be stored as other numbers. */
function checkBytes(values: ArrayLike<number>, position: number): void {
  for (let i = 0; i < values.length; i++)
    if (values[i] !== (values[i] & 0xff))
      throw new RangeError(
        `expected values from 0 to 255, got ${values[i]} at position ${position + i}`,
      );
}

function labelSink(labels: Uint8Array): MatSink {
  return (values, position) => {
    for (let i = 0; i < values.length; i++) {
      const label = values[i];
      if (!Number.isInteger(label) || label < 1 || label > CLASS_COUNT)
        throw new RangeError(
          `expected labels from 1 to ${CLASS_COUNT}, got ${label} at position ${position + i}`,
        );
      labels[position + i] = label % CLASS_COUNT;
    }
  };
}
