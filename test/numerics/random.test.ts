import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/numerics/random";

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const draw = (random: Random, count = 20) => Array.from({ length: count }, () => random.uniform());

describe("Random", () => {
  it("Random gives the same numbers for the same seed and stream", () => {
    fc.assert(
      fc.property(seeds, fc.string(), (seed, stream) => {
        assert.deepEqual(draw(new Random(seed, stream)), draw(new Random(seed, stream)));
      }),
    );
  });

  it("Random gives other numbers for a neighboring seed and for another stream", () => {
    const numbers = new Set([
      ...draw(new Random(1, "weights")),
      ...draw(new Random(2, "weights")),
      ...draw(new Random(1, "sampler")),
    ]);
    assert.equal(numbers.size, 60);
  });

  it("Random resumes from a saved state with the same numbers, also after JSON", () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), (seed, before) => {
        const random = new Random(seed);
        draw(random, before);
        const state = JSON.parse(JSON.stringify(random.state)) as number[];
        const restored = Random.fromState(state);
        const expected = draw(random);
        assert.deepEqual(draw(restored), expected);
        random.state = state;
        assert.deepEqual(draw(random), expected);
      }),
    );
  });

  it("drawing does not change a state that was read before", () => {
    const random = new Random(3);
    const state = random.state;
    const copy = [...state];
    draw(random);
    assert.deepEqual(state, copy);
    assert.notDeepEqual(random.state, copy);
  });

  it("Random draws each whole number below the limit equally often", () => {
    const random = new Random(4);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70000; i++) counts[random.integer(7)]++;
    // Binomial, mean 10000, sd 93: 5 sd.
    for (const count of counts) assert.ok(Math.abs(count - 10000) < 465, counts.join(" "));
  });

  it("Random draws uniform numbers from [0, 1) with mean 1/2 and variance 1/12", () => {
    const numbers = draw(new Random(5), 100000);
    assert.ok(numbers.every((x) => x >= 0 && x < 1));
    const mean = numbers.reduce((sum, x) => sum + x) / numbers.length;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
    // Standard errors 0.0009 and 0.0002: 5 of them.
    assert.ok(Math.abs(mean - 1 / 2) < 0.0046, `${mean}`);
    assert.ok(Math.abs(variance - 1 / 12) < 0.0012, `${variance}`);
  });

  it("Random draws normal numbers with mean 0, variance 1 and fourth moment 3", () => {
    const random = new Random(6);
    const numbers = Array.from({ length: 100000 }, () => random.normal());
    const moment = (k: number) => numbers.reduce((sum, x) => sum + x ** k, 0) / numbers.length;
    // Standard errors 0.0032, 0.0045, 0.031: 5 of them.
    assert.ok(Math.abs(moment(1)) < 0.016, `${moment(1)}`);
    assert.ok(Math.abs(moment(2) - 1) < 0.023, `${moment(2)}`);
    assert.ok(Math.abs(moment(4) - 3) < 0.16, `${moment(4)}`);
  });

  it("Random shuffles 3 items into each of their 6 orders equally often", () => {
    const random = new Random(7);
    const counts = new Map<string, number>();
    for (let i = 0; i < 60000; i++) {
      const order = random.shuffle([0, 1, 2]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    // Binomial, mean 10000, sd 91: 5 sd.
    for (const count of counts.values()) assert.ok(Math.abs(count - 10000) < 457, `${count}`);
  });

  it("shuffle keeps the items and returns the array that it was given", () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
        const sorted = [...items].sort((a, b) => a - b);
        assert.equal(new Random(seed).shuffle(items), items);
        assert.deepEqual(
          items.sort((a, b) => a - b),
          sorted,
        );
      }),
    );
  });

  it("Random rejects a seed that is not a whole number from 0", () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53])
      assert.throws(() => new Random(seed), /expected a seed from 0 to 2\^53 - 1, got/);
  });

  it("Random rejects a limit that leaves nothing to draw", () => {
    for (const limit of [0, -1, 1.5, NaN, 2 ** 33])
      assert.throws(() => new Random(1).integer(limit), /expected a limit from 1 to 2\^32, got/);
  });

  it("Random rejects a state that is not 4 words or that gives only zeros", () => {
    for (const state of [[], [1, 2, 3], [1, 2, 3, 0.5], [1, 2, 3, 2 ** 40], [0, 0, 0, 0]])
      assert.throws(() => Random.fromState(state), /expected a state of 4 32-bit integers/);
    assert.throws(() => Random.fromState(undefined as never), /got undefined/);
  });
});
