import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./measure";
import { measuringProcesses } from "./traineeProcess";

/** Features on disk: float32 `features`, `weights`, `bias` and int32 `labels`, row-major. */
export interface MeasuresRequest {
  readonly folder: string;
  readonly dim: number;
  readonly classCount: number;
  /** The measures; all by default. */
  readonly names?: readonly string[];
}

/** What a process answers. */
export interface MeasuresReply {
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  /** The most that the process has had resident, in bytes. */
  readonly memory: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** All measures of one set of features, on every side. */
export interface MeasuresComparison {
  readonly size: string;
  readonly rounds: number;
  readonly sides: readonly {
    readonly name: string;
    readonly versions: Readonly<Record<string, string>>;
    /** Medians over the rounds. */
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly memory: number;
    /** Ours over this side's: median over the rounds, least and most. */
    readonly ratio: readonly [number, number, number];
  }[];
  /** The measure in which ours differs most from NumPy's, relative to the larger of 1 and it. */
  readonly largestDifference: { readonly name: string; readonly difference: number };
}

/** Examples x dimensions x classes. */
export const MEASURES_SIZES = ["10000x512x100", "10000x2048x100", "50000x2048x1000"] as const;

const ROUNDS = 3;

/**
 * All measures by this project and by NumPy in double precision on one thread, taking turns, on the
 * same features.
 *
 * @param size N x p x C, such as one of {@link MEASURES_SIZES}.
 */
export async function measuresComparison(
  size: string,
  python: string,
): Promise<MeasuresComparison> {
  const [count, dim, classCount] = size.split("x").map(Number);
  const folder = mkdtempSync(join(tmpdir(), "measures-"));
  const sides = await measuringProcesses(python);
  try {
    writeExamples(folder, count, dim, classCount);
    const replies = sides.map((): MeasuresReply[] => []);
    let names: string[] | undefined;
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, side] of sides.entries()) {
        replies[i].push(await side.ask({ folder, dim, classCount, names }));
        // NumPy has the first turn and says which measures are compared.
        names = Object.keys(replies[0][0].values);
      }
    const ours = replies.at(-1)!;
    return {
      size,
      rounds: ROUNDS,
      sides: sides.map(({ name, versions }, i) => {
        const ratios = ours.map(({ seconds }, round) => seconds / replies[i][round].seconds);
        return {
          name,
          versions,
          seconds: median(replies[i].map(({ seconds }) => seconds)),
          cpuSeconds: median(replies[i].map(({ cpuSeconds }) => cpuSeconds)),
          memory: replies[i].at(-1)!.memory,
          ratio: [median(ratios), Math.min(...ratios), Math.max(...ratios)],
        };
      }),
      largestDifference: largestDifference(ours[0].values, replies[0][0].values),
    };
  } finally {
    sides.forEach((side) => side.stop());
    rmSync(folder, { recursive: true });
  }
}

function largestDifference(
  ours: MeasuresReply["values"],
  others: MeasuresReply["values"],
): MeasuresComparison["largestDifference"] {
  return Object.entries(others)
    .map(([name, value]) => ({
      name,
      difference: Math.abs((ours[name] ?? NaN) - value!) / Math.max(1, Math.abs(value!)),
    }))
    .reduce((a, b) => (a.difference >= b.difference ? a : b));
}

/** Unbalanced classes around random means, with a spread that differs between dimensions. */
function writeExamples(folder: string, count: number, dim: number, classCount: number): void {
  const random = numbers(1);
  const floats = (length: number, value: (i: number) => number) =>
    Float32Array.from({ length }, (_, i) => value(i));
  const means = floats(classCount * dim, random);
  const labels = Int32Array.from({ length: count }, (_, n) =>
    n < 2 * classCount ? n % classCount : Math.floor(classCount * (random() + 0.5) ** 2),
  );
  const features = floats(count * dim, (at) => {
    const i = at % dim;
    return 1 + means[labels[(at - i) / dim] * dim + i] + (0.5 + i / dim) * random();
  });
  const weights = floats(classCount * dim, (at) => (means[at] + random()) / Math.sqrt(dim));
  const bias = floats(classCount, random);
  for (const [name, values] of Object.entries({ features, labels, weights, bias }))
    writeFileSync(join(folder, name), values);
}

/** Uniform numbers from -0.5 to 0.5, by xorshift: fast, for data as large as ImageNet's. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 32;
  };
}

/** A comparison as lines of text. */
export function measuresTable({ size, sides, largestDifference }: MeasuresComparison): string {
  const { name, difference } = largestDifference;
  return [
    `Measures of ${size} features, one thread`,
    ...sides.map(
      ({ name, seconds, cpuSeconds, memory, ratio: [middle, least, most] }) =>
        `  ${name.padEnd(10)} ${seconds.toFixed(2)} s (CPU ${cpuSeconds.toFixed(2)} s), ` +
        `${(memory / 1e6).toFixed(0)} MB; ours takes ${middle.toFixed(2)} of it ` +
        `(${least.toFixed(2)} to ${most.toFixed(2)})`,
    ),
    `  largest difference ${difference.toExponential(1)} in ${name}`,
  ].join("\n");
}
