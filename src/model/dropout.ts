import * as tf from "@tensorflow/tfjs";

/**
 * Sets a share `rate` of the values to 0 and divides the others by 1 - rate.
 *
 * @param seed 32 bits; the mask depends only on it, so a resumed run repeats the mask.
 * @see Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: number): T {
  const mask = dropoutMask(x.size, rate, seed);
  return tf.mul(x, tf.tensor(mask, x.shape)) as T;
}

/** `size` values, each 0 with probability `rate` and 1 / (1 - rate) otherwise. */
export function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const mask = new Float32Array(size);
  const kept = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  for (let i = 0; i < size; i++) if (hash32(i ^ seed, seed) >= threshold) mask[i] = kept;
  return mask;
}

/** Mixes 32 bits so that each output bit depends on each input bit (MurmurHash3's finalizer). */
function hash32(value: number, seed: number): number {
  let h = Math.imul(value, 0x9e3779b1) + seed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
