import assert from "node:assert/strict";
import fc from "fast-check";

type Path = readonly (string | number)[];

/** Values of every kind that JSON has, and those that are often taken for numbers. */
const anyValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    "x",
    "3",
    -1,
    0,
    1.5,
    1e308,
    2 ** 53,
    [],
    {},
    [1],
    ["1"],
  ),
  fc.constantFrom<unknown>(4294967296, "\u001b[2J", "../x", "a\0b", "__proto__", { length: 2 }, [
    null,
  ]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** JSON with one place changed. */
export interface Malformed {
  readonly json: unknown;
  /** The changed place, such as `epochs.0.loss`, its value before and after; undefined: no value. */
  readonly place: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Some JSON in which one value, anywhere, is replaced by another, taken out, or gets a field more. */
export function malformed(json: unknown): fc.Arbitrary<Malformed> {
  const paths = pathsOf(json, []);
  const change = fc.oneof(
    { weight: 6, arbitrary: anyValue },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  return fc
    .record({ path: fc.constantFrom(...paths), after: change, more: fc.nat(9) })
    .map(({ path, after, more }) =>
      changed(json, more === 0 ? [...path, "unexpected"] : path, after),
    );
}

function pathsOf(value: unknown, path: Path): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]))];
}

function changed(json: unknown, path: Path, after: unknown): Malformed {
  const copy = { root: structuredClone(json) };
  const steps = ["root", ...path];
  const last = steps.pop()!;
  let at = copy as unknown as Record<string, unknown>;
  for (const step of steps) {
    const next = at[step];
    // A field of something that has none: the thing itself is replaced.
    if (typeof next !== "object" || next === null) return changed(json, path.slice(0, -1), after);
    at = next as Record<string, unknown>;
  }
  const before = at[last];
  if (after === undefined) delete at[last];
  else at[last] = after;
  // As a file has it: what was taken out of a list is null.
  const text = JSON.stringify(copy.root) as string | undefined;
  return {
    json: text === undefined ? null : JSON.parse(text),
    place: path.join("."),
    before,
    after: after === undefined && Array.isArray(at) ? null : after,
  };
}

/** Words of the errors of configs. */
export const CONFIG_ERRORS =
  /expected |config without|unknown setting|goes with|needs a|is less than|is a setting of/;

/** Words of errors that come from inside. */
const RAW = new RegExp(
  "Cannot |undefined \\(|is not a function|is not iterable|Invalid (typed )?array length|" +
    "call stack|out of (range|bounds)|buffer bounds|Unsupported dtype|EISDIR|\\bNaN\\b",
);

/** Asserts that an error is one sentence that names a place and is not from inside. */
export function assertRefusal(error: unknown, names: RegExp): void {
  assert.ok(error instanceof Error, `an error, got ${String(error)}`);
  assert.ok(!(error instanceof TypeError || error instanceof SyntaxError), error.stack);
  assert.match(error.message, names);
  // What it shows of the input may be anything.
  assert.doesNotMatch(error.message.replace(/"(\\.|[^"\\])*"/g, ""), RAW);
  assert.ok(error.message.length < 1000, error.message.slice(0, 1000));
  assert.doesNotMatch(error.message, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
}

/** Value that was read; undefined if it was rejected, which {@link assertRefusal} checks. */
export function readOrRefused<T>(read: () => T, names: RegExp): T | undefined {
  try {
    return read();
  } catch (error) {
    assertRefusal(error, names);
    return undefined;
  }
}

/** The same of what is read in time. */
export async function readOrRefusedLater<T>(
  read: () => Promise<T>,
  names: RegExp,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    assertRefusal(error, names);
    return undefined;
  }
}

/** Asserts that no number in a value is NaN or infinite. */
export function assertFinite(value: unknown, place = ""): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), `${place} is ${value}`);
  else if (typeof value === "object" && value !== null)
    for (const [key, one] of Object.entries(value)) assertFinite(one, `${place}.${key}`);
}

/** Bytes that are changed, truncated or extended. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Buffer> {
  const place = fc.nat(bytes.length - 1);
  const change = fc.record({
    places: fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 3 }),
    // The numbers of a header are at the start.
    early: fc.array(fc.tuple(fc.nat(Math.min(bytes.length, 256) - 1), fc.nat(255)), {
      maxLength: 2,
    }),
    end: fc.oneof(fc.constant(bytes.length), place),
    more: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 9 })),
  });
  return change.map(({ places, early, end, more }) => {
    const copy = Buffer.from(bytes);
    for (const [at, value] of [...places, ...early]) copy[at] = value;
    return Buffer.concat([copy.subarray(0, end), more]);
  });
}
