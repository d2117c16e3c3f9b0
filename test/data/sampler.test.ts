import assert from "node:assert/strict";
import fc from "fast-check";
import {
  PlainSampler,
  SubBatchSampler,
  type SamplerOptions,
  type SamplerState,
} from "../../src/data/sampler";

const published: SamplerOptions = {
  subBatchCount: 8,
  subBatchSize: 16,
  withReplacement: true,
  seed: 1,
};

/** 250 labels with the class counts of an MNIST-250 split. */
const counts250 = [25, 28, 25, 25, 24, 23, 25, 26, 24, 25];
const labels250 = counts250.flatMap((count, label) => new Array<number>(count).fill(label));

/** Labels, some classes absent, each other class with at least 4 rows, and options that fit. */
const setting = fc
  .record({
    sizes: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 4, max: 12 })), {
      minLength: 1,
      maxLength: 6,
    }),
    subBatchCount: fc.integer({ min: 1, max: 4 }),
    subBatchSize: fc.integer({ min: 2, max: 4 }),
    withReplacement: fc.boolean(),
    seed: fc.nat(),
  })
  .filter(({ sizes }) => sizes.some((size) => size > 0))
  .map(({ sizes, ...options }) => ({
    labels: sizes.flatMap((size, label) => new Array<number>(size).fill(label)),
    options,
  }));

function subBatches(step: Uint32Array, size: number): number[][] {
  return Array.from({ length: step.length / size }, (_, i) => [
    ...step.subarray(i * size, (i + 1) * size),
  ]);
}

function assertWithin(counts: number[], mean: number, bound: number): void {
  for (const count of counts) assert.ok(Math.abs(count - mean) < bound, counts.join(" "));
}

describe("SubBatchSampler", () => {
  it("SubBatchSampler makes 31 steps of 8 x 16 = 128 rows from 250 examples", () => {
    const sampler = new SubBatchSampler(labels250, published);
    assert.equal(sampler.stepsPerEpoch, 31);
    const steps = sampler.epoch();
    assert.deepEqual(
      steps.map((step) => step.length),
      new Array(31).fill(128),
    );
  });

  it("SubBatchSampler keeps each sub-batch within its anchor's class", () => {
    fc.assert(
      fc.property(setting, ({ labels, options }) => {
        for (const step of new SubBatchSampler(labels, options).epoch())
          for (const subBatch of subBatches(step, options.subBatchSize))
            assert.equal(new Set(subBatch.map((row) => labels[row])).size, 1);
      }),
    );
  });

  it("SubBatchSampler takes each row as an anchor at most once and omits a remainder", () => {
    fc.assert(
      fc.property(setting, ({ labels, options }) => {
        const steps = new SubBatchSampler(labels, options).epoch();
        const anchors = steps.flatMap((step) =>
          subBatches(step, options.subBatchSize).map(([anchor]) => anchor),
        );
        assert.equal(anchors.length, labels.length - (labels.length % options.subBatchCount));
        assert.equal(new Set(anchors).size, anchors.length);
        assert.ok(anchors.every((row) => row < labels.length));
      }),
    );
  });

  it("SubBatchSampler without replacement draws no row of a sub-batch twice", () => {
    fc.assert(
      fc.property(setting, ({ labels, options }) => {
        const sampler = new SubBatchSampler(labels, { ...options, withReplacement: false });
        for (const step of sampler.epoch())
          for (const subBatch of subBatches(step, options.subBatchSize))
            assert.equal(new Set(subBatch).size, options.subBatchSize);
      }),
    );
  });

  it("SubBatchSampler omits each row and makes it the first anchor equally often", () => {
    const labels = [0, 0, 0, 0, 1, 1, 1];
    const sampler = new SubBatchSampler(labels, { ...published, subBatchCount: 3 });
    const anchored = labels.map(() => 0);
    const first = labels.map(() => 0);
    for (let epoch = 0; epoch < 7000; epoch++) {
      const steps = sampler.epoch();
      first[steps[0][0]]++;
      for (const step of steps) for (const [row] of subBatches(step, 16)) anchored[row]++;
    }
    // An anchor with chance 6/7: mean 6000, sd 29; the first with 1/7: mean 1000, sd 29; 5 sd.
    assertWithin(anchored, 6000, 147);
    assertWithin(first, 1000, 147);
  });

  it("SubBatchSampler with replacement draws all class members equally often", () => {
    const labels = [0, 0, 1, 1, 1, 1];
    const options = { ...published, subBatchCount: 1, subBatchSize: 3 };
    const sampler = new SubBatchSampler(labels, options);
    const drawn = labels.map(() => 0);
    let anchorAgain = 0;
    for (let epoch = 0; epoch < 4000; epoch++)
      for (const [anchor, ...others] of sampler.epoch().map((step) => [...step]))
        for (const row of others) {
          drawn[row]++;
          if (labels[anchor] === 1 && row === anchor) anchorAgain++;
        }
    // Each member of either class: 8000 draws on average, sd at most 78; 5 sd.
    assertWithin(drawn, 8000, 390);
    // 32000 draws of class 1, a quarter of them the anchor: 8000, sd 77; 5 sd.
    assertWithin([anchorAgain], 8000, 387);
  });

  it("SubBatchSampler without replacement draws each pair of members equally often", () => {
    const labels = [0, 0, 0, 0, 0];
    const options = { subBatchCount: 1, subBatchSize: 3, withReplacement: false, seed: 5 };
    const sampler = new SubBatchSampler(labels, options);
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 12000; epoch++)
      for (const step of sampler.epoch())
        counts.set(step.join(), (counts.get(step.join()) ?? 0) + 1);
    // 5 anchors x 12 ordered pairs of the 4 others: 60 ways, mean 1000, sd 32; 5 sd.
    assert.equal(counts.size, 60);
    assertWithin([...counts.values()], 1000, 159);
  });

  it("SubBatchSampler repeats its epochs for the same seed, and seeds and epochs differ", () => {
    const epochs = (seed: number) => {
      const sampler = new SubBatchSampler(labels250, { ...published, seed });
      return [sampler.epoch(), sampler.epoch()];
    };
    assert.deepEqual(epochs(3), epochs(3));
    assert.notDeepEqual(epochs(3)[0], epochs(4)[0]);
    assert.notDeepEqual(epochs(3)[0], epochs(3)[1]);
  });

  it("SubBatchSampler resumes from a saved state with the same epochs, also after JSON", () => {
    fc.assert(
      fc.property(setting, fc.nat(3), ({ labels, options }, before) => {
        const sampler = new SubBatchSampler(labels, options);
        for (let epoch = 0; epoch < before; epoch++) sampler.epoch();
        const state = JSON.parse(JSON.stringify(sampler.state)) as SamplerState;
        const expected = [sampler.epoch(), sampler.epoch()];
        const restored = new SubBatchSampler(labels, options);
        restored.state = state;
        assert.deepEqual([restored.epoch(), restored.epoch()], expected);
      }),
    );
  });

  it("SubBatchSampler ignores later changes to the labels that it was given", () => {
    const labels = Uint8Array.from(labels250);
    const sampler = new SubBatchSampler(labels, published);
    labels.fill(0);
    assert.deepEqual(sampler.epoch(), new SubBatchSampler(labels250, published).epoch());
  });

  it("SubBatchSampler accepts labels from which a class is absent", () => {
    const sampler = new SubBatchSampler([0, 0, 2, 2], { ...published, subBatchCount: 4 });
    assert.equal(sampler.epoch().length, 1);
  });

  it("SubBatchSampler rejects a class of one example with and without replacement", () => {
    for (const withReplacement of [true, false])
      assert.throws(
        () => new SubBatchSampler([...labels250, 11], { ...published, withReplacement }),
        new RangeError("class 11 has 1 example; a sub-batch needs at least 2"),
      );
  });

  it("SubBatchSampler without replacement rejects a class smaller than a sub-batch", () => {
    const options = { ...published, withReplacement: false };
    assert.throws(
      () => new SubBatchSampler(labels250, { ...options, subBatchSize: 24 }),
      new RangeError("class 5 has 23 examples; a sub-batch without replacement needs 24"),
    );
    const sampler = new SubBatchSampler(labels250, { ...options, subBatchSize: 23 });
    assert.equal(sampler.epoch()[0].length, 8 * 23);
  });

  it("SubBatchSampler rejects fewer rows than sub-batches and counts out of range", () => {
    assert.throws(
      () => new SubBatchSampler([0, 0, 0], published),
      new RangeError("expected at least 8 rows, one per sub-batch, got 3"),
    );
    assert.throws(
      () => new SubBatchSampler(labels250, { ...published, subBatchCount: 0 }),
      /expected a subBatchCount from 1, got 0/,
    );
    assert.throws(
      () => new SubBatchSampler(labels250, { ...published, subBatchSize: 1 }),
      /expected a subBatchSize from 2, got 1/,
    );
  });
});

