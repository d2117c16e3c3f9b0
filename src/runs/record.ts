import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { SelectedBackend } from "../backend/backendNames";
import { configDifferences, type ExperimentConfig } from "../training/settings/config";
import { parseConfig } from "../training/settings/parseConfig";
import type { EpochRecord } from "../training/train";

export const RECORD_FILE = "record.json";
const FORMAT = "tdnc-record";
const FORMAT_VERSION = 1;

/** The labeled images that a run trained on. */
export interface SplitOrigin {
  /** "seeded" for the project's own splits, else the name of the splits file. */
  readonly source: string;
  /** SHA-256 of the rows as 32-bit little-endian numbers, in hexadecimal. */
  readonly rowsHash: string;
  /**
   * SHA-256 of the labeled images of the split and of the test set, as {@link imageSetHash} gives
   * it of each, in hexadecimal. Records of before it was kept have none.
   */
  readonly imagesHash?: string;
}

/** Whether two splits may be of the same images: where one does not say, they may. */
export function sameImages(a: SplitOrigin, b: SplitOrigin): boolean {
  return a.imagesHash === undefined || b.imagesHash === undefined || a.imagesHash === b.imagesHash;
}

/** The environment that computed a run. */
export interface RunEnvironment {
  readonly backend: SelectedBackend["name"];
  readonly backendSummary: string;
  /** TensorFlow's library only where it computes. */
  readonly versions: Readonly<Record<"tdnc" | "tfjs" | "node", string>> & {
    readonly tensorflow?: string;
  };
  /** Threads of TensorFlow: its numbers depend on them. Those of other backends do not. */
  readonly threads?: number;
  readonly processor: string;
  readonly cores: number;
}

/** A run: what was asked, what computed it, and what came out. */
export interface RunRecord {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly status: "running" | "interrupted" | "failed" | "complete";
  /** Why, if it failed. */
  readonly error?: string;
  readonly config: ExperimentConfig;
  readonly split: SplitOrigin;
  readonly environment: RunEnvironment;
  /** When it was first started, ISO 8601. */
  readonly startedAt: string;
  /** Spent on the epochs of this record, measuring included. */
  readonly seconds: number;
  /** The first measured epoch (`measureEvery`) that ended without an error on the training set. */
  readonly terminalPhaseEpoch: number | null;
  readonly epochs: readonly EpochRecord[];
}

/** The record of a run that has done nothing yet. */
export function newRecord(
  config: ExperimentConfig,
  split: SplitOrigin,
  backend: SelectedBackend,
): RunRecord {
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    status: "running",
    config,
    split,
    environment: runEnvironment(backend),
    startedAt: new Date().toISOString(),
    seconds: 0,
    terminalPhaseEpoch: null,
    epochs: [],
  };
}

function runEnvironment(backend: SelectedBackend): RunEnvironment {
  const { name, summary, threads, tensorflow } = backend;
  const { version } = require("../../package.json") as { version: string };
  // The packages of tfjs share one version; reading it from the file does not load them.
  const tfjs = require("@tensorflow/tfjs/package.json") as { version: string };
  const processors = os.cpus();
  return {
    backend: name,
    backendSummary: summary,
    versions: {
      tdnc: version,
      tfjs: tfjs.version,
      node: process.versions.node,
      ...(tensorflow !== undefined && { tensorflow }),
    },
    ...(tensorflow !== undefined && { threads }),
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
  };
}

/**
 * The record of a run's folder; undefined if it has none.
 *
 * @throws {Error} If the file is not a record: what is wrong with it.
 */
export async function readRecord(folder: string): Promise<RunRecord | undefined> {
  const file = path.join(folder, RECORD_FILE);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return parseRecord(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file}: expected the record of a run: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * A record from JSON; its config's schedules become functions again.
 *
 * @throws {Error} If it is of another format or version, its config is not complete, or what tables
 *   and figures need of it is missing or of another kind.
 */
export function parseRecord(json: unknown): RunRecord {
  const record = json as RunRecord;
  if (record?.format !== FORMAT) throw new Error(`expected format ${FORMAT}`);
  if (record.formatVersion !== FORMAT_VERSION)
    throw new Error(`expected format version ${FORMAT_VERSION}, got ${record.formatVersion}`);
  const config = parseConfig(record.config);
  checkFields(record);
  checkEpochs(record);
  return { ...record, config };
}

const STATUSES: readonly unknown[] = ["running", "interrupted", "failed", "complete"];

function checkFields({ status, split, environment, startedAt, seconds }: RunRecord): void {
  const { backend, backendSummary, versions, processor } = environment ?? {};
  const check = (name: string, value: unknown, expected: string, isRight: boolean) => {
    if (!isRight) throw new Error(`${name}: expected ${expected}, got ${JSON.stringify(value)}`);
  };
  check("status", status, STATUSES.join(", "), STATUSES.includes(status));
  check("seconds", seconds, "a number from 0", Number.isFinite(seconds) && seconds >= 0);
  const texts = {
    "split.source": split?.source,
    "split.rowsHash": split?.rowsHash,
    startedAt,
    "environment.backend": backend,
    "environment.backendSummary": backendSummary,
    "environment.processor": processor,
    "environment.versions.tfjs": versions?.tfjs,
  };
  for (const [name, text] of Object.entries(texts))
    check(name, text, "a text", typeof text === "string");
}

function checkEpochs({ status, epochs, config }: RunRecord): void {
  if (!Array.isArray(epochs)) throw new Error("expected a list of epochs");
  if (status === "complete" && epochs.length !== config.epochs)
    throw new Error(
      `expected the ${config.epochs} epochs of a complete run, got ${epochs.length || "none"}`,
    );
  epochs.forEach((epoch: Partial<EpochRecord> | null, i) => {
    if (epoch?.epoch !== i + 1)
      throw new Error(`expected epoch ${i + 1} in place ${i + 1}, got ${epoch?.epoch ?? "none"}`);
    for (const set of ["train", "test", "validation"] as const) {
      const { accuracy } = epoch[set] ?? { accuracy: 1 };
      if (!(typeof accuracy === "number" && accuracy >= 0 && accuracy <= 1))
        throw new Error(
          `epoch ${i + 1}: expected a ${set} accuracy from 0 to 1, got ${JSON.stringify(accuracy)}`,
        );
    }
  });
}

/**
 * Differences that keep a run from resuming where another stopped, a line each; empty if it can.
 */
export function recordDifferences(there: RunRecord, here: RunRecord): string[] {
  const settings = configDifferences(there.config, here.config);
  const pairs = [
    ...settings.map(({ setting, a, b }) => [setting, a, b]),
    ["the rows of the split", there.split.rowsHash, here.split.rowsHash],
    ...(sameImages(there.split, here.split)
      ? []
      : [["the images", there.split.imagesHash!, here.split.imagesHash!]]),
    ["backend", there.environment.backend, here.environment.backend],
    ...(sameThreads(there.environment, here.environment)
      ? []
      : [["threads of tensorflow (--threads)", ...[there, here].map(threadsOf)]]),
  ];
  return pairs
    .filter(([, a, b]) => a !== b)
    .map(([name, a, b]) => `${name}: ${shortened(a)} there, ${shortened(b)} here`);
}

/** Whether two environments may give the same numbers: where one does not name its threads, they may. */
const sameThreads = ({ threads: a }: RunEnvironment, { threads: b }: RunEnvironment) =>
  a === undefined || b === undefined || a === b;
const threadsOf = ({ environment }: RunRecord) => String(environment.threads);

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 12)}...` : text);
