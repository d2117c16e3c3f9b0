const BLOCK = 64;

/** The first `count` prime numbers. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++)
    if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 32 bits of a number's fraction. */
const fractionBits = (x: number) => ((x % 1) * 2 ** 32) | 0;
const ROUND_CONSTANTS = Int32Array.from(primes(64), (prime) => fractionBits(Math.cbrt(prime)));
const START = Int32Array.from(primes(8), (prime) => fractionBits(Math.sqrt(prime)));

/**
 * SHA-256 of some bytes. Written out because `Random` must not wait, which the browser's own
 * `crypto.subtle` requires; large files are hashed faster by `node:crypto`.
 *
 * @returns 32 bytes, big-endian.
 * @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 */
export function sha256(message: Uint8Array): DataView {
  const state = START.slice();
  const blocks = padded(message);
  for (let at = 0; at < blocks.byteLength; at += BLOCK) addBlock(state, blocks, at);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setInt32(4 * i, word));
  return digest;
}

/** The message, a bit of 1, zeros, and the message's length in bits: whole blocks. */
function padded(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
  return view;
}

const rotated = (x: number, bits: number) => (x >>> bits) | (x << (32 - bits));

function addBlock(state: Int32Array, blocks: DataView, at: number): void {
  const words = schedule(blocks, at);
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const mixedE = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + mixedE + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i] + words[i]) | 0;
    const mixedA = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (mixedA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] += value));
}

/** The 16 words of a block, and 48 that are mixed from them. */
function schedule(blocks: DataView, at: number): Int32Array {
  const words = new Int32Array(64);
  for (let i = 0; i < 16; i++) words[i] = blocks.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const [x, y] = [words[i - 15], words[i - 2]];
    const low = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const high = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    words[i] = words[i - 16] + low + words[i - 7] + high;
  }
  return words;
}
