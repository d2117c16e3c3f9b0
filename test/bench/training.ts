import { availableParallelism } from "node:os";
import { median, timing, type Timing } from "./measure";
import { ownTrainee, torchTrainee, type Request, type Trainee } from "./traineeProcess";

/** Times of one operation, side by side. */
export interface Comparison {
  readonly what: string;
  /** Of the sides, as their processes state them. */
  readonly versions: Readonly<Record<string, string>>;
  readonly sides: readonly (Timing & {
    readonly name: string;
    readonly memory: number;
    /** Median over the rounds of this side's time over the first PyTorch side's; and their range. */
    readonly ratio?: number;
    readonly ratioRange?: readonly [number, number];
  })[];
}

/** Rounds of an operation, and how many repetitions make a round. */
interface Plan extends Request {
  readonly what: string;
  readonly rounds: number;
}

const PLANS: readonly Plan[] = [
  {
    what: "SimpleCNN_MNIST: step of 8 x 16 images with the regulariser",
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
    what: "SimpleCNN13: step of 8 x 16 images with the regulariser",
    operation: "step",
    network: "SimpleCNN13",
    count: 1,
    rounds: 3,
  },
];

/** Every operation on every side, the sides taking turns. */
export async function* trainingComparisons(isSmall: boolean): AsyncGenerator<Comparison> {
  const threads = availableParallelism();
  const trainees = [await ownTrainee("relaxed"), await ownTrainee("plain")];
  for (const count of new Set([1, threads])) {
    const torch = await torchTrainee(count);
    if (torch !== undefined) trainees.push(torch);
  }
  for (const plan of PLANS)
    if (!(isSmall && plan.network === "SimpleCNN13")) yield await compare(plan, trainees);
  const original = trainees.find(({ name }) => name.startsWith(`PyTorch, ${threads}`));
  yield await twoEpochs(trainees[0], await ownTrainee("relaxed"), original);
}

async function compare(plan: Plan, trainees: readonly Trainee[]): Promise<Comparison> {
  const times = trainees.map((): number[][] => []);
  const memory = trainees.map(() => 0);
  for (const trainee of trainees) await trainee.ask({ ...plan, count: Math.min(3, plan.count) });
  for (let round = 0; round < plan.rounds; round++)
    for (const [i, trainee] of trainees.entries()) {
      const reply = await trainee.ask(plan);
      times[i].push(reply.times);
      memory[i] = reply.memory;
    }
  const baseline = trainees.findIndex(({ name }) => name.startsWith("PyTorch"));
  const sides = trainees.map(({ name }, i) => ({
    name,
    memory: memory[i],
    ...timing(times[i].flat()),
    ...(baseline >= 0 && ratios(times[i].map(median), times[baseline].map(median))),
  }));
  return { what: plan.what, versions: versionsOf(trainees), sides };
}

/** Two runs on two cores at once, one run alone, and the original's loop on all cores, in turns. */
async function twoEpochs(one: Trainee, other: Trainee, original?: Trainee): Promise<Comparison> {
  const request = { operation: "epoch", network: "SimpleCNN_MNIST", count: 2 } as const;
  const [both, alone, torch]: number[][] = [[], [], []];
  const memory = { ours: 0, torch: 0 };
  const askBoth = () => Promise.all([one.ask(request), other.ask(request)]);
  await askBoth();
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const [{ memory: resident }] = await askBoth();
    both.push((performance.now() - start) / request.count);
    memory.ours = resident;
    alone.push(median((await one.ask(request)).times));
    const reply = await original?.ask(request);
    if (reply === undefined) continue;
    torch.push(median(reply.times));
    memory.torch = reply.memory;
  }
  other.stop();
  const side = (name: string, times: number[], own = memory.ours) => ({
    name,
    memory: own,
    ...timing(times),
    ...(original !== undefined && ratios(times, torch)),
  });
  const halved = both.map((time) => time / 2);
  return {
    what: "SimpleCNN_MNIST: an epoch, 31 steps and a test of 10,000 images",
    versions: versionsOf(original === undefined ? [one] : [one, original]),
    sides: [
      side("ours, one run", alone),
      side("ours, two runs at once: until both are done", both),
      side("ours, two runs at once: an epoch of one", halved),
      ...(original === undefined
        ? []
        : [side(`${original.name}, tests by 8`, torch, memory.torch)]),
    ],
  };
}

const versionsOf = (trainees: readonly Trainee[]): Record<string, string> =>
  Object.fromEntries(
    trainees.flatMap(({ versions: { simd: _, ...versions } }) => Object.entries(versions)),
  );

/** Of a side's rounds to the baseline's. */
function ratios(own: readonly number[], baseline: readonly number[]) {
  const each = own.map((value, round) => value / baseline[round]);
  return { ratio: median(each), ratioRange: [Math.min(...each), Math.max(...each)] as const };
}

/** A comparison as lines of text. */
export function comparisonTable({ what, sides }: Comparison): string {
  const rows = sides.map(({ name, milliseconds, spread, repetitions, ratio, ratioRange, memory }) =>
    [
      `  ${name.padEnd(44)}`,
      `${milliseconds.toFixed(1)} +- ${spread.toFixed(1)} ms`.padStart(22),
      `n ${repetitions}`.padStart(6),
      ratio === undefined
        ? ""
        : `${ratio.toFixed(2)} x (${ratioRange![0].toFixed(2)} to ${ratioRange![1].toFixed(2)})`,
      `${(memory / 1e6).toFixed(0)} MB`.padStart(9),
    ].join(" "),
  );
  return [what, ...rows].join("\n");
}
