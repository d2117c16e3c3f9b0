import assert from "node:assert/strict";

type Numbers = number | ArrayLike<number>;

/**
 * Every number is the expected one up to `tolerance` times its scale. NaN and infinite numbers are
 * never close.
 *
 * @param options.scale One for all or one each, its sign ignored: 1 for an absolute tolerance, the
 *   expected numbers for a relative one. By default each the larger of 1 and the expected number.
 * @param options.what A name for the message.
 */
export function assertClose(
  actual: Numbers,
  expected: Numbers,
  tolerance: number,
  { scale, what = "value" }: { readonly scale?: Numbers; readonly what?: string } = {},
): void {
  const [values, wanted] = [listOf(actual), listOf(expected)];
  assert.equal(values.length, wanted.length, `${what}: expected ${wanted.length} numbers`);
  if (typeof scale === "object") assert.equal(scale.length, wanted.length, `${what}: scales`);
  for (let i = 0; i < wanted.length; i++) {
    const own = typeof scale === "object" ? scale[i] : (scale ?? Math.max(1, Math.abs(wanted[i])));
    const allowed = tolerance * Math.abs(own);
    const isClose = Math.abs(values[i] - wanted[i]) <= allowed;
    if (!(isClose && Number.isFinite(values[i]) && Number.isFinite(wanted[i])))
      assert.fail(`${what}[${i}]: expected ${wanted[i]} within ${allowed}, got ${values[i]}`);
  }
}

const listOf = (numbers: Numbers) => (typeof numbers === "number" ? [numbers] : numbers);
