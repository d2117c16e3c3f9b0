import { availableParallelism } from "node:os";
import { median, timing, type Timing } from "./measure";
import { ownTrainee, torchTrainee, type Request, type Trainee } from "./traineeProcess";

/** Times of one operation, side by side. */
export interface Comparison {
  readonly what: string;
  /** Of the sides, as their processes state them. */
  readonly versions: Readonly<Record<string, string>>;
  readonly sides: readonly Side[];
}

interface Side extends Timing {
  readonly name: string;
  /** The most that the process has had resident, in bytes. */
  readonly memory: number;
  /** Ratios of our time to that of PyTorch on as many threads. */
  readonly ratios?: readonly Ratio[];
}

/** Our time over PyTorch's: the median over the rounds, and their range. */
interface Ratio {
  readonly to: string;
  readonly ratio: number;
  readonly range: readonly [number, number];
}

/** Rounds of an operation, and how many repetitions make a round. */
interface Plan extends Request {
  readonly what: string;
  readonly rounds: number;
}

const PLANS: readonly Plan[] = [
  {
    what: "SimpleCNN_MNIST: step of 8 x 16 images with the regularizer",
    operation: "step",
    network: "SimpleCNN_MNIST",
    count: 15,
    rounds: 12,
  },
  {
    what: "SimpleCNN_MNIST: evaluating 10,000 images",
    operation: "evaluation",
    network: "SimpleCNN_MNIST",
    count: 1,
    rounds: 8,
  },
  {
    what: "SimpleCNN13: step of 8 x 16 images with the regularizer",
    operation: "step",
    network: "SimpleCNN13",
    count: 1,
    rounds: 3,
  },
];

/** Every operation on every side, the sides taking turns. */
export async function* trainingComparisons(
  isSmall: boolean,
  python: string,
): AsyncGenerator<Comparison> {
  const cores = availableParallelism();
  const sides: Contestant[] = [{ trainee: await ownTrainee(1, "plain"), threads: 1, isOurs: true }];
  for (const threads of new Set([1, cores])) {
    sides.push({ trainee: await ownTrainee(threads), threads, isOurs: true });
    for (const layout of ["default", "channels_last"] as const) {
      const trainee = await torchTrainee(python, threads, layout);
      if (trainee !== undefined) sides.push({ trainee, threads, isOurs: false });
    }
  }
  for (const plan of PLANS)
    if (!(isSmall && plan.network === "SimpleCNN13")) yield await compare(plan, sides);
  const find = (name: string) => sides.find(({ trainee }) => trainee.name === name)?.trainee;
  const alone = sides.find(({ isOurs, threads }) => isOurs && threads === cores)!.trainee;
  const original = find(`PyTorch, ${cores} thread${cores === 1 ? "" : "s"}`);
  yield await twoEpochs([find("ours, 1 thread")!, await ownTrainee(1)], alone, original);
}

/** A side, and how many threads it computes with. */
interface Contestant {
  readonly trainee: Trainee;
  readonly threads: number;
  readonly isOurs: boolean;
}

async function compare(plan: Plan, contestants: readonly Contestant[]): Promise<Comparison> {
  const trainees = contestants.map(({ trainee }) => trainee);
  const times = trainees.map((): number[][] => []);
  const memory = trainees.map(() => 0);
  for (const trainee of trainees) await trainee.ask({ ...plan, count: Math.min(3, plan.count) });
  for (let round = 0; round < plan.rounds; round++)
    for (const [i, trainee] of trainees.entries()) {
      const reply = await trainee.ask(plan);
      times[i].push(reply.times);
      memory[i] = reply.memory;
    }
  const medians = times.map((rounds) => rounds.map(median));
  const ratiosOf = (own: number) =>
    contestants.flatMap(({ trainee, threads, isOurs }, i) =>
      !isOurs && threads === contestants[own].threads
        ? [ratio(trainee.name, medians[own], medians[i])]
        : [],
    );
  const sides = contestants.map(({ trainee, isOurs }, i): Side => ({
    name: trainee.name,
    memory: memory[i],
    ...timing(times[i].flat()),
    ...(isOurs && { ratios: ratiosOf(i) }),
  }));
  return { what: plan.what, versions: versionsOf(trainees), sides };
}

/**
 * Two concurrent runs, one run alone on all cores, and the original's loop on all cores, in turns.
 */
async function twoEpochs(
  pair: readonly [Trainee, Trainee],
  single: Trainee,
  original?: Trainee,
): Promise<Comparison> {
  const request = { operation: "epoch", network: "SimpleCNN_MNIST", count: 2 } as const;
  const [both, alone, torch]: number[][] = [[], [], []];
  const memory = { ours: 0, torch: 0 };
  const askBoth = () => Promise.all(pair.map((one) => one.ask(request)));
  await askBoth();
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const [{ memory: resident }] = await askBoth();
    both.push((performance.now() - start) / request.count);
    memory.ours = resident;
    alone.push(median((await single.ask(request)).times));
    const reply = await original?.ask(request);
    if (reply === undefined) continue;
    torch.push(median(reply.times));
    memory.torch = reply.memory;
  }
  pair[1].stop();
  const side = (name: string, times: number[]): Side => ({
    name,
    memory: memory.ours,
    ...timing(times),
    ...(original !== undefined && { ratios: [ratio(original.name, times, torch)] }),
  });
  const halved = both.map((time) => time / 2);
  return {
    what: "SimpleCNN_MNIST: an epoch, 31 steps and a test of 10,000 images",
    versions: versionsOf(original === undefined ? [single] : [single, original]),
    sides: [
      side("ours, one run on all cores", alone),
      side("ours, two runs at once: until both are done", both),
      side("ours, two runs at once: an epoch of one", halved),
      ...(original === undefined
        ? []
        : [{ name: `${original.name}, tests by 8`, memory: memory.torch, ...timing(torch) }]),
    ],
  };
}

const versionsOf = (trainees: readonly Trainee[]): Record<string, string> =>
  Object.fromEntries(
    trainees.flatMap(({ versions: { simd: _, ...versions } }) => Object.entries(versions)),
  );

/** Of a side's rounds to another's. */
function ratio(to: string, own: readonly number[], other: readonly number[]): Ratio {
  const each = own.map((value, round) => value / other[round]);
  return { to, ratio: median(each), range: [Math.min(...each), Math.max(...each)] };
}

/** A comparison as lines of text. */
export function comparisonTable({ what, sides }: Comparison): string {
  const rows = sides.map(({ name, milliseconds, spread, repetitions, ratios = [], memory }) =>
    [
      `  ${name.padEnd(44)}`,
      `${milliseconds.toFixed(1)} +- ${spread.toFixed(1)} ms`.padStart(22),
      `n ${repetitions}`.padStart(6),
      `${(memory / 1e6).toFixed(0)} MB`.padStart(9),
      ...ratios.map(
        ({ to, ratio, range: [least, most] }) =>
          `\n${" ".repeat(6)}${ratio.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)}) of ${to}`,
      ),
    ].join(" "),
  );
  return [what, ...rows].join("\n");
}
