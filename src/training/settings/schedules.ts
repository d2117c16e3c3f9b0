import { shown } from "../../numerics/plainText";

/**
 * A setting that changes over training: a function of progress, 0 at the start to 1 at the end.
 *
 * The caller defines progress. The sliding regularizer's weight linear(0, 0.1) and beta
 * squareRootDecay(1.1) at epoch e = 1..E are evaluated at e / E. The learning rate cosine(0.1, 0)
 * is evaluated at (e - 1) / E, which is PyTorch's CosineAnnealingLR with one step per epoch.
 */
export interface Schedule {
  /** @throws {RangeError} If `progress` is not in [0, 1]. */
  (progress: number): number;
  /** Text that `parseSchedule` reads, such as "linear(0, 0.1)"; JSON.stringify writes it. */
  toJSON(): string;
}

/**
 * Constant value.
 *
 * @throws {RangeError} If `value` is not finite.
 */
export function constant(value: number): Schedule {
  return schedule("constant", [value], () => value);
}

/**
 * from (1 - progress) + to progress: exact at both ends.
 *
 * @throws {RangeError} If an argument is not finite.
 */
export function linear(from: number, to: number): Schedule {
  return schedule("linear", [from, to], (progress) => from * (1 - progress) + to * progress);
}

/**
 * from sqrt(1 - progress): falls slowly, then steeply to 0.
 *
 * @throws {RangeError} If `from` is not finite.
 */
export function squareRootDecay(from: number): Schedule {
  return schedule("squareRootDecay", [from], (progress) => from * Math.sqrt(1 - progress));
}

/**
 * to + (from - to) (1 + cos(pi progress)) / 2.
 *
 * @throws {RangeError} If an argument is not finite.
 * @see Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983
 */
export function cosine(from: number, to: number): Schedule {
  return schedule(
    "cosine",
    [from, to],
    (progress) => to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2,
  );
}

/**
 * `from` before progress `at`, `to` afterwards.
 *
 * @throws {RangeError} If an argument is not finite or `at` is not in [0, 1].
 */
export function step(from: number, to: number, at: number): Schedule {
  if (!(at >= 0 && at <= 1))
    throw new RangeError(`expected step(from, to, at) with at from 0 to 1, got at = ${at}`);
  return schedule("step", [from, to, at], (progress) => (progress < at ? from : to));
}

/**
 * to exp(-steepness (1 - progress)^2): from to exp(-steepness) up to `to`.
 *
 * @throws {RangeError} If an argument is not finite.
 * @see Laine and Aila 2017, Temporal ensembling, https://arxiv.org/abs/1610.02242
 */
export function exponentialRampUp(to: number, steepness = 5): Schedule {
  return schedule(
    "exponentialRampUp",
    [to, steepness],
    (progress) => to * Math.exp(-steepness * (1 - progress) ** 2),
  );
}

/**
 * Product of schedules at the same progress.
 *
 * @throws {RangeError} If there is no schedule.
 */
export function product(...factors: Schedule[]): Schedule {
  if (factors.length === 0) throw new RangeError("expected product of 1 schedule or more, got 0");
  return schedule("product", factors, (progress) =>
    factors.reduce((value, factor) => value * factor(progress), 1),
  );
}

/** Adds the text form, and a check of progress, to a function. */
function schedule(
  name: string,
  parts: readonly (number | Schedule)[],
  valueAt: (progress: number) => number,
): Schedule {
  const texts = parts.map((part) =>
    typeof part === "number" ? argument(name, part) : part.toJSON(),
  );
  const text = `${name}(${texts.join(", ")})`;
  const checked = (progress: number) => {
    if (!(progress >= 0 && progress <= 1))
      throw new RangeError(`expected progress in [0, 1], got ${progress} in ${text}`);
    return valueAt(progress);
  };
  return Object.assign(checked, { toJSON: () => text });
}

function argument(name: string, value: number): string {
  if (!Number.isFinite(value))
    throw new RangeError(`expected finite arguments of ${name}, got ${value}`);
  return Object.is(value, -0) ? "-0" : String(value);
}

