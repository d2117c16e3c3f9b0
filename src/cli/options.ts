import { statSync, type Stats } from "node:fs";
import path from "node:path";
import {
  Option,
  type Command,
  type CommandUnknownOpts,
  type OptionValues,
} from "@commander-js/extra-typings";
import { BACKEND_NAMES } from "../backend/backendNames";
import { shown } from "../numerics/plainText";
import { parseQueueAddress, QUEUE_VARIABLE, type QueueAddress } from "../runs/queue/address";
import { loadBullmq } from "../runs/queue/bullmq";
import { splitArguments } from "../training/settings/schedules";

/** Arguments that the command cannot accept: it ends with exit code 2. */
export class BadArguments extends Error {
  override readonly name = "BadArguments";
}

/** Turns an error before the first run into bad arguments. */
export function refuse(error: unknown): never {
  throw new BadArguments((error as Error).message);
}

/** A value as indented JSON, ending with a newline. */
export const jsonText = (value: unknown) => `${JSON.stringify(value, numberOrText, 2)}\n`;

/** JSON has no infinite numbers: their names are written instead. */
const numberOrText = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** Appends the value of a repeated option to its earlier values. */
export const repeated = (text: string, earlier?: readonly string[]) => [...(earlier ?? []), text];

/** Makes a command warn when an option with a value is given twice, unless it is {@link repeated}. */
export function noteTwice(command: CommandUnknownOpts): void {
  for (const option of command.options) {
    if (option.isBoolean() || option.parseArg === repeated) continue;
    let count = 0;
    command.on(`option:${option.name()}`, () => {
      count++;
      if (count === 2)
        process.stderr.write(`${option.long}: given more than once; the last value counts\n`);
    });
  }
}

/** Values of the options that all training commands share. */
export type RunOptions = {
  backend: string;
  workers?: string;
  threads?: string;
  splitsFile?: string;
  data?: string;
  out: string;
  quiet?: true;
};

/** Adds the options that all training commands share. */
export function addRunOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
  out = "runs",
): Command<Args, Options & RunOptions> {
  command
    .optionsGroup("Options for running:")
    .addOption(
      new Option("--backend <name>", "backend to compute with")
        .choices(BACKEND_NAMES)
        .default("auto"),
    )
    .option(
      "--workers <count>",
      "concurrent runs, one process each (default: one per core; one with webgpu)",
    )
    .option("--threads <count>", "threads of each run (default: the runs share the cores)")
    .option(
      "--splits-file <file>",
      "JSON file of splits, see data/README.md (default: the project's own splits)",
    )
    .option(
      "--data <folder>",
      "folder of the data set's files (default: MNIST's package, data/svhn, data/cifar10)",
    )
    .option("--out <folder>", "folder to write the runs to", out)
    .option("--quiet", "print no progress");
  return command as unknown as Command<Args, Options & RunOptions>;
}

/** Where and how a command trains, from its options. */
export function runSettings({ out, backend, workers, splitsFile, data, ...rest }: RunOptions) {
  return {
    out: outFolder(out),
    backend,
    processes: countOf("--workers", workers),
    threads: countOf("--threads", rest.threads),
    quiet: rest.quiet === true,
    source: { dataFolder: data, splitsFile },
  };
}

/** Largest number of processes, or threads, that an option accepts. */
const MOST_AT_ONCE = 999;

/**
 * Number of processes, or threads, that an option asks for; undefined without the option.
 *
 * @throws {BadArguments} If it is not a whole number from 1 to 999.
 */
export function countOf(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(option, text, 1, MOST_AT_ONCE);
}

/**
 * Whole number that an option gives.
 *
 * @throws {BadArguments} If it is not a whole number from `least` to `most`.
 */
export function wholeNumber(
  option: string,
  text: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const number = /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && number <= most)) {
    const range = most < Number.MAX_SAFE_INTEGER ? `${least} to ${most}` : String(least);
    throw new BadArguments(`${option}: expected a whole number from ${range}, got ${shown(text)}`);
  }
  return number;
}

/**
 * Folder that an option names, which exists or can be created.
 *
 * @throws {BadArguments} If the name is empty, or a file has that name: which.
 */
export function outFolder(folder: string, option = "--out"): string {
  if (folder.trim() === "")
    throw new BadArguments(`${option}: expected a folder, got an empty name`);
  // The nearest existing ancestor decides.
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const there = thingAt(at);
    if (there?.isDirectory()) return folder;
    if (there) throw new BadArguments(`${option}: expected a folder, got the file ${at}`);
    if (at === path.dirname(at)) return folder;
  }
}

/**
 * File of `--out`, in a folder that exists or can be created.
 *
 * @param ending For example `.html`.
 * @param option The option that names it.
 * @throws {BadArguments} If its name has another ending, it is a folder, or {@link outFolder} throws.
 */
export function outFile(file: string, ending: string, option = "--out"): string {
  if (path.extname(file) !== ending)
    throw new BadArguments(
      `${option}: expected the name of a file ending in ${ending}, got "${file}"`,
    );
  if (thingAt(file)?.isDirectory())
    throw new BadArguments(`${option}: expected a file, got the folder ${file}`);
  outFolder(path.dirname(file), option);
  return file;
}

/** File or folder at a place; undefined if it does not exist, or the path leads through a file. */
function thingAt(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch {
    return undefined;
  }
}

/** Adds the option that names a queue. */
export function addQueueOption<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
  what: string,
) {
  return command.option(
    "--queue [address]",
    `${what} redis://host:6379/0, or rediss:// for TLS (default: the environment variable ` +
      `${QUEUE_VARIABLE}, which hides a password)`,
  );
}

/**
 * Queue that `--queue` names.
 *
 * @throws {BadArguments} If there is no address, or the optional packages are not installed.
 */
export function queueAddress(option: string | true | undefined): QueueAddress {
  const text = typeof option === "string" ? option : process.env[QUEUE_VARIABLE];
  if (!text)
    throw new BadArguments(
      `--queue: expected an address such as redis://host:6379/0, or one in ${QUEUE_VARIABLE}, got none`,
    );
  try {
    loadBullmq();
    return parseQueueAddress(text);
  } catch (error) {
    throw new BadArguments(`--queue: ${(error as Error).message}`);
  }
}

/**
 * A setting and its values from text such as "beta=0.5,1.1,squareRootDecay(2)". Commas inside
 * parentheses do not separate values; `sub-batch-size` is another form of `subBatchSize`.
 *
 * @throws {RangeError} If the text has another form.
 */
export function parseGridOption(text: string): [setting: string, values: string[]] {
  const [, name, list = ""] = /^\s*([\w-]+)\s*=(.*)$/s.exec(text) ?? [];
  // As the options are written: --sub-batch-size is subBatchSize.
  const setting = name?.replace(/-+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const values = splitArguments(list) ?? [];
  if (setting === undefined || values.length === 0 || values.includes(""))
    throw new RangeError(`--grid: expected <setting>=<value>,<value>,..., got "${text}"`);
  return [setting, values];
}

/**
 * Grid of several such texts.
 *
 * @throws {RangeError} If a setting comes twice.
 */
export function parseGridOptions(texts: readonly string[]): Record<string, string[]> {
  // Without a prototype, __proto__ is an ordinary name.
  const grid = Object.create(null) as Record<string, string[]>;
  for (const [setting, values] of texts.map(parseGridOption)) {
    if (Object.hasOwn(grid, setting))
      throw new RangeError(`--grid ${setting}: expected one option with all its values, got two`);
    grid[setting] = values;
  }
  return grid;
}
