import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readSplits } from "../../src/data/splitsFile";
import { loadSvhn, readSvhnMat } from "../../src/data/svhn";
import {
  compressed,
  element,
  imageArray,
  labelArray,
  matHeader,
  matrix,
  svhnFile,
} from "../files/matFiles";

const { matFiles } = JSON.parse(
  readFileSync(path.join(__dirname, "..", "fixtures", "svhn.json"), "utf8"),
) as { matFiles: Record<string, string> };

const SUBSET = path.join(__dirname, "..", "..", "..", "shared", "data", "svhn");

describe("a file of SVHN", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-svhn-"));
    file = path.join(folder, "train_32x32.mat");
  });
  after(() => rmSync(folder, { recursive: true }));

  function read(content: Uint8Array) {
    writeFileSync(file, content);
    return readSvhnMat(file);
  }

  const refused = (content: Uint8Array, message: RegExp) =>
    assert.rejects(read(content), (error: Error) => {
      assert.ok(error.message.startsWith(`${file}: `), error.message);
      assert.match(error.message, message);
      return true;
    });

  it("readSvhnMat reads SciPy's files, compressed or not, by row, column and channel", async () => {
    for (const [name, labels] of [
      ["compressed", [0, 1, 9]],
      ["plain", [0]],
      ["int64", [3, 0]],
    ] as const) {
      const set = await read(Buffer.from(matFiles[name], "base64"));
      assert.deepEqual([...set.labels], labels, name);
      assert.deepEqual([set.imageShape, set.classCount], [[32, 32, 3], 10]);
      const expected = Uint8Array.from({ length: labels.length * 3072 }, (_, i) => {
        const [n, row] = [Math.floor(i / 3072), Math.floor(i / 96) % 32];
        const [column, channel] = [Math.floor(i / 3) % 32, i % 3];
        return (7 * row + 13 * column + 50 * channel + 100 * n) % 256;
      });
      assert.deepEqual(set.pixels, expected, name);
    }
  });

  it("readSvhnMat reads images and labels across the chunks of a stream", async () => {
    // 40 images: 123 KB, two chunks of a stream, of noise that zlib cannot compress.
    const noise = (n: number, c: number, x: number, y: number) =>
      (Math.imul(n * 3072 + c * 1024 + x * 32 + y + 1, 0x9e3779b1) >>> 24) & 255;
    const labels = Array.from({ length: 40 }, (_, i) => (i % 10) + 1);
    const set = await read(svhnFile(imageArray(40, noise), labelArray(labels)));
    for (const [n, row, column, channel] of [
      [0, 0, 0, 0],
      [17, 3, 30, 1],
      [21, 10, 26, 2],
      [39, 31, 31, 2],
    ])
      assert.equal(
        set.pixels[n * 3072 + row * 96 + column * 3 + channel],
        noise(n, channel, column, row),
      );
    assert.deepEqual(
      [...set.labels],
      labels.map((label) => label % 10),
    );
  });

  it("readSvhnMat accepts one image without the last dimension, as MATLAB writes it", async () => {
    const images = { ...imageArray(1, () => 7), shape: [32, 32, 3] };
    const set = await read(svhnFile(images, labelArray([10])));
    assert.deepEqual([set.pixels.length, set.pixels[3071], set.labels[0]], [3072, 7, 0]);
  });

  it("readSvhnMat rejects another version or byte order and names it", async () => {
    await refused(Buffer.from(matFiles.version4, "base64"), /got a file that ends before/);
    const four = Buffer.concat([Buffer.from(matFiles.version4, "base64"), Buffer.alloc(100)]);
    await refused(four, /version 5, got one that begins with 0000000002000000/);
    await refused(
      matHeader({ text: "MATLAB 7.3 MAT-file", version: 0x0200 }),
      /version 5, got one of version 7\.3, which is HDF5; save it with -v7/,
    );
    await refused(matHeader({ text: "\x89HDF\r\n\x1a\n" }), /which is HDF5/);
    await refused(matHeader({ order: "MI" }), /little-endian, got a big-endian one/);
    await refused(matHeader({ version: 0x0300 }), /of version 0x300/);
    await refused(Buffer.alloc(0), /expected 128 bytes at 0, got a file that ends before/);
  });

  it("readSvhnMat rejects a header with more images than the file can hold", async () => {
    const images = { ...imageArray(1), shape: [32, 32, 3, 2 ** 31 - 1] };
    await refused(svhnFile(images, labelArray([1])), /X: expected at most 64000000 values, got /);
    const plain = Buffer.concat([matHeader(), matrix({ ...images, shape: [32, 32, 3, 2] })]);
    await refused(plain, /X: expected at most 3136 values, got the shape 32 x 32 x 3 x 2/);
  });

  it("readSvhnMat rejects a truncated or damaged file, compressed or not", async () => {
    const whole = svhnFile(imageArray(2), labelArray([1, 2]));
    await refused(
      whole.subarray(0, 150),
      /expected \d+ bytes, to the end of the element at 128, got a file of 150/,
    );
    await refused(whole.subarray(0, 132), /expected 8 bytes at 128/);
    const plain = matrix(imageArray(2));
    await refused(Buffer.concat([matHeader(), plain.subarray(0, 4000)]), /got a file of 4128/);

    const cut = compressed(plain.subarray(0, 5000));
    await refused(
      Buffer.concat([matHeader(), cut]),
      /X: expected 6144 bytes, got the end after 49\d\d/,
    );
    const flipped = Buffer.from(whole);
    const checksum = 128 + 8 + flipped.readUInt32LE(132) - 1;
    flipped[checksum] ^= 1;
    await refused(flipped, /expected complete compressed data, got: incorrect data check/);
    const longer = compressed(Buffer.concat([plain, Buffer.alloc(3)]));
    await refused(
      Buffer.concat([matHeader(), longer]),
      /X: expected the array's end, got 3 more bytes/,
    );
    const packed = element(15, Buffer.from("not compressed"), false);
    await refused(Buffer.concat([matHeader(), packed]), /got: incorrect header check/);
  });

  it("readSvhnMat rejects a missing X or y and names another class or shape", async () => {
    const [images, labels] = [imageArray(2), labelArray([1, 2])];
    const other = { ...labels, name: "z" };
    await refused(svhnFile(images, other), /expected arrays X and y, got X, z/);
    await refused(matHeader(), /expected arrays X and y, got none/);
    await refused(
      svhnFile({ ...images, shape: [3, 32, 32, 2] }, labels),
      /X: expected uint8 of 32 x 32 x 3 x N, got uint8 of 3 x 32 x 32 x 2/,
    );
    await refused(svhnFile({ ...images, classNumber: 6 }, labels), /got double of 32 x 32 x 3 x 2/);
    await refused(svhnFile(imageArray(0), labels), /got uint8 of 32 x 32 x 3 x 0/);
    await refused(svhnFile(images, { ...labels, shape: [2, 2] }), /y: expected N x 1 .* got 2 x 2/);
    await refused(
      svhnFile({ ...images, shape: [32, 32, 3, 3] }, labels),
      /X: expected 9216 values of 1 bytes, got 6144 bytes/,
    );
    await refused(Buffer.from(matFiles.complex, "base64"), /y: expected real numbers, got complex/);
    await refused(svhnFile(images, { ...labels, classNumber: 4 }), /y: .* numbers, got char/);
  });

  it("readSvhnMat rejects labels that are not from 1 to 10 or not one per image", async () => {
    for (const [label, shown] of [
      [0, "0"],
      [11, "11"],
    ] as const)
      await refused(
        svhnFile(imageArray(2), labelArray([10, label])),
        new RegExp(`y: expected labels from 1 to 10, got ${shown} at position 1`),
      );
    const halves = Buffer.from(Float64Array.of(1, 2.5).buffer);
    await refused(
      svhnFile(imageArray(2), { ...labelArray([1, 2]), storedType: 9, values: halves }),
      /got 2\.5 at position 1/,
    );
    await refused(
      svhnFile(imageArray(2), labelArray([1, 2, 3])),
      /expected 2 labels, one per image, got 3/,
    );
  });

  it("loadSvhn names a missing file and the command that fetches it", async () => {
    await assert.rejects(
      loadSvhn(path.join(folder, "nowhere")),
      /nowhere\/train_32x32\.mat: expected a file of SVHN, which does not exist; "npx tdnc data svhn" downloads/,
    );
  });

  it("loadSvhn finds the test file next to the training file or in the folder above", async () => {
    const below = path.join(folder, "selection");
    mkdirSync(below);
    const write = (name: string, count: number) =>
      writeFileSync(name, svhnFile(imageArray(count), labelArray(Array<number>(count).fill(4))));
    write(path.join(below, "train_32x32.mat"), 1);
    write(path.join(folder, "test_32x32.mat"), 2);
    const counts = async () => {
      const { train, test } = await loadSvhn(below);
      return [train.labels.length, test.labels.length];
    };
    assert.deepEqual(await counts(), [1, 2]);
    write(path.join(below, "test_32x32.mat"), 3);
    assert.deepEqual(await counts(), [1, 3]);
  });
});