describe("PlainSampler", () => {
  it("PlainSampler makes 31 steps of 128 distinct rows from 250 examples", () => {
    const sampler = new PlainSampler(labels250, published);
    assert.equal(sampler.stepsPerEpoch, 31);
    const steps = sampler.epoch();
    assert.equal(steps.length, 31);
    for (const step of steps) {
      assert.equal(new Set(step).size, 128);
      assert.ok(step.every((row) => row < 250));
    }
  });

  it("PlainSampler draws every row equally often", () => {
    const sampler = new PlainSampler(labels250, published);
    const counts = new Array<number>(250).fill(0);
    for (let epoch = 0; epoch < 20; epoch++)
      for (const step of sampler.epoch()) for (const row of step) counts[row]++;
    // 620 draws of chance 128 / 250: a standard deviation of 12.4; six of them.
    assertWithin(counts, (620 * 128) / 250, 75);
  });

  it("PlainSampler resumes from its state with the same steps, and other seeds give others", () => {
    const [one, same] = [1, 1].map(() => new PlainSampler(labels250, published));
    const other = new PlainSampler(labels250, { ...published, seed: 2 });
    one.epoch();
    same.state = JSON.parse(JSON.stringify(one.state)) as SamplerState;
    const next = one.epoch();
    assert.deepEqual(same.epoch(), next);
    assert.notDeepEqual(other.epoch(), next);
  });

  it("PlainSampler rejects fewer rows than a batch and names a setting that would fit", () => {
    const rows = (count: number) => new Uint8Array(count);
    assert.throws(
      () => new PlainSampler(rows(100), published),
      /at least 128 rows .* subBatchCount x subBatchSize = 8 x 16, got 100; set subBatchSize to 12 or less$/,
    );
    new PlainSampler(rows(100), { ...published, subBatchSize: 12 });
    assert.throws(
      () => new PlainSampler(rows(3), published),
      /got 3; set a smaller subBatchCount$/,
    );
  });
});
