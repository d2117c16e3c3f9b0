import { readdir, stat, open } from "node:fs/promises";
import path from "node:path";
import { elementType, type ElementTypeName } from "./elementTypes";
import { readMatFile, type MatVariable } from "./matFile";
import { firstBytes, isPickle, npyRows, npyTypeName, readNpyHeader } from "./npy";
import { npzArrays, TorchFile } from "./npz";
import { safetensorsEntries } from "./safetensors";
import {
  elementCount,
  elementReader,
  fileBytes,
  storedRows,
  type StoredArray,
} from "./storedArray";

/** Formats of {@link storedArrays}, for errors. */
export const ARRAY_FORMATS = ".npy, .npz, .safetensors, .mat, or a folder of .npy files";

/**
 * Arrays of a file: NumPy's .npy and .npz, .safetensors, MATLAB's .mat (version 5), or all .npy
 * files of a folder. Only headers are read before an array is opened. Arrays of .mat files and
 * compressed arrays are then loaded into memory; others are read row by row.
 *
 * @throws {Error} If the file is missing, truncated, damaged or of another format; the message
 *   names it.
 */
export async function storedArrays(file: string): Promise<StoredArray[]> {
  try {
    const arrays = (await stat(file)).isDirectory()
      ? await folderArrays(file)
      : await fileArrays(file);
    if (arrays.length === 0) throw new RangeError("expected an array, found none");
    return arrays.map((array) => ({ ...array, open: () => array.open().catch(at(array.place)) }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof TorchFile) throw new Error(pickled(file), { cause: error });
    if (code === "ENOENT")
      throw new Error(`${file}: expected a file of arrays, which does not exist`, { cause: error });
    return at(file)(message);
  }
}

/** Adds the place to an error that does not name it. */
const at =
  (place: string) =>
  (error: unknown): never => {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(text.startsWith(place) ? text : `${place}: ${text}`, { cause: error });
  };

/** Sorts names with 2 before 10, because folders and .safetensors files have no order. */
const { compare: byName } = new Intl.Collator("en", { numeric: true });

async function folderArrays(folder: string): Promise<StoredArray[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".npy")).sort(byName);
  if (names.length === 0) throw new RangeError("expected a folder of .npy files, found none in it");
  const arrays: StoredArray[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    arrays.push(...(await npyArrays(file).catch(at(file))));
  }
  return arrays;
}

/** The content decides the format; the ending is only used if the content is ambiguous. */
async function fileArrays(file: string): Promise<StoredArray[]> {
  const head = await headOf(file, 128);
  const ending = path.extname(file).toLowerCase();
  const isZip = head.toString("latin1", 0, 2) === "PK";
  if (ending === ".npz" || isZip) return npzArrays(file);
  if (ending === ".npy" || head.toString("latin1", 0, 6) === "\x93NUMPY") return npyArrays(file);
  if (ending === ".safetensors") return tensorArrays(file);
  if (ending === ".mat" || head.toString("latin1", 0, 6) === "MATLAB") return matArrays(file);
  if (isPickle(head)) throw new TorchFile();
  throw new RangeError(
    `expected ${ARRAY_FORMATS}, got a file that begins with ${firstBytes(head)}`,
  );
}

/** Message for files that only Python can read, with the code that converts them. */
const pickled = (file: string) => {
  const name = path.basename(file);
  const target = `${path.basename(file, path.extname(file))}.npz`;
  return (
    `${file}: expected ${ARRAY_FORMATS}, got a pickle, which only Python reads; convert it with\n` +
    `  import numpy, torch\n` +
    `  numpy.savez("${target}", **{k: v.numpy(force=True) for k, v in torch.load("${name}", map_location="cpu").items()})`
  );
};

async function headOf(file: string, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function npyArrays(file: string): Promise<StoredArray[]> {
  const header = await readNpyHeader((length) => headOf(file, length));
  const { size } = await stat(file);
  const { shape, descr, start } = header;
  const rows = () => npyRows(header, size, fileBytes(file, start));
  return [
    {
      name: path.basename(file, path.extname(file)),
      place: file,
      shape,
      type: npyTypeName(descr),
      open: () => Promise.resolve().then(rows),
    },
  ];
}

/** Types of safetensors; others (8-bit floats, complex numbers) are not read. */
const TENSOR_TYPES: Readonly<Record<string, ElementTypeName>> = {
  BOOL: "bool",
  I8: "int8",
  I16: "int16",
  I32: "int32",
  I64: "int64",
  U8: "uint8",
  U16: "uint16",
  U32: "uint32",
  U64: "uint64",
  F16: "float16",
  BF16: "bfloat16",
  F32: "float32",
  F64: "float64",
};

async function tensorArrays(file: string): Promise<StoredArray[]> {
  const entries = await safetensorsEntries(file);
  const ordered = [...entries].sort((a, b) => byName(a.name, b.name));
  return ordered.map(({ name, dtype, shape, start, end }) => ({
    name,
    place: `${file}: ${name}`,
    shape,
    type: TENSOR_TYPES[dtype] ?? dtype,
    open: () =>
      Promise.resolve().then(() => {
        if (!Object.hasOwn(TENSOR_TYPES, dtype))
          throw new RangeError(`expected an array of numbers, got type ${dtype}`);
        const type = elementType(TENSOR_TYPES[dtype]);
        const expected = elementCount(shape) * type.bytes;
        if (end - start !== expected)
          throw new RangeError(
            `expected ${expected} bytes for ${type.name} (${shape.join(" x ")}), got ${end - start}`,
          );
        const read = elementReader({ type, isBigEndian: false, bytes: fileBytes(file, start) });
        return storedRows(shape, false, read, type.precision);
      }),
  }));
}

/** MAT files of version 5 hold at most 2 GB per array. */
const LARGEST_MAT_ARRAY = 2 ** 31;

async function matArrays(file: string): Promise<StoredArray[]> {
  const variables: MatVariable[] = [];
  await readMatFile(file, (variable) => void variables.push(variable));
  return variables.map(({ name, shape, className }) => ({
    name,
    place: `${file}: ${name}`,
    shape,
    type: className,
    open: async () => {
      const isSingle = /^(single|u?int(8|16))$/.test(className);
      const count = elementCount(shape);
      if (!(count * (isSingle ? 4 : 8) <= LARGEST_MAT_ARRAY))
        throw new RangeError(`expected an array of at most 2 GB, got (${shape.join(" x ")})`);
      const values = isSingle ? new Float32Array(count) : new Float64Array(count);
      await readMatFile(file, (variable) =>
        variable.name === name ? (numbers, position) => values.set(numbers, position) : undefined,
      );
      const precision = className === "single" ? "float32" : undefined;
      return storedRows(shape, true, (from, to) => values.subarray(from, to), precision);
    },
  }));
}
