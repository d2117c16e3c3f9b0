import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { storedArrays } from "../../src/files/arrayFile";
import type { StoredArray } from "../../src/files/storedArray";
import { npyFile } from "../support/npyFile";

/** What test/fixtures/arrays.py says of its files. */
interface Fixture {
  readonly shape: readonly number[];
  readonly expected: Readonly<Record<string, readonly number[]>>;
  readonly variants: readonly string[];
}

const FIXTURES = path.resolve("test/fixtures");
const { shape, expected, variants } = JSON.parse(
  readFileSync(path.join(FIXTURES, "arrays.json"), "utf8"),
) as Fixture;
const fixture = (name: string) => path.join(FIXTURES, "arrays", name);

const named = (arrays: readonly StoredArray[], name: string) => {
  const array = arrays.find((one) => one.name === name);
  assert(array, `there is ${name}`);
  return array;
};

/** All values, read in batches of two rows. */
async function valuesOf(array: StoredArray): Promise<number[]> {
  const { count, rows } = await array.open();
  const values: number[] = [];
  for (let from = 0; from < count; from += 2) values.push(...rows(from, Math.min(from + 2, count)));
  return values;
}

const typeOf = (variant: string) => variant.replace(/Fortran|Big/g, "");

describe("storedArrays", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-arrays-"))));
  after(() => rmSync(folder, { recursive: true }));
  const written = (name: string, content: string | Uint8Array) => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  for (const name of ["plain.npz", "compressed.npz"])
    it(`storedArrays reads every type in either order of bytes and axes from ${name}`, async () => {
      const arrays = await storedArrays(fixture(name));
      assert.deepEqual(arrays.map((array) => array.name).sort(), variants);
      for (const variant of variants) {
        const array = named(arrays, variant);
        assert.deepEqual([array.shape, array.type], [shape, typeOf(variant)], variant);
        assert.deepEqual(await valuesOf(array), expected[typeOf(variant)], variant);
      }
    });

  it("storedArrays reads every type of a safetensors file, bfloat16 included", async () => {
    const arrays = await storedArrays(fixture("tensors.safetensors"));
    assert.deepEqual(arrays.map(({ name }) => name).sort(), Object.keys(expected).sort());
    for (const array of arrays) {
      assert.deepEqual([array.shape, array.type], [shape, array.name]);
      assert.deepEqual(await valuesOf(array), expected[array.name], array.name);
    }
  });

  for (const name of ["plain.mat", "compressed.mat"])
    it(`storedArrays reads the real arrays of ${name}, which are stored by columns`, async () => {
      const arrays = await storedArrays(fixture(name));
      for (const type of Object.keys(expected).filter((one) => !/bool|16$|bf/.test(one))) {
        const array = named(arrays, type);
        assert.deepEqual(array.shape, shape);
        assert.deepEqual(await valuesOf(array), expected[type], type);
      }
      assert.deepEqual(await valuesOf(named(arrays, "row")), [2, 0, 1]);
      await assert.rejects(
        named(arrays, "text").open(),
        /\.mat: text: expected real numbers, got char/,
      );
      await assert.rejects(named(arrays, "complex").open(), /expected real numbers, got complex/);
    });

  it("storedArrays reads versions 1, 2 and 3 of .npy, a scalar, and a folder of .npy files", async () => {
    for (const version of [1, 2, 3]) {
      const [array] = await storedArrays(fixture(`version${version}.npy`));
      assert.equal(array.name, `version${version}`);
      assert.deepEqual(await valuesOf(array), expected.float32);
    }
    const [scalar] = await storedArrays(fixture("scalar.npy"));
    assert.deepEqual([scalar.shape, await valuesOf(scalar)], [[], [2.5]]);
    const arrays = await storedArrays(fixture("folder"));
    assert.deepEqual(
      arrays.map(({ name }) => name),
      ["features", "labels"],
    );
    assert.deepEqual(await valuesOf(arrays[1]), [2, 0, 1]);
  });

  it("storedArrays keeps the precision of the type that a file has", async () => {
    const arrays = await storedArrays(fixture("tensors.safetensors"));
    const precision = async (name: string) => (await named(arrays, name).open()).precision;
    for (const name of ["float16", "bfloat16", "float32", "float64"])
      assert.equal(await precision(name), name);
    assert.equal(await precision("int8"), undefined);
  });

  for (const name of ["tensor.pt", "old.pt", "array.pkl"])
    it(`storedArrays rejects ${name} and prints the lines that convert it`, async () => {
      await assert.rejects(storedArrays(fixture(name)), ({ message }: Error) => {
        assert.match(message, /got a pickle, which only Python reads; convert it with\n {2}import/);
        assert.match(message, /numpy\.savez\("\w+\.npz", .*torch\.load\("[\w.]+"/);
        return true;
      });
    });

  const notNumbers: [string, RegExp][] = [
    ["objects.npy", /objects\.npy: expected an array of numbers, got Python objects, type \|O$/],
    ["texts.npy", /got texts, type <U4$/],
    ["complex.npy", /got complex numbers, type <c16$/],
  ];
  for (const [name, message] of notNumbers)
    it(`storedArrays lists ${name}, and opening it is an error`, async () => {
      const [array] = await storedArrays(fixture(name));
      await assert.rejects(array.open(), message);
    });

  it("storedArrays rejects structured arrays, 8-bit floats and HDF5", async () => {
    await assert.rejects(
      storedArrays(fixture("structured.npy")),
      /structured\.npy: .* structured one/,
    );
    const [small] = await storedArrays(fixture("float8.safetensors"));
    await assert.rejects(small.open(), /float8\.safetensors: small: .* got type F8_E4M3$/);
    const hdf = Buffer.alloc(600);
    hdf.write("\x89HDF\r\n\x1a\n", "latin1");
    await assert.rejects(storedArrays(written("v7.mat", hdf)), /v7\.mat: .*7\.3, which is HDF5/);
  });

  it("storedArrays names a missing file, an empty folder and an unknown format", async () => {
    await assert.rejects(
      storedArrays("/nowhere/x.npy"),
      /^Error: \/nowhere\/x\.npy: expected a file/,
    );
    const empty = path.join(folder, "empty");
    mkdirSync(empty);
    await assert.rejects(storedArrays(empty), /expected a folder of \.npy files, found none in it/);
    const text = written("table.csv", "a,b\n1,2\n");
    await assert.rejects(
      storedArrays(text),
      /expected \.npy, \.npz, .* begins with 612c620a312c320a/,
    );
    await assert.rejects(
      storedArrays(written("nothing.npy", "")),
      /nothing\.npy: .*got a file that/,
    );
  });

  const formats = [
    "version1.npy",
    "plain.npz",
    "compressed.npz",
    "tensors.safetensors",
    "plain.mat",
    "compressed.mat",
  ];
  for (const name of formats)
    it(`storedArrays rejects ${name} with one sentence wherever it is truncated`, async () => {
      const content = readFileSync(fixture(name));
      for (let end = 0; end < content.length; end += Math.ceil(content.length / 60)) {
        const file = written(`cut${path.extname(name)}`, content.subarray(0, end));
        const read = async () => {
          for (const array of await storedArrays(file)) await array.open();
        };
        await assert.rejects(read(), ({ message }: Error) => {
          assert(message.startsWith(file), message);
          assert.doesNotMatch(message, /\n|undefined|NaN|Cannot/, `cut at ${end}`);
          return true;
        });
      }
    });

  it("storedArrays rejects a compressed array whose bytes changed", async () => {
    const content = readFileSync(fixture("compressed.npz"));
    const [array] = await storedArrays(fixture("compressed.npz"));
    // In the middle of the first entry's data.
    const local = content.indexOf("PK\x03\x04", 0, "latin1");
    content[local + 30 + 70] ^= 0x55;
    const file = written("changed.npz", content);
    const read = async () => {
      for (const one of await storedArrays(file)) if (one.name === array.name) await one.open();
    };
    await assert.rejects(read(), /changed\.npz: .*(whole \.npz|expected)/);
  });

  it("storedArrays reads every valid .npy header, and nothing else", async () => {
    const dimensions = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(dimensions, fc.boolean(), fc.boolean(), async (own, isFortran, isBig) => {
        const count = own.reduce((product, length) => product * length, 1);
        const values = Buffer.alloc(4 * count);
        for (let i = 0; i < count; i++)
          if (isBig) values.writeFloatBE(i, 4 * i);
          else values.writeFloatLE(i, 4 * i);
        const file = written("any.npy", npyFile(isBig ? ">f4" : "<f4", isFortran, own, values));
        const [array] = await storedArrays(file);
        assert.deepEqual([array.shape, array.type], [own, "float32"]);
        const place = (index: readonly number[]) =>
          isFortran
            ? index.reduceRight((at, i, axis) => at * own[axis] + i, 0)
            : index.reduce((at, i, axis) => at * own[axis] + i, 0);
        assert.deepEqual(await valuesOf(array), indices(own).map(place));
      }),
    );
  });

  it("storedArrays reads a .npy file of random bytes without another error than its own", async () => {
    const start = readFileSync(fixture("version1.npy"));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(start.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          const content = Buffer.from(start);
          content[at] ^= bits;
          const file = written("random.npy", content);
          try {
            const [array] = await storedArrays(file);
            assert((await valuesOf(array)).length <= 12 * 4);
          } catch (error) {
            assert(
              (error as Error).message.startsWith(`${file}: expected`),
              (error as Error).message,
            );
          }
        },
      ),
    );
  });
});

/** Every index of a shape, in C order. */
function indices(own: readonly number[]): number[][] {
  return own.reduce<number[][]>(
    (all, length) => all.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );
}