describe("readSvhnMat on a large file", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-svhn-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Peak memory, in bytes, of a process that reads a file of black images. */
  function peakMemory(count: number): number {
    const file = path.join(folder, `${count}.mat`);
    writeFileSync(file, svhnFile(imageArray(count), labelArray(Array<number>(count).fill(1))));
    const reader = JSON.stringify(require.resolve("../../src/data/svhn"));
    // Not maxRSS: a process starts with its parent's.
    const script = `
      let peak = 0;
      const look = () => (peak = Math.max(peak, process.memoryUsage.rss()));
      const timer = setInterval(look, 5);
      require(${reader}).readSvhnMat(${JSON.stringify(file)}).then((set) => {
        clearInterval(timer);
        look();
        console.log(set.labels.length, peak);
      });`;
    const options = { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } } as const;
    const arguments_ = ["--require", "tsx/cjs", "--eval", script];
    const { stdout, stderr } = spawnSync(process.execPath, arguments_, options);
    const [read, bytes] = stdout.split(" ").map(Number);
    assert.equal(read, count, stderr);
    return bytes;
  }

  it("readSvhnMat uses the memory of its images and not of a second copy", () => {
    const count = 20_000;
    const images = count * 3072;
    const growth = peakMemory(count) - peakMemory(1);
    assert.ok(growth > 0.9 * images && growth < 1.6 * images, `${growth} bytes for ${images}`);
  });
});

