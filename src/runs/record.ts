import os from "node:os";
import path from "node:path";
import * as v from "valibot";
import type { SelectedBackend } from "../backend/backendNames";
import { readLimited } from "../files/readLimited";
import {
  anyText,
  checked,
  fields,
  fromZero,
  listOf,
  oneOf,
  printable,
  wholeFrom,
} from "../numerics/checked";
import { plain, shown } from "../numerics/plainText";
import { EPOCH_RECORD } from "../training/epochRecordSchema";
import { configDifferences, type ExperimentConfig } from "../training/settings/config";
import { parseConfig } from "../training/settings/parseConfig";
import type { EpochRecord } from "../training/train";

export const RECORD_FILE = "record.json";
const FORMAT = "tdnc-record";
const FORMAT_VERSION = 1;
/** Limit on the bytes of a record: twice the longest run that a config allows. */
const MOST_BYTES = 256_000_000;

/** Labeled images that a run trained on. */
export interface SplitOrigin {
  /** "seeded" for the project's own splits, else the name of the splits file. */
  readonly source: string;
  /** SHA-256 of the rows as 32-bit little-endian numbers, in hexadecimal. */
  readonly rowsHash: string;
  /**
   * SHA-256 of the labeled images of the split and of the test set, each by {@link imageSetHash},
   * in hexadecimal. Older records lack it.
   */
  readonly imagesHash?: string;
}

/** Whether two splits can have the same images; true if one of them has no hash. */
export function sameImages(a: SplitOrigin, b: SplitOrigin): boolean {
  return a.imagesHash === undefined || b.imagesHash === undefined || a.imagesHash === b.imagesHash;
}

/** Environment that computed a run. */
export interface RunEnvironment {
  readonly backend: SelectedBackend["name"];
  readonly backendSummary: string;
  /** Version of TensorFlow's library; present if it computes. */
  readonly versions: Readonly<Record<"tdnc" | "tfjs" | "node", string>> & {
    readonly tensorflow?: string;
  };
  /** Threads of TensorFlow, whose numbers depend on them; absent for other backends. */
  readonly threads?: number;
  readonly processor: string;
  readonly cores: number;
}

/** Run: its config, its environment, and its results. */
export interface RunRecord {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly status: "running" | "interrupted" | "failed" | "complete";
  /** Reason, if it failed. */
  readonly error?: string;
  readonly config: ExperimentConfig;
  readonly split: SplitOrigin;
  readonly environment: RunEnvironment;
  /** Time of the first start, ISO 8601. */
  readonly startedAt: string;
  /** Time for the epochs of this record, including measurements. */
  readonly seconds: number;
  /** First measured epoch (`measureEvery`) after which the training set has no error. */
  readonly terminalPhaseEpoch: number | null;
  readonly epochs: readonly EpochRecord[];
}

/** Record of a run that has not begun. */
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

/** A run's record with the epochs that its state has completed; their seconds are the run's. */
export function withEpochs(
  record: RunRecord,
  epochs: readonly EpochRecord[],
  { terminalPhaseEpoch }: Pick<RunRecord, "terminalPhaseEpoch">,
  status: RunRecord["status"],
): RunRecord {
  const total = epochs.reduce((sum, { seconds }) => sum + seconds.training + seconds.measuring, 0);
  const { error: _, ...rest } = record;
  return { ...rest, status, epochs, terminalPhaseEpoch, seconds: Math.round(total * 1000) / 1000 };
}

function runEnvironment(backend: SelectedBackend): RunEnvironment {
  const { name, summary, threads, tensorflow } = backend;
  const { version } = require("../../package.json") as { version: string };
  // All packages of tfjs have the same version; reading it from the file does not load them.
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
 * Record in a run's folder; undefined if the folder has no record.
 *
 * @throws {Error} If the file is not a record.
 */
export async function readRecord(folder: string): Promise<RunRecord | undefined> {
  const file = path.join(folder, RECORD_FILE);
  try {
    return parseRecord(JSON.parse(String(await readLimited(file, MOST_BYTES))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file}: expected the record of a run: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const SCHEMA = fields({
  status: oneOf(["running", "interrupted", "failed", "complete"]),
  error: v.optional(anyText),
  split: fields({ source: anyText, rowsHash: printable, imagesHash: v.optional(printable) }),
  environment: fields({
    backend: printable,
    backendSummary: anyText,
    versions: fields({
      tdnc: printable,
      tfjs: printable,
      node: printable,
      tensorflow: v.optional(printable),
    }),
    threads: v.optional(wholeFrom(1)),
    processor: anyText,
    cores: wholeFrom(0),
  }),
  startedAt: printable,
  seconds: fromZero,
  terminalPhaseEpoch: v.nullable(wholeFrom(1)),
  epochs: listOf(EPOCH_RECORD),
});

/**
 * Record from JSON; its config's schedules become functions again, and its texts have no control
 * characters.
 *
 * @throws {Error} If it has another format or version, or a field is missing or invalid; the
 *   message names it.
 */
export function parseRecord(json: unknown): RunRecord {
  const record = json as RunRecord;
  if (record?.format !== FORMAT) throw new Error(`expected format ${FORMAT}`);
  if (record.formatVersion !== FORMAT_VERSION)
    throw new Error(
      `expected format version ${FORMAT_VERSION}, got ${shown(record.formatVersion)}`,
    );
  const config = parseConfig(record.config);
  checked(SCHEMA, record);
  checkEpochs(record, config);
  const { split, environment, error } = record;
  const { backendSummary, processor } = environment;
  return {
    ...record,
    ...(error !== undefined && { error: error.split("\n").map(plain).join("\n") }),
    config,
    split: { ...split, source: plain(split.source) },
    environment: {
      ...environment,
      backendSummary: plain(backendSummary),
      processor: plain(processor),
    },
  };
}

function checkEpochs(
  { status, epochs, terminalPhaseEpoch }: RunRecord,
  config: ExperimentConfig,
): void {
  if (status === "complete" && epochs.length !== config.epochs)
    throw new Error(
      `expected the ${config.epochs} epochs of a complete run, got ${epochs.length || "none"}`,
    );
  if (epochs.length > config.epochs)
    throw new Error(
      `expected at most the ${config.epochs} epochs of its config, got ${epochs.length}`,
    );
  epochs.forEach(({ epoch }, i) => {
    if (epoch !== i + 1)
      throw new Error(`expected epoch ${i + 1} at position ${i + 1}, got ${epoch}`);
  });
  if (terminalPhaseEpoch !== null && terminalPhaseEpoch > epochs.length)
    throw new Error(
      `terminalPhaseEpoch: expected one of the ${epochs.length} epochs, got ${terminalPhaseEpoch}`,
    );
}

/**
 * Differences that prevent a run from resuming another one, one line each; empty if it can resume.
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

/** Whether two environments can give the same numbers; true if one does not name its threads. */
const sameThreads = ({ threads: a }: RunEnvironment, { threads: b }: RunEnvironment) =>
  a === undefined || b === undefined || a === b;
const threadsOf = ({ environment }: RunRecord) => String(environment.threads);

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 12)}...` : text);
