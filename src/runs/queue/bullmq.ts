// Used parts of bullmq and ioredis, which are optional: the project compiles without their types.

/** Connection options for a Redis: the used fields of ioredis's options. */
export interface RedisOptions {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
  readonly lazyConnect?: boolean;
  readonly maxRetriesPerRequest?: number | null;
  readonly connectTimeout?: number;
  readonly retryStrategy?: (times: number) => number | null;
}

/** Connection to Redis. */
export interface Redis {
  connect(): Promise<void>;
  disconnect(): void;
  ping(): Promise<string>;
  time(): Promise<[seconds: number, microseconds: number]>;
  hset(key: string, values: Record<string, string | Buffer>): Promise<number>;
  hmgetBuffer(key: string, ...fields: string[]): Promise<(Buffer | null)[]>;
  hstrlen(key: string, field: string): Promise<number>;
  hdel(key: string, ...fields: string[]): Promise<number>;
  expire(key: string, seconds: number): Promise<number>;
  del(key: string): Promise<number>;
  flushall(): Promise<string>;
  client(operation: "LIST"): Promise<string>;
  scan(
    cursor: string,
    ...options: ["MATCH", string, "COUNT", number]
  ): Promise<[cursor: string, keys: string[]]>;
  on(event: "error", listener: (error: Error) => void): void;
}

/** Job; everything except its id and counters is unchecked. */
export interface Job {
  readonly id?: string;
  readonly data: unknown;
  readonly progress: unknown;
  readonly returnvalue: unknown;
  readonly failedReason?: string;
  readonly processedBy?: string;
  readonly attemptsMade: number;
  readonly token?: string;
  updateProgress(progress: object): Promise<void>;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
  remove(): Promise<void>;
}

/** States of listed jobs. */
export type JobState = "waiting" | "active" | "delayed" | "completed" | "failed";

/** Job to add. */
export interface NewJob {
  readonly name: string;
  readonly data: object;
  readonly opts: object;
}

export interface Queue {
  addBulk(jobs: readonly NewJob[]): Promise<unknown>;
  getJob(id: string): Promise<Job | undefined>;
  getJobState(id: string): Promise<string>;
  /** Ids of jobs. */
  getRanges(states: readonly JobState[], start?: number, end?: number): Promise<string[]>;
  getJobCounts(...states: JobState[]): Promise<Record<string, number>>;
  close(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): void;
}

export interface QueueEvents {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: "completed" | "failed", listener: (told: { jobId: string }) => void): void;
  on(event: "progress", listener: (told: { jobId: string; data: unknown }) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
}

export interface Worker {
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
  cancelJob(id: string, reason?: string): boolean;
  on(event: "completed" | "failed", listener: (job?: Job, told?: unknown) => void): void;
  on(event: "lockRenewalFailed", listener: (ids: string[]) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "stalled", listener: (id: string) => void): void;
}

interface Packages {
  readonly bullmq: {
    readonly Queue: new (name: string, options: object) => Queue;
    readonly QueueEvents: new (name: string, options: object) => QueueEvents;
    readonly Worker: new (
      name: string,
      process: (job: Job, token: string, signal: AbortSignal) => Promise<unknown>,
      options: object,
    ) => Worker;
    readonly UnrecoverableError: new (message: string) => Error;
    readonly DelayedError: new () => Error;
  };
  readonly Redis: new (options: RedisOptions) => Redis;
}

/**
 * Packages for the queue.
 *
 * @throws {Error} If they are not installed; the message says how to install them.
 */
export function loadBullmq(): Packages {
  try {
    return {
      bullmq: require("bullmq") as Packages["bullmq"],
      Redis: (require("ioredis") as { Redis: Packages["Redis"] }).Redis,
    };
  } catch (error) {
    throw new Error(
      `a queue needs the packages bullmq and ioredis, which do not load: run ` +
        `"npm install bullmq ioredis" (${(error as Error).message.split("\n")[0]})`,
      { cause: error },
    );
  }
}