describe("the subset of SVHN", function () {
  before(function () {
    if (!existsSync(SUBSET)) {
      console.log(`      skipped: no ${SUBSET}`);
      this.skip();
    }
  });

  const counts = (labels: Uint8Array) =>
    Array.from({ length: 10 }, (_, label) => labels.filter((own) => own === label).length);

  it("the subset of SVHN has the class counts that its README gives", async () => {
    const { train, test } = await loadSvhn(SUBSET);
    assert.deepEqual(counts(train.labels), [684, 1926, 1422, 1138, 1067, 955, 772, 728, 673, 635]);
    assert.deepEqual(counts(test.labels), [405, 1165, 919, 679, 600, 553, 470, 446, 387, 376]);
    assert.equal(train.pixels.length, 10_000 * 3072);
  });

  it("each of the ten published SVHN splits has 17 zeros and 47 ones", async () => {
    const folder = path.join(SUBSET, "published-splits");
    const { train, test } = await loadSvhn(folder);
    const { labels } = train;
    assert.deepEqual([labels.length, test.labels.length], [2457, 6000]);
    const context = { rowCount: labels.length, labels, dataset: "svhn" };
    const splits = await readSplits(path.join(folder, "splits.json"), context);
    assert.equal(splits.length, 10);
    for (const rows of splits) {
      const [zeros, ones] = counts(Uint8Array.from(rows, (row) => labels[row]));
      assert.deepEqual([zeros, ones], [17, 47]);
    }
  });
});
