import { sha256 } from "@noble/hashes/sha2";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";

type Generator = ReturnType<typeof xoroshiro128plus>;

/** Description of the states of a {@link Random}. */
export const RANDOM_STATE = "a state of 4 32-bit integers, not all 0";

/** Whether a value is the state of a {@link Random}. */
export function isRandomState(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const words = value as readonly unknown[];
  // From four zeros the generator would give zeros forever.
  return words.every((word) => word === (Number(word) | 0)) && words.some((word) => word !== 0);
}

/**
 * Seeded source of random numbers whose state can be saved and restored (xoroshiro128+).
 *
 * Seeds are hashed with the name of the stream, so that neighboring seeds, and different uses of
 * one seed ("weights", "sampler"), give unrelated numbers.
 */
export class Random {
  private generator: Generator;

  /**
   * @param seed A whole number, 0 to 2^53 - 1.
   * @param stream Purpose of the numbers; other streams of the same seed are independent.
   * @throws {RangeError} If the seed is not such a number.
   */
  constructor(seed: number, stream = "") {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`expected a seed from 0 to 2^53 - 1, got ${seed}`);
    const hash = sha256(new TextEncoder().encode(`${seed}/${stream}`));
    const words = new DataView(hash.buffer, hash.byteOffset);
    this.generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => words.getInt32(at, true)));
  }

  /** Creates a generator that continues from a `state`. */
  static fromState(state: readonly number[]): Random {
    const random = new Random(0);
    random.state = state;
    return random;
  }

  /**
   * Four 32-bit integers, not all 0; setting it continues from there.
   *
   * @throws {RangeError} If it is set to anything else.
   */
  get state(): readonly number[] {
    return this.generator.getState();
  }

  set state(state: readonly number[]) {
    // It can come from a file.
    if (!isRandomState(state))
      throw new RangeError(`expected ${RANDOM_STATE}, got ${JSON.stringify(state)}`);
    this.generator = xoroshiro128plusFromState([...state]);
  }

  /** Uniform number in [0, 1) with 53 random bits. */
  uniform(): number {
    return uniformFloat64(this.generator);
  }

  /**
   * Uniform whole number from 0 to `limit` - 1, each equally likely.
   *
   * @throws {RangeError} If `limit` is not a whole number from 1 to 2^32.
   */
  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 32)
      throw new RangeError(`expected a limit from 1 to 2^32, got ${limit}`);
    return uniformInt(this.generator, 0, limit - 1);
  }

  /** Standard normal number (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles `items` in place, each order equally likely (Fisher and Yates). */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}
