import * as v from "valibot";
import { shown } from "./plainText";

/** Schema whose message completes "expected ...". */
type Schema<T = unknown> = v.GenericSchema<unknown, T>;

/** Numbers that `accepts` accepts; never NaN or infinity. */
export const numberWhere = (expected: string, accepts: (value: number) => boolean) =>
  v.custom<number>((value) => Number.isFinite(value) && accepts(value as number), expected);

export const finiteNumber = numberWhere("a number", () => true);
export const fromZero = numberWhere("a number from 0", (value) => value >= 0);
export const share = numberWhere("a number from 0 to 1", (value) => value >= 0 && value <= 1);

/** Whole numbers from `least` to `most`. */
export const wholeFrom = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  numberWhere(
    `a whole number from ${least}` + (most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""),
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  );

/** Text that `pattern` matches. */
export const textOf = (expected: string, pattern: RegExp) =>
  v.custom<string>((value) => typeof value === "string" && pattern.test(value), expected);

export const anyText = textOf("a text", /^/);
export const printable = textOf("a text without control characters", /^\P{C}*$/u);

/** One of several texts. */
export const oneOf = <const T extends readonly string[]>(texts: T) =>
  v.picklist(texts, texts.join(", "));

/** Objects with any fields, but not lists, which valibot accepts as objects. */
export const anyObject = (expected = "an object") =>
  v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    expected,
  );
const object = anyObject();

/** Names of fields that valibot ignores. */
const UNCHECKED = ["__proto__", "prototype", "constructor"];
const ordinary = v.check(
  (value: Readonly<Record<string, unknown>>) =>
    !UNCHECKED.some((name) => Object.hasOwn(value, name)),
  `no field named ${UNCHECKED.join(", ")}`,
);

/** Objects with at least these fields. */
export const fields = <T extends v.ObjectEntries>(entries: T) =>
  v.pipe(
    object,
    v.looseObject(entries, (issue) => fieldExpected(entries, issue)),
  );

/** Objects with these fields and no others. */
export const onlyFields = <T extends v.ObjectEntries>(entries: T) =>
  v.pipe(
    object,
    v.strictObject(entries, (issue) => fieldExpected(entries, issue)),
  );

/** Objects with at least these fields, whose other fields all have values of `rest`. */
export const fieldsAndOthers = <T extends v.ObjectEntries, R extends Schema>(entries: T, rest: R) =>
  v.pipe(
    object,
    ordinary,
    v.objectWithRest(entries, rest, (issue) => fieldExpected(entries, issue)),
  );

/** Objects whose fields all have such values. */
export const dictionaryOf = <T extends Schema>(value: T) =>
  v.pipe(object, ordinary, v.record(v.string(), value));

/** Lists of `least` to `most` items. */
export const listOf = <T extends Schema>(
  item: T,
  expected = "a list",
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
) => v.pipe(v.array(item, expected), v.minLength(least, expected), v.maxLength(most, expected));

/** Expected value of a schema, or of the schema inside a nullable one. */
interface Described {
  readonly message?: unknown;
  readonly wrapped?: { readonly message?: unknown };
}

/** Expected value of a missing field; for an unknown field, the names of all others. */
function fieldExpected(entries: v.ObjectEntries, { path }: v.BaseIssue<unknown>): string {
  const key = String(path?.at(-1)?.key);
  if (!Object.hasOwn(entries, key)) return Object.keys(entries).join(", ");
  const { wrapped, message = wrapped?.message } = entries[key] as Described;
  return typeof message === "string" ? message : "an object";
}

/**
 * The value itself, not a copy, if it matches the schema.
 *
 * @throws {RangeError} If it does not match; the message has the path of the first wrong field, the
 *   expected and the actual value.
 */
export function checked<T>(schema: Schema<T>, value: unknown): T {
  const { issues } = v.safeParse(schema, value, { abortEarly: true });
  if (issues === undefined) return value as T;
  const [{ path, message, input, expected }] = issues;
  const place = (path ?? []).reduce((text, { key }) => text + step(key, text), "");
  if (expected === "never") throw new RangeError(`unknown field ${place}; there are ${message}`);
  throw new RangeError(`${place && `${place}: `}expected ${message}, got ${shown(input)}`);
}

function step(key: unknown, before: string): string {
  if (typeof key === "number") return `[${key}]`;
  const name = String(key);
  if (!/^[\w-]{1,60}$/.test(name)) return `[${shown(name)}]`;
  return before === "" ? name : `.${name}`;
}
