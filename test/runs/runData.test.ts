import assert from "node:assert/strict";
import type { ImageSet } from "../../src/data/imageSet";
import { imageSetHash } from "../../src/data/imageSetHash";
import { mnist250, PRESETS } from "../../src/training/settings/presets";
import { loadRunData, splitData, splitsReader, type LoadedSplits } from "../../src/runs/runData";
import { samplerOf } from "../../src/training/trainingState";
import { assertClose } from "../support/assertClose";

/** 60 images of one pixel, the row's number, in classes of 20 each. */
const set: ImageSet = {
  pixels: Uint8Array.from({ length: 60 }, (_, row) => row),
  labels: Uint8Array.from({ length: 60 }, (_, row) => row % 3),
  imageShape: [1, 1, 1],
  classCount: 3,
};
const rows = Uint32Array.from({ length: 30 }, (_, i) => 59 - i);
const loaded: LoadedSplits = { train: set, test: set, splits: [rows], source: "made up" };
const config = { ...mnist250, labelCount: 30 };

describe("the data of a run", () => {
  it("splitData gives the split's rows in their order and the whole test set", () => {
    const { train, test, validation, split } = splitData(loaded, config);
    assert.deepEqual(train.pixels, Uint8Array.from(rows));
    assert.deepEqual([test, validation, split.source], [set, undefined, "made up"]);
  });

  it("splitData holds out images of each class for validation and not for training", () => {
    const { train, validation } = splitData(loaded, { ...config, validationCount: 6 });
    assert.deepEqual([train.labels.length, validation!.labels.length], [24, 6]);
    for (const label of [0, 1, 2])
      assert.equal(validation!.labels.filter((own) => own === label).length, 2);
    const all = [...train.pixels, ...validation!.pixels].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      [...rows].sort((a, b) => a - b),
    );
  });

  it("the MNIST presets have stratified rows and floor(n / 8) steps per epoch", async () => {
    // The ones are 6,742 of 60,000 images, the fives 5,421.
    for (const labelCount of [50, 100, 500, 1000, 4000] as const) {
      const { config: preset } = PRESETS[`mnist-${labelCount}`];
      const { train } = await loadRunData(preset);
      assert.equal(train.labels.length, labelCount);
      const count = (label: number) => train.labels.filter((own) => own === label).length;
      assert.ok(Math.abs(count(1) - (labelCount * 6742) / 60_000) < 1);
      assert.ok(Math.abs(count(5) - (labelCount * 5421) / 60_000) < 1);
      const steps = [...samplerOf(preset, train.labels).epoch()];
      assert.equal(steps.length, Math.floor(labelCount / 8));
    }
  });

  it("all images of a run are normalized by the training images alone", () => {
    const normalization = "subset" as const;
    const { train, test, validation } = splitData(loaded, {
      ...config,
      normalization,
      validationCount: 6,
    });
    const mean = train.pixels.reduce((sum, pixel) => sum + pixel / 255, 0) / 24;
    assertClose(train.normalization!.mean[0], mean, 1e-12);
    assert.deepEqual(test.normalization, train.normalization);
    assert.deepEqual(validation!.normalization, train.normalization);
  });

  it("the hash of a run's images changes only with the images and labels of the run", () => {
    const changed = (field: "pixels" | "labels", at: number): ImageSet => {
      const values = set[field].slice();
      values[at]++;
      return { ...set, [field]: values };
    };
    const hash = (sets: Partial<LoadedSplits>, validationCount = 0) =>
      splitData({ ...loaded, ...sets }, { ...config, validationCount }).split.imagesHash;
    const own = hash({});
    assert.equal(hash({}, 6), own, "held-out images belong to the split");
    assert.equal(hash({ train: changed("pixels", 0) }), own, "not in the split");
    const others = [
      hash({ train: changed("pixels", 59) }),
      hash({ train: changed("labels", 57) }),
      hash({ test: changed("pixels", 0) }),
      hash({ test: changed("labels", 0) }),
    ];
    assert.equal(new Set([own, ...others]).size, 5);
  });

  it("splitsReader reads a data set once for all label counts, seeds and splits", async () => {
    let reads = 0;
    const mnist = () => Promise.resolve((reads++, { train: set, test: set }));
    const read = splitsReader({}, { mnist });
    for (const labelCount of [15, 30])
      for (const splitSeed of [0, 1])
        for (const split of [0, 1, 2]) await read({ ...config, labelCount, splitSeed, split });
    assert.equal(reads, 1);
    const one = await read(config);
    assert.equal(await read({ ...config, split: 4, seed: 9 }), one, "one list of splits");
  });

  it("splitData hashes the test set and the labeled images of each split once", () => {
    const [train, test] = [{ ...set }, { ...set }];
    const splits = [rows, rows.slice().reverse()];
    const hashed: number[] = [];
    const hash = (images: ImageSet) => {
      hashed.push(images.labels.length);
      return imageSetHash(images);
    };
    for (let round = 0; round < 3; round++)
      for (const split of [0, 1])
        splitData({ train, test, splits, source: "made up" }, { ...config, split }, hash);
    assert.deepEqual(hashed, [30, 60, 30]);
  });

  it("loadRunData uses the rows that a job carries in place of other splits", async () => {
    const source = { rows: { source: "rows.json", rows: Array.from(rows) } };
    const mnist = () => Promise.resolve({ train: set, test: set });
    const read = splitsReader(source, { mnist });
    const { train, split } = await loadRunData({ ...config, split: 7 }, source, read);
    assert.deepEqual(train.pixels, Uint8Array.from(rows));
    assert.equal(split.source, "rows.json");
  });

  it("splitData rejects a split that does not exist or has another size", () => {
    assert.throws(() => splitData(loaded, { ...config, split: 1 }), /split 1: expected 0 to 0/);
    assert.throws(() => splitData(loaded, mnist250), /expected splits of 250 rows, got 30/);
  });
});
