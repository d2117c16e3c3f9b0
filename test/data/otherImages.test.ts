import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadOtherImages } from "../../src/data/mnist";
import { noiseImages } from "../../src/data/noise";
import { Random } from "../../src/numerics/random";
import { tinyData } from "../support/tinyRun";

/** An IDX file of images that are filled with 1, 2, ... */
function images(count: number, side = 28): Buffer {
  const header = Buffer.alloc(16);
  [0x0803, count, side, side].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  const pixels = Array.from({ length: count }, (_, i) => Buffer.alloc(side * side, i + 1));
  return Buffer.concat([header, ...pixels]);
}

describe("loadOtherImages", () => {
  let folder: string;
  const write = (content: Buffer) =>
    writeFileSync(path.join(folder, "t10k-images-idx3-ubyte"), content);
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-other-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("loadOtherImages reads an unofficial image file without labels", async () => {
    write(images(2));
    const set = await loadOtherImages(folder);
    assert.deepEqual([set.pixels[783], set.pixels[784], set.pixels.length], [1, 2, 2 * 784]);
    assert.deepEqual([...set.labels], [0, 0]);
  });

  it("loadOtherImages rejects a missing or empty file and images of another size", async () => {
    await assert.rejects(loadOtherImages(folder), /t10k-images-idx3-ubyte: expected this file/);
    write(images(0));
    await assert.rejects(loadOtherImages(folder), /ubyte: expected images, got none/);
    write(images(1, 32));
    await assert.rejects(loadOtherImages(folder), /expected images of 28 x 28, got 32 x 32/);
  });
});

describe("noiseImages", () => {
  const like = { ...tinyData().train, normalization: { mean: [0.1], populationStd: [0.3] } };

  it("noise images have a set's shape and normalization and uniform pixel values", () => {
    const noise = noiseImages(1000, like, new Random(1));
    const { imageShape, normalization, labels, pixels } = noise;
    assert.deepEqual([imageShape, normalization], [like.imageShape, like.normalization]);
    assert.deepEqual([labels.length, pixels.length], [1000, 784_000]);
    const counts = new Float64Array(256);
    pixels.forEach((pixel) => counts[pixel]++);
    // Binomial of 784,000 and 1/256: 3062.5 with standard deviation 55.2, six of them allowed.
    assert.ok(counts.every((count) => Math.abs(count - 3062.5) < 6 * 55.2));
  });

  it("noise images are determined by their generator, and a count of 0 is rejected", () => {
    const pixels = (seed: number) => [...noiseImages(1, like, new Random(seed)).pixels];
    assert.deepEqual(pixels(1), pixels(1));
    assert.notDeepEqual(pixels(1), pixels(2));
    assert.throws(() => noiseImages(0, like, new Random(1)), /expected 1 image or more, got 0/);
  });
});
