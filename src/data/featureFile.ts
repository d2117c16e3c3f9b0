import { existsSync } from "node:fs";
import { storedArrays } from "../files/arrayFile";
import { elementCount, shapeText, type StoredArray } from "../files/storedArray";
import type { Numbers, RowArray } from "../numerics/rowArray";
import type { ArrayRole, FeatureSet, LinearLayer } from "./featureSet";

/**
 * Arrays for the roles of features, labels and so on: a key, another file (`weights.npy`), or both
 * (`model.safetensors:fc.weight`). By default the usual names are used.
 */
export type ArrayKeys = Readonly<Partial<Record<ArrayRole, string>>>;

/** Features, and the related arrays of a file. */
export interface FileFeatures extends FeatureSet, LinearLayer {
  readonly features: RowArray;
  readonly labels: Numbers;
  readonly logits?: RowArray;
  readonly weights?: Numbers;
  readonly bias?: Numbers;
}

/** Usual names in lower case; the first list with a name in the file is used. */
const NAMES: Readonly<Record<ArrayRole, readonly (readonly string[])[]>> = {
  features: [
    ["features", "feature", "feats", "embeddings", "embedding"],
    ["h", "x"],
  ],
  labels: [["labels", "label", "targets", "target"], ["y"]],
  logits: [["logits"]],
  weights: [["weights", "weight", "w"]],
  bias: [["bias", "biases", "b"]],
};
/** Names of the last layer in a state dict: `fc.weight`, `module.head.weight`, `classifier.6.weight`. */
const LAST_LAYER = /(^|\.)(fc|classifier|cls|head|linear|output)(\.\d+)?\.(weight|bias)$/;

/**
 * Features of a file or a folder, with labels, logits and the classifier if it has them. The first
 * axis is that of the examples; further axes are flattened.
 *
 * Formats: .npy, .npz, .safetensors, .mat, or a folder of .npy files. Features and logits are read
 * row by row on demand, so a file may be larger than memory.
 *
 * @throws {Error} If the file or a key is missing, several arrays fit a role, or an array has the
 *   wrong shape; the message lists the arrays.
 */
export async function readFeatures(file: string, keys: ArrayKeys = {}): Promise<FileFeatures> {
  const own = await storedArrays(file);
  const find = (role: ArrayRole) => findArray({ file, arrays: own }, role, keys[role]);
  const [ownLabels, logits, weights] = [
    await find("labels"),
    await find("logits"),
    await find("weights"),
  ];
  const features = (await find("features")) ?? onlyArray({ file, arrays: own }, "features");
  const labels = ownLabels ?? missing({ file, arrays: own }, "labels");
  const bias = (await find("bias")) ?? (weights && biasBeside(weights));
  const found = { features, labels, logits, weights, bias };
  const places = Object.entries(found).map(([role, one]) => [role, one?.array.place]);
  return {
    features: await openMatrix(features),
    labels: await openVector(labels),
    logits: logits && (await openMatrix(logits)),
    weights: weights && (await openWeights(weights, features)),
    bias: bias && (await openVector(bias)),
    places: Object.fromEntries(places) as FileFeatures["places"],
  };
}

/**
 * Features of a file without labels, such as those of out-of-distribution examples.
 *
 * @throws {Error} As {@link readFeatures}.
 */
export async function readUnlabeledFeatures(
  file: string,
  { features: key }: ArrayKeys = {},
): Promise<Pick<FileFeatures, "features" | "places">> {
  const own = { file, arrays: await storedArrays(file) };
  const found = (await findArray(own, "features", key)) ?? onlyArray(own, "features");
  return { features: await openMatrix(found), places: { features: found.array.place } };
}

/** Features of a layer in a file. */
export interface FileLayer {
  /** The array's key. */
  readonly name: string;
  /** N x p, read on demand; further axes are flattened. */
  readonly features: RowArray;
}

/** Features of the same examples after several layers. */
export interface FileLayers {
  /**
   * In the file's order; for .safetensors files and folders by name, 2 before 10, unless keys are
   * given.
   */
  readonly layers: readonly FileLayer[];
  readonly labels: Numbers;
}

/**
 * Features of several layers in a file: the arrays of the keys, or all floating-point arrays with
 * two axes or more that have one row per label and no other role.
 *
 * @throws {Error} As {@link readFeatures}, and if there is no such array.
 */
export async function readLayers(
  file: string,
  keys: ArrayKeys & { readonly layers?: readonly string[] } = {},
): Promise<FileLayers> {
  const own = { file, arrays: await storedArrays(file) };
  const labels = (await findArray(own, "labels", keys.labels)) ?? missing(own, "labels");
  const numbers = await openVector(labels);
  const others = [labels.array];
  for (const role of ["logits", "weights", "bias"] as const) {
    const found = keys.layers ? undefined : await findArray(own, role, keys[role]);
    if (found) others.push(found.array);
  }
  const isLayer = (array: StoredArray) =>
    array.shape.length > 1 &&
    array.shape[0] === numbers.length &&
    FLOATS.test(array.type) &&
    !others.includes(array);
  const arrays = keys.layers
    ? keys.layers.map((key) => arrayOf(own, "layers", key))
    : own.arrays.filter(isLayer);
  if (arrays.length === 0)
    throw new RangeError(
      `${file}: expected floating-point arrays of ${numbers.length} rows, as many as ` +
        `${labels.array.place}, got ${listed(own.arrays)}`,
    );
  const layers: FileLayer[] = [];
  for (const array of arrays) {
    const features = await openMatrix({ ...own, array });
    if (features.count !== numbers.length)
      throw new RangeError(
        `${array.place}: expected ${numbers.length} rows, as many as ${labels.array.place}, got ` +
          `${features.count} x ${features.size}`,
      );
    layers.push({ name: array.name, features });
  }
  return { layers, labels: numbers };
}