interface Form {
  readonly usage: string;
  /** Smallest and largest number of arguments. */
  readonly arity: readonly [number, number];
  readonly make: (...numbers: number[]) => Schedule;
}

/** Schedules with numeric arguments; product, whose arguments are schedules, is read separately. */
const FORMS = new Map<string, Form>([
  ["constant", { usage: "constant(value)", arity: [1, 1], make: constant }],
  ["linear", { usage: "linear(from, to)", arity: [2, 2], make: linear }],
  ["squareRootDecay", { usage: "squareRootDecay(from)", arity: [1, 1], make: squareRootDecay }],
  ["cosine", { usage: "cosine(from, to)", arity: [2, 2], make: cosine }],
  ["step", { usage: "step(from, to, at)", arity: [3, 3], make: step }],
  [
    "exponentialRampUp",
    {
      usage: "exponentialRampUp(to, steepness = 5)",
      arity: [1, 2],
      make: exponentialRampUp,
    },
  ],
]);
const PRODUCT_USAGE = "product(schedule, ...)";

/** Limits on the characters of a schedule's text, and on its nested products. */
const MOST_CHARACTERS = 10_000;
const MOST_LEVELS = 50;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const CALL = /^([A-Za-z]\w*)\s*\((.*)\)$/s;

/**
 * Reads a schedule's text form, such as "linear(0, 0.1)" or "product(linear(0, 1), constant(2))"; a
 * number, or its text, is a constant schedule.
 *
 * @throws {RangeError} If the text is not a schedule, too long or too deep: the message lists the
 *   known schedules.
 */
export function parseSchedule(text: string | number): Schedule {
  if (typeof text === "number") return constant(text);
  if (typeof text !== "string" || text.length > MOST_CHARACTERS)
    throw wrong(String(text), `is not text of at most ${MOST_CHARACTERS} characters`);
  return parseWithin(text, 1);
}

function parseWithin(text: string, level: number): Schedule {
  const source = text.trim();
  if (NUMBER.test(source)) return constant(Number(source));
  const [, name, inner] = CALL.exec(source) ?? [];
  const parts = inner === undefined ? undefined : splitArguments(inner);
  if (parts === undefined) throw wrong(source, "is not a schedule");
  if (name === "product") {
    if (parts.length === 0) throw wrong(source, `has nothing to multiply: ${PRODUCT_USAGE}`);
    if (level > MOST_LEVELS) throw wrong(source, `has more than ${MOST_LEVELS} nested products`);
    return product(...parts.map((part) => parseWithin(part, level + 1)));
  }
  const form = FORMS.get(name);
  if (form === undefined) throw wrong(source, `names an unknown schedule, ${name.slice(0, 40)}`);
  return form.make(...numbersOf(source, parts, form));
}

function numbersOf(source: string, parts: readonly string[], form: Form): number[] {
  if (parts.length < form.arity[0] || parts.length > form.arity[1])
    throw wrong(source, `has ${parts.length} arguments instead of ${form.usage}`);
  const bad = parts.find((part) => !NUMBER.test(part));
  if (bad !== undefined)
    throw wrong(source, `has the argument ${shown(bad)}, which is not a number: ${form.usage}`);
  return parts.map(Number);
}

/** Parts between commas outside of parentheses; undefined if the parentheses do not match. */
export function splitArguments(inner: string): string[] | undefined {
  if (inner.trim() === "") return [];
  const parts = [""];
  let depth = 0;
  for (const character of inner) {
    if (character === "(") depth++;
    if (character === ")" && --depth < 0) return undefined;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return depth === 0 ? parts.map((part) => part.trim()) : undefined;
}

function wrong(source: string, what: string): RangeError {
  const usages = [...[...FORMS.values()].map((form) => form.usage), PRODUCT_USAGE].join(", ");
  return new RangeError(`${shown(source)} ${what}; expected a number or one of: ${usages}`);
}
