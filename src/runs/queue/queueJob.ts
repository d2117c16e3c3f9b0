import { createHash } from "node:crypto";
import * as v from "valibot";
import { BACKEND_NAMES, type SelectedBackend } from "../../backend/backendNames";
import { checked, finiteNumber, listOf, oneOf, onlyFields, textOf } from "../../numerics/checked";
import { rowsHash } from "../../data/splits";
import { settingsJson, type ExperimentConfig } from "../../training/settings/config";
import type { SplitOrigin } from "../record";
import { runIdentity } from "../runIdentity";
import { parseConfig } from "../../training/settings/parseConfig";

/** Run in a job: its config and the required data. It contains no path. */
export interface QueueJob {
  /** Build that must compute it. */
  readonly build: string;
  readonly config: ExperimentConfig;
  readonly backend: SelectedBackend["name"];
  readonly split: Required<SplitOrigin>;
  /** Rows of its split, if they come from a splits file. */
  readonly rows?: readonly number[];
}

/** Limit on the bytes of a job as JSON: 100,000 rows. */
export const JOB_LIMIT = 1_000_000;
/** Limit on the characters of a config; a real one has a thousand. */
const CONFIG_LIMIT = 10_000;

const hash = textOf("a SHA-256 hash", /^[\da-f]{64}$/);
const JOB = onlyFields({
  build: textOf("the name of a build", /^[\w.-]{1,80}$/),
  config: v.unknown(),
  backend: oneOf(BACKEND_NAMES.filter((name) => name !== "auto")),
  split: onlyFields({
    // Printed and recorded, so control characters are not allowed.
    source: textOf("the name of a split's source", /^[^\p{C}/\\]{1,200}$/u),
    rowsHash: hash,
    imagesHash: hash,
  }),
  rows: v.optional(listOf(finiteNumber)),
});

/** Job that is not from this project and is set aside. */
export class MalformedJob extends Error {
  override readonly name = "MalformedJob";
}

/**
 * Id of a job: a hash of the run's identity, backend and images, so that a run requested twice is
 * one job.
 */
export function jobId({ config, backend, split }: QueueJob): string {
  const identity = runIdentity(config, split.rowsHash);
  const { imagesHash } = split;
  return createHash("sha256")
    .update(JSON.stringify({ identity, backend, imagesHash }))
    .digest("hex");
}

/** Name of a run in lists. */
export function jobName({ preset, regularizer, split, seed }: ExperimentConfig): string {
  return `${preset}-${regularizer}/split-${split}-seed-${seed}`;
}

/**
 * Job as JSON.
 *
 * @throws {RangeError} If it is too large.
 */
export function jobJson(job: QueueJob): object {
  const json = { ...job, config: settingsJson(job.config) };
  const bytes = Buffer.byteLength(JSON.stringify(json));
  if (bytes > JOB_LIMIT)
    throw new RangeError(`expected a job of at most ${JOB_LIMIT} bytes, got ${bytes}`);
  return json;
}

/**
 * Job from the content of a queue, which anyone with access to the Redis could have written.
 *
 * @throws {MalformedJob} If it is not exactly a job, or does not match its id.
 */
export function parseJob(json: unknown, id: string | undefined): QueueJob {
  try {
    const job = checkedJob(json);
    if (jobId(job) !== id) throw new Error("the job's id does not match its run");
    return job;
  } catch (error) {
    const { message } = error as Error;
    throw new MalformedJob(`rejected: not a job of this project: ${message.slice(0, 500)}`, {
      cause: error,
    });
  }
}

function checkedJob(json: unknown): QueueJob {
  const bytes = Buffer.byteLength(JSON.stringify(json ?? null));
  if (bytes > JOB_LIMIT) throw new Error(`expected at most ${JOB_LIMIT} bytes, got ${bytes}`);
  const { config, rows, ...job } = checked(JOB, json);
  const parsed = checkedConfig(config);
  return {
    ...job,
    config: parsed,
    ...(rows !== undefined && { rows: checkedRows(rows, parsed, job.split) }),
  };
}

function checkedConfig(json: unknown): ExperimentConfig {
  const size = JSON.stringify(json ?? null).length;
  if (size > CONFIG_LIMIT)
    throw new Error(`expected a config of at most ${CONFIG_LIMIT} characters, got ${size}`);
  return parseConfig(json);
}

function checkedRows(
  rows: readonly number[],
  { labelCount }: ExperimentConfig,
  split: SplitOrigin,
): readonly number[] {
  if (rows.length !== labelCount) throw new Error(`expected ${labelCount} rows`);
  if (new Set(rows).size !== rows.length) throw new Error("expected different rows");
  // This checks that they are rows.
  if (rowsHash(rows) !== split.rowsHash)
    throw new Error("expected rows that match the split's hash");
  return rows;
}