const FLOATS = /^(b?float\d+|single|double)$/;

/** Whether a file has one array with a usual name of features. */
export async function namesFeatures(file: string): Promise<boolean> {
  return usualArrays(await storedArrays(file), "features").length === 1;
}

/** The arrays of a file. */
interface Arrays {
  readonly file: string;
  readonly arrays: readonly StoredArray[];
}

/** Array and its file. */
interface Found extends Arrays {
  readonly array: StoredArray;
}

const isNamed = (array: StoredArray, role: ArrayRole, names: readonly string[]) => {
  const [, , layer, , tensor] = LAST_LAYER.exec(array.name) ?? [];
  const isLayer = layer !== undefined && role === (tensor === "weight" ? "weights" : tensor);
  return isLayer || names.includes(array.name.toLowerCase());
};

/** Array of a role, by its key or a usual name; undefined if the file has no such array. */
async function findArray(
  own: Arrays,
  role: ArrayRole,
  asked: string | undefined,
): Promise<Found | undefined> {
  if (asked === undefined) return usualArray(own, role);
  const place = own.arrays.some(({ name }) => name === asked) ? undefined : otherFile(asked);
  if (place === undefined) return { ...own, array: arrayOf(own, role, asked) };
  const other = { file: place.file, arrays: await storedArrays(place.file) };
  if (place.key !== undefined) return findArray(other, role, place.key);
  return usualArray(other, role) ?? onlyArray(other, role);
}

/** The array of a key. */
function arrayOf({ file, arrays }: Arrays, role: string, key: string): StoredArray {
  const array = arrays.find(({ name }) => name === key);
  if (array) return array;
  throw new RangeError(`${file}: expected an array ${key} for ${role}, got ${listed(arrays)}`);
}

/** Whether the text of a role names a file instead of a key. */
export const isOtherFile = (text: string) => otherFile(text) !== undefined;

/** `FILE` or `FILE:KEY`, if the file exists. */
function otherFile(text: string): { file: string; key?: string } | undefined {
  if (existsSync(text)) return { file: text };
  const colon = text.lastIndexOf(":");
  const file = text.slice(0, colon);
  return colon > 0 && existsSync(file) ? { file, key: text.slice(colon + 1) } : undefined;
}

function usualArray(own: Arrays, role: ArrayRole): Found | undefined {
  const named = usualArrays(own.arrays, role);
  if (named.length > 1)
    throw new RangeError(
      `${own.file}: expected one array of ${role}, got ${listed(named)}; name it ` +
        `(--${role} KEY)${layersHint(role)}`,
    );
  return named.length === 1 ? { ...own, array: named[0] } : undefined;
}

/** Arrays of the first list of usual names that occurs in the file. */
function usualArrays(arrays: readonly StoredArray[], role: ArrayRole): readonly StoredArray[] {
  const lists = NAMES[role].map((names) => arrays.filter((array) => isNamed(array, role, names)));
  return lists.find((named) => named.length > 0) ?? [];
}

const layersHint = (role: ArrayRole) =>
  role === "features" ? ", or measure several as layers (--layers)" : "";

/** The only array of a file, whatever its name, as in a .npy file. */
function onlyArray(own: Arrays, role: ArrayRole): Found {
  return own.arrays.length === 1 ? { ...own, array: own.arrays[0] } : missing(own, role);
}

function missing({ file, arrays }: Arrays, role: ArrayRole): never {
  throw new RangeError(
    `${file}: expected ${role} named ${NAMES[role].flat().join(", ")}, got ${listed(arrays)}; ` +
      `name the array (--${role} KEY or FILE)${layersHint(role)}`,
  );
}

/** Number of arrays that a message lists. */
const LISTED = 12;

function listed(arrays: readonly StoredArray[]): string {
  const names = arrays.slice(0, LISTED).map(({ name, shape }) => `${name} ${shapeText(shape)}`);
  const rest = arrays.length - names.length;
  return names.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Bias `a.bias` that belongs to weights `a.weight`. */
function biasBeside({ array, ...own }: Found): Found | undefined {
  const name = array.name.replace(/weight$/, "bias");
  const bias = own.arrays.find((one) => one !== array && one.name === name);
  return bias && { ...own, array: bias };
}

async function openMatrix({ array }: Found): Promise<RowArray> {
  if (array.shape.length < 2 || array.shape.includes(0))
    throw new RangeError(
      `${array.place}: expected a matrix of examples x dimensions, got shape ${shapeText(array.shape)}`,
    );
  return array.open();
}

/** W, one row per class. */
async function openWeights(weights: Found, features: Found): Promise<Numbers> {
  const [[, ...inner], matrix] = [features.array.shape, await openMatrix(weights)];
  const dim = elementCount(inner);
  if (matrix.size !== dim)
    throw new RangeError(
      `${weights.array.place}: expected weights of classes x ${dim} dimensions, got shape ` +
        shapeText(weights.array.shape) +
        (matrix.count === dim ? "; transpose them" : ""),
    );
  return valuesOf(matrix);
}

/** Array with one axis, or with a single axis longer than 1. */
async function openVector({ array }: Found): Promise<Numbers> {
  const count = elementCount(array.shape);
  if (array.shape.length === 0 || Math.max(...array.shape) !== count)
    throw new RangeError(
      `${array.place}: expected a list of numbers, got shape ${shapeText(array.shape)}`,
    );
  return valuesOf(await array.open());
}

const valuesOf = ({ count, rows }: RowArray) => rows(0, count);
