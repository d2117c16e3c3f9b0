import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { selectBackend } from "../../src/backend/selectBackend";
import { augmentedExamples, croppedImage } from "../../src/data/augmentation";
import { imageTensor } from "../../src/data/batch";
import type { ImageSet } from "../../src/data/imageSet";
import { Random } from "../../src/numerics/random";

const fixture = JSON.parse(
  readFileSync(path.join(__dirname, "..", "fixtures", "svhn.json"), "utf8"),
) as {
  image: number[];
  crops: { top: number; left: number; flipped: boolean; pixels: number[] }[];
};

/** One image, 11 x 12, whose only bright pixel is in row 5 and column 6. */
const dot: ImageSet = {
  pixels: Uint8Array.from({ length: 132 }, (_, i) => (i === 5 * 12 + 6 ? 255 : 0)),
  labels: Uint8Array.of(3),
  imageShape: [11, 12, 1],
  classCount: 10,
};

describe("croppedImage", () => {
  it("a crop of 1 2 3 / 4 5 6 / 7 8 9 by 1 row and -1 column is 0 4 5 / 0 7 8 / 0 0 0", () => {
    const image = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const crop = (isFlipped: boolean) => [...croppedImage(image, [3, 3, 1], 1, -1, isFlipped)];
    assert.deepEqual(crop(false), [0, 4, 5, 0, 7, 8, 0, 0, 0]);
    assert.deepEqual(crop(true), [5, 4, 0, 8, 7, 0, 0, 0, 0]);
  });

  it("a crop equals torchvision's crop of the image padded with 4 zeros and then mirrored", () => {
    for (const { top, left, flipped, pixels } of fixture.crops) {
      const image = Uint8Array.from(fixture.image);
      const cropped = croppedImage(image, [4, 4, 3], top - 4, left - 4, flipped);
      assert.deepEqual([...cropped], pixels, `${top}, ${left}, ${flipped}`);
    }
  });

  it("a crop without an offset that is mirrored twice is the image", () => {
    const shape = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.nat(255)), ([height, width], values) => {
        const image = Uint8Array.from([...values.take(height * width * 3)]);
        const flip = (of: Uint8Array) => croppedImage(of, [height, width, 3], 0, 0, true);
        assert.deepEqual(flip(flip(image)), image);
      }),
    );
  });
});

describe("augmentedExamples", () => {
  const rows = (count: number) => new Uint8Array(count);

  /** Where the dot went in each of many augmented copies. */
  function offsets(augmentation: "crop" | "cropFlip", count: number): number[] {
    const { pixels } = augmentedExamples(dot, rows(count), augmentation, new Random(1));
    return Array.from({ length: count }, (_, i) =>
      pixels.subarray(i * 132, (i + 1) * 132).indexOf(255),
    );
  }

  it("crops have each of the 81 offsets of -4 to 4 rows and columns equally often", () => {
    const counts = new Map<number, number>();
    for (const place of offsets("crop", 8100)) counts.set(place, (counts.get(place) ?? 0) + 1);
    const expected: number[] = [];
    for (let row = 1; row <= 9; row++)
      for (let column = 2; column <= 10; column++) expected.push(row * 12 + column);
    assert.deepEqual(
      [...counts.keys()].sort((a, b) => a - b),
      expected,
    );
    // Chi-squared of 80 degrees of freedom: mean 80, standard deviation 12.6; five of them allowed.
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0);
    assert.ok(chiSquared < 80 + 5 * 12.6, `${chiSquared}`);
  });

  it("augmented examples are mirrored half of the time with cropFlip and never with crop", () => {
    // Mirrored, a pixel of column 6 of 12 goes to 5 with no offset: columns 1 to 9 instead of 2 to 10.
    const columns = (augmentation: "crop" | "cropFlip") =>
      offsets(augmentation, 9000).map((place) => place % 12);
    const count = (values: number[], column: number) => values.filter((c) => c === column).length;
    const [crop, cropFlip] = [columns("crop"), columns("cropFlip")];
    assert.equal(count(crop, 1), 0);
    // 1/2 of 1/9 of 9,000: 500, standard deviation 21.7; five of them allowed.
    for (const column of [1, 10]) assert.ok(Math.abs(count(cropFlip, column) - 500) < 5 * 21.7);
  });

  it("the copies of a repeated row are augmented independently and keep its label", () => {
    const set = {
      ...dot,
      pixels: Uint8Array.of(...dot.pixels, ...dot.pixels),
      labels: Uint8Array.of(3, 7),
    };
    const { pixels, labels } = augmentedExamples(set, [1, 0, 1, 1], "crop", new Random(2));
    assert.deepEqual([...labels], [7, 3, 7, 7]);
    const places = [0, 2, 3].map((i) => pixels.subarray(i * 132, (i + 1) * 132).indexOf(255));
    assert.equal(new Set(places).size, 3);
    assert.equal(set.pixels.filter((pixel) => pixel === 255).length, 2);
  });

  it("augmentation resumes from a generator's state with the same images", () => {
    const random = new Random(3);
    const next = (from: Random) => augmentedExamples(dot, rows(20), "cropFlip", from).pixels;
    next(random);
    const { state } = random;
    assert.deepEqual(next(random), next(Random.fromState(state)));
  });

  it("the augmentation none leaves the examples unchanged and draws no random number", () => {
    const random = new Random(4);
    const { state } = random;
    assert.deepEqual(augmentedExamples(dot, [0], "none", random), dot);
    assert.deepEqual(random.state, state);
  });

  it("the border of a crop is black before normalization and -mean / std after it", async () => {
    await selectBackend("wasm");
    const normalization = { mean: [0.25], populationStd: [0.5] };
    const white = { ...dot, pixels: new Uint8Array(132).fill(255), normalization };
    const random = new Random(5);
    const set = augmentedExamples(white, rows(10), "crop", random);
    const values = imageTensor(
      set,
      rows(10).map((_, i) => i),
    ).dataSync();
    assert.deepEqual(
      [...new Set(values)].sort((a, b) => a - b),
      [-0.5, 1.5],
    );
  });
});
