import { parseSchedule, type Schedule } from "./schedules";

/**
 * Role of a setting, which decides which runs belong together (results/runGroups.ts).
 *
 * - `name`: names a run in tables and does not affect its numbers.
 * - `numbers`: decides what a run computes. Runs that differ in it are different experiments.
 * - `draw`: picks one of the random draws over which an experiment's mean is taken.
 * - `recording`: decides what a record contains. It changes no other number in the record, except
 *   seconds and the terminal phase, which begins at the first measured epoch without an error.
 * - `bookkeeping`: changes nothing in a record. A run can resume with another value.
 */
export type Role = "name" | "numbers" | "draw" | "recording" | "bookkeeping";

/** Values that a setting accepts. */
export interface Accepted<T> {
  /** Description of the accepted values. */
  readonly expected: string;
  /**
   * Reads a value from text or JSON.
   *
   * @throws {RangeError} If the value is not accepted.
   */
  readonly parse: (value: unknown) => T;
}

/** Row of the table of settings. */
export interface Setting<T = unknown> extends Accepted<T> {
  readonly role: Role;
  readonly description: string;
  /** Value of runs from before this setting existed; their records lack it. */
  readonly early?: T;
  /** Whether it can be off. It is then undefined, and absent from configs and records. */
  readonly optional?: true;
  /** Whether only presets set it, so that commands have no option for it. */
  readonly presetOnly?: true;
}

/** Creates the rows of one role. */
export const rowOf =
  (role: Role) =>
  <T>(
    description: string,
    accepted: Accepted<T>,
    rest: Pick<Setting<NoInfer<T>>, "early" | "optional" | "presetOnly"> = {},
  ): Setting<T> => ({ role, description, ...accepted, ...rest });

/** Whole numbers from `least` to `most`, by default the largest exact number. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Accepted<number> {
  return number(
    `a whole number from ${least}` + (most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""),
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  );
}

/** Whole numbers from 1; 0 is off. */
export const countOrOff: Accepted<number | undefined> = {
  expected: "a whole number from 0",
  parse: (value) => wholeNumber(0).parse(value) || undefined,
};

/** Finite numbers that `accepts` accepts, as numbers or text. */
export function number(expected: string, accepts: (value: number) => boolean): Accepted<number> {
  const parse = (value: unknown) => {
    const text = typeof value === "string" ? value.trim() : value;
    const parsed = text === "" || typeof text === "boolean" ? NaN : Number(text);
    if (!Number.isFinite(parsed) || !accepts(parsed)) throw new RangeError();
    return parsed;
  };
  return { expected, parse };
}

/** One of several texts. */
export function choice<T extends string>(...choices: readonly T[]): Accepted<T> {
  const parse = (value: unknown) => {
    if (!choices.includes(value as T)) throw new RangeError();
    return value as T;
  };
  return { expected: choices.join(" or "), parse };
}

/** True or false. */
export const flag: Accepted<boolean> = {
  expected: "true or false",
  parse: (value) => {
    if (!["true", "false"].includes(String(value))) throw new RangeError();
    return String(value) === "true";
  },
};

/** Names that can be part of a file's name. */
export const text: Accepted<string> = {
  expected: "a name of letters, digits, . _ and -",
  parse: (value) => {
    if (typeof value !== "string" || !/^\w[\w.-]{0,79}$/.test(value)) throw new RangeError();
    return value;
  },
};

/** Schedules; a number is a constant schedule. */
export const schedule: Accepted<Schedule> = {
  expected: "a number or a schedule such as linear(0, 0.1)",
  parse: (value) => parseSchedule(value as string | number),
};
