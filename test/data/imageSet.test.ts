import assert from "node:assert/strict";
import { imageSize, selectExamples, type ImageSet } from "../../src/data/imageSet";
import { imageSetHash } from "../../src/data/imageSetHash";

/** Three images of 1 x 2 x 2 values. */
const three: ImageSet = {
  pixels: Uint8Array.of(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23),
  labels: Uint8Array.of(5, 6, 7),
  imageShape: [1, 2, 2],
  classCount: 10,
};

describe("selectExamples", () => {
  it("selectExamples gives the examples in the order of the rows, with repetitions", () => {
    const chosen = selectExamples(three, [2, 0, 2]);
    assert.deepEqual([...chosen.pixels], [20, 21, 22, 23, 0, 1, 2, 3, 20, 21, 22, 23]);
    assert.deepEqual([...chosen.labels], [7, 5, 7]);
    assert.deepEqual(chosen.imageShape, [1, 2, 2]);
    assert.equal(chosen.classCount, 10);
  });

  it("selectExamples copies the examples, and changes to them leave the set as it was", () => {
    const chosen = selectExamples(three, [1]);
    chosen.pixels.fill(99);
    chosen.labels.fill(9);
    assert.equal(three.pixels[4], 10);
    assert.equal(three.labels[1], 6);
  });

  it("selectExamples rejects rows outside the set and names the position", () => {
    for (const row of [-1, 3, 0.5, NaN])
      assert.throws(
        () => selectExamples(three, [0, row]),
        new RangeError(`expected rows from 0 to 2, got ${row} at position 1`),
      );
  });
});

describe("imageSetHash", () => {
  it("imageSetHash is hashlib's SHA-256 of shape, classes, pixels and labels", () => {
    // hashlib.sha256(struct.pack("<4I", 1, 2, 2, 10) + pixels + labels).hexdigest()
    const expected = "e0f176c54baa333601d42550c6700c813cab21dfa2f1516ef25d869d1a651b5a";
    assert.equal(imageSetHash(three), expected);
    const normalization = { mean: [0.5], populationStd: [0.25] };
    assert.equal(imageSetHash({ ...three, normalization }), expected);
  });
});

describe("imageSize", () => {
  it("imageSize is height x width x channels", () => {
    assert.equal(imageSize(three), 4);
  });

  it("imageSize rejects a set whose pixels are not one image per label", () => {
    assert.throws(
      () => imageSize({ ...three, pixels: three.pixels.subarray(1) }),
      new RangeError("expected 12 pixels for 3 images of 1 x 2 x 2, got 11"),
    );
  });
});
