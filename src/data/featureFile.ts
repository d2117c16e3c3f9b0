import { existsSync } from "node:fs";
import { storedArrays } from "../files/arrayFile";
import { elementCount, shapeText, type StoredArray } from "../files/storedArray";
import type { Numbers, RowArray } from "../numerics/rowArray";
import type { ArrayRole, FeatureSet, LinearLayer } from "./featureSet";

/**
 * Which array of a file has which role: its key, another file (`weights.npy`), or both
 * (`model.safetensors:fc.weight`). Roles that are left out go by the usual names.
 */
export type ArrayKeys = Readonly<Partial<Record<ArrayRole, string>>>;

/** Features and what else a file has of them. */
export interface FileFeatures extends FeatureSet, LinearLayer {
  readonly features: RowArray;
  readonly labels: Numbers;
  readonly logits?: RowArray;
  readonly weights?: Numbers;
  readonly bias?: Numbers;
}

/** Usual names in lower case: the first list that a file has a name of decides. */
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
 * The features of a file or a folder, with labels, logits and the classifier where it has them. The
 * first axis is that of the examples; further axes are made one.
 *
 * Formats: .npy, .npz, .safetensors, .mat, or a folder of .npy files. Features and logits are read
 * row by row when they are needed, so that a file may be larger than memory.
 *
 * @throws {Error} If the file or a key is missing, a role could be that of several arrays, or an
 *   array has another shape: one sentence that lists the arrays.
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
 * The features of a file without labels, such as those of out-of-distribution examples.
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

/** The arrays of a file. */
interface Arrays {
  readonly file: string;
  readonly arrays: readonly StoredArray[];
}

/** An array and the file that it is of. */
interface Found extends Arrays {
  readonly array: StoredArray;
}

const isNamed = (array: StoredArray, role: ArrayRole, names: readonly string[]) => {
  const [, , layer, , tensor] = LAST_LAYER.exec(array.name) ?? [];
  const isLayer = layer !== undefined && role === (tensor === "weight" ? "weights" : tensor);
  return isLayer || names.includes(array.name.toLowerCase());
};

/** The array of a role by its key or a usual name; undefined without either. */
async function findArray(
  own: Arrays,
  role: ArrayRole,
  asked: string | undefined,
): Promise<Found | undefined> {
  if (asked === undefined) return usualArray(own, role);
  const array = own.arrays.find(({ name }) => name === asked);
  if (array) return { ...own, array };
  const place = otherFile(asked);
  if (place === undefined)
    throw new RangeError(
      `${own.file}: expected an array ${asked} for ${role}, got ${listed(own.arrays)}`,
    );
  const other = { file: place.file, arrays: await storedArrays(place.file) };
  if (place.key !== undefined) return findArray(other, role, place.key);
  return usualArray(other, role) ?? onlyArray(other, role);
}

/** Whether a role's text names another file, not a key. */
export const isOtherFile = (text: string) => otherFile(text) !== undefined;

/** `FILE` or `FILE:KEY`, where there is such a file. */
function otherFile(text: string): { file: string; key?: string } | undefined {
  if (existsSync(text)) return { file: text };
  const colon = text.lastIndexOf(":");
  const file = text.slice(0, colon);
  return colon > 0 && existsSync(file) ? { file, key: text.slice(colon + 1) } : undefined;
}

function usualArray(own: Arrays, role: ArrayRole): Found | undefined {
  for (const names of NAMES[role]) {
    const named = own.arrays.filter((array) => isNamed(array, role, names));
    if (named.length > 1)
      throw new RangeError(
        `${own.file}: expected one array of ${role}, got ${listed(named)}; name it (--${role} KEY)`,
      );
    if (named.length === 1) return { ...own, array: named[0] };
  }
  return undefined;
}

/** The only array of a file whatever its name, such as that of a .npy file. */
function onlyArray(own: Arrays, role: ArrayRole): Found {
  return own.arrays.length === 1 ? { ...own, array: own.arrays[0] } : missing(own, role);
}

function missing({ file, arrays }: Arrays, role: ArrayRole): never {
  throw new RangeError(
    `${file}: expected ${role} named ${NAMES[role].flat().join(", ")}, got ${listed(arrays)}; ` +
      `name the array (--${role} KEY or FILE)`,
  );
}

/** Arrays that a sentence lists; of many the first. */
const LISTED = 12;

function listed(arrays: readonly StoredArray[]): string {
  const names = arrays.slice(0, LISTED).map(({ name, shape }) => `${name} ${shapeText(shape)}`);
  const rest = arrays.length - names.length;
  return names.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Beside weights `a.weight`, the bias `a.bias`. */
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

/** W, a row a class. */
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

/** An array with one axis, or with one that is longer than 1. */
async function openVector({ array }: Found): Promise<Numbers> {
  const count = elementCount(array.shape);
  if (array.shape.length === 0 || Math.max(...array.shape) !== count)
    throw new RangeError(
      `${array.place}: expected a list of numbers, got shape ${shapeText(array.shape)}`,
    );
  return valuesOf(await array.open());
}

const valuesOf = ({ count, rows }: RowArray) => rows(0, count);
