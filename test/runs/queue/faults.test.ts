import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunJob } from "../../../src/runs/runner";
import type { RunOne } from "../../../src/runs/queue/jobRunner";
import { loadBullmq, type Redis } from "../../../src/runs/queue/bullmq";
import { jobId, jobJson } from "../../../src/runs/queue/queueJob";
import { claimFolder } from "../../../src/runs/queue/workFolder";
import { queueStatus } from "../../../src/runs/queue/queueStatus";
import { Asking, SOON_LOST, statuses, until } from "./asking";
import { BUILD, configOf, doNothing, queued } from "./madeUpRuns";

describe("faults of a queue", function () {
  this.timeout(180_000);
  const asking = new Asking();
  const { at, runs } = asking;
  before(function () {
    return asking.begin(this);
  });
  afterEach(() => asking.stopWorkers());
  after(() => asking.end());
  const log = (name = "log") =>
    existsSync(at(name)) ? readFileSync(at(name), "utf8").trim().split("\n") : [];

  /** A worker removes the folder of a run when the queue has its result. */
  async function workIsCleared(): Promise<void> {
    while (readdirSync(at("work")).length > 0) await new Promise((go) => setTimeout(go, 10));
  }

  it("a run of a worker killed with SIGKILL is executed by another worker", async () => {
    const killed = await asking.workApart({
      wait: 60_000,
      log: at("killed"),
      timing: SOON_LOST,
    });
    const asked = asking.ask(runs("killed-runs", 1));
    await until(() => log("killed").includes("start 1"));
    killed.kill("SIGKILL");
    const said = await asking.work(doNothing);
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
    assert.ok(said.some((text) => /its worker is gone; the run is offered again/.test(text)));
    assert.equal(asking.record("killed-runs", 1).epochs.length, 2);
    await workIsCleared();
  });

  it("a run whose worker is lost several times is not set aside", async () => {
    const asked = asking.ask(runs("lost", 2));
    for (let i = 1; i <= 4; i++) {
      const killed = await asking.workApart({
        wait: 60_000,
        log: at("lost-log"),
        timing: SOON_LOST,
      });
      await until(() => log("lost-log").length >= i);
      killed.kill("SIGKILL");
    }
    await asking.work(doNothing);
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
  });

  it("a worker renews the lock of a long run, and no other worker takes the run", async () => {
    const timing = { lock: 3000, look: 1000, putBack: 50 };
    await asking.workApart({ wait: 7000, log: at("long"), timing });
    await asking.workApart({ wait: 7000, log: at("long"), timing });
    assert.deepEqual(statuses(await asking.ask(runs("long-runs", 3)).outcomes), ["complete"]);
    assert.deepEqual(log("long"), ["start 3", "end 3"]);
  });

  it("a worker that loses its lock stops the run, and the run is executed again", async () => {
    let begun = 0;
    const run: RunOne = async (job, onMessage, stop) => {
      if (++begun > 1) return doNothing(job, onMessage);
      await new Promise((resolve) => stop.addEventListener("abort", resolve));
      return { job, status: "interrupted" };
    };
    await asking.work(run, { timing: SOON_LOST });
    const asked = asking.ask(runs("given", 18));
    await until(() => begun === 1);
    const lock = `tdnc:${BUILD}:${jobId(queued(configOf(18)))}:lock`;
    await withRedis(asking.redis.port, (redis) => redis.del(lock));
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
    assert.equal(begun, 2);
  });

  it("a worker that is given its own lost run again stops the first before it executes the second", async () => {
    let [running, most, begun] = [0, 0, 0];
    const run: RunOne = async (job, onMessage, stop) => {
      begun++;
      most = Math.max(most, ++running);
      if (begun === 1) await new Promise((resolve) => stop.addEventListener("abort", resolve));
      running--;
      return begun === 1 ? { job, status: "interrupted" } : doNothing(job, onMessage);
    };
    // It renews its own lock after half a minute, and looks for jobs of lost workers all the time.
    const said = await asking.work(run);
    const asked = asking.ask(runs("own", 19));
    await until(() => begun === 1);
    const lock = `tdnc:${BUILD}:${jobId(queued(configOf(19)))}:lock`;
    await withRedis(asking.redis.port, (redis) => redis.del(lock));
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
    assert.deepEqual([begun, most], [2, 1]);
    assert.ok(
      said.some((text) => /seed-19: received again while it is still running here/.test(text)),
      said.join(),
    );
  });

  it("a worker that stops puts its runs back without counting a try", async () => {
    let stopped = false;
    const first = await asking.work(async (job, _, stop) => {
      await new Promise((resolve) => stop.addEventListener("abort", resolve));
      stopped = true;
      return { job, status: "interrupted" };
    });
    const asked = asking.ask(runs("stopping", 4));
    await until(async () => (await queueStatus(asking.address, BUILD)).counts.active === 1);
    await asking.stopWorkers();
    assert.equal(stopped, true);
    assert.deepEqual(
      first.map((text) => text.slice(17)),
      [
        "mnist-250-sliding/split-0-seed-4: taken, try 1",
        "mnist-250-sliding/split-0-seed-4: stopped and returned to the queue",
      ],
    );
    assert.equal((await queueStatus(asking.address, BUILD)).counts.delayed, 1);
    const said = await asking.work(doNothing);
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
    assert.ok(
      said.some((text) => text.endsWith("split-0-seed-4: taken, try 1")),
      said.join(),
    );
  });

  it("a Redis that is killed and restarted with its append-only file loses no run", async () => {
    await asking.workApart({ wait: 1500, log: at("restart-log") });
    const asked = asking.ask(runs("restart", 5, 6, 7, 8));
    await until(() => log("restart-log").includes("end 5"));
    await asking.redis.kill();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await asking.redis.start();
    assert.deepEqual(statuses(await asked.outcomes), Array(4).fill("complete"));
    for (const seed of [5, 6, 7, 8]) assert.equal(asking.record("restart", seed).epochs.length, 2);
    assert.ok(
      asked.said.every((text) => text.startsWith("redis://127.0.0.1:")),
      asked.said.join(),
    );
  });

  it("a waiting client requests runs again that Redis has lost", async () => {
    const asked = asking.ask(runs("forgot", 9));
    await until(async () => (await queueStatus(asking.address, BUILD)).counts.waiting === 1);
    await withRedis(asking.redis.port, (redis) => redis.flushall());
    await asking.work(doNothing);
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
  });

  it("a worker resumes a run that another machine stopped in a shared folder", async () => {
    const id = jobId(queued(configOf(10)));
    const earlier = await claimFolder(at("shared"), BUILD, id);
    writeFileSync(path.join(earlier, "checkpoint"), "epoch 1");
    // The lock of a process on another machine, with the number of a living process on this one.
    writeFileSync(path.join(earlier, "run.lock"), String(process.pid));
    let found: string[] = [];
    const run = (job: RunJob, onMessage: Parameters<typeof doNothing>[1]) => {
      found = readdirSync(job.folder);
      return doNothing(job, onMessage);
    };
    await asking.work(run, { work: at("shared") });
    await asking.ask(runs("shared-runs", 10)).outcomes;
    assert.deepEqual(found, ["checkpoint"]);
    // A process that still writes there finds its folder gone.
    assert.throws(() => writeFileSync(path.join(earlier, "record.json"), ""), /ENOENT/);
  });

  it("a corrupt result is rejected, and the next request completes the run", async () => {
    await asking.work(doNothing);
    const first = asking.ask(runs("first", 11));
    await first.outcomes;
    const key = `tdnc:${BUILD}:result:${jobId(queued(configOf(11)))}`;
    await withRedis(asking.redis.port, (redis) => redis.hset(key, { record: "cut short" }));
    const [outcome] = await asking.ask(runs("second", 11)).outcomes;
    assert.match(
      outcome.error!,
      /the run's result was rejected: expected a packed record, got: incorrect header check/,
    );
    assert.ok(!existsSync(at("second", "11", "record.json")));
    assert.deepEqual(statuses(await asking.ask(runs("second", 11)).outcomes), ["complete"]);
  });

  it("a run whose result is gone from Redis is computed again", async () => {
    await asking.work(doNothing);
    await asking.ask(runs("first", 12)).outcomes;
    const key = `tdnc:${BUILD}:result:${jobId(queued(configOf(12)))}`;
    await withRedis(asking.redis.port, (redis) => redis.del(key));
    assert.deepEqual(statuses(await asking.ask(runs("again", 12)).outcomes), ["complete"]);
  });

  it("a worker sets invalid jobs aside with a note and continues with valid ones", async () => {
    const { bullmq } = loadBullmq();
    const connection = asking.address.options;
    const queue = new bullmq.Queue(BUILD, { connection, prefix: "tdnc" });
    const opts = { attempts: 3, removeOnFail: false };
    const evil = { ...jobJson(queued(configOf(13))), folder: "/etc" };
    await queue.addBulk([
      { name: "\u001b[2Jx", data: { command: "rm" }, opts: { ...opts, jobId: "../../evil" } },
      { name: "run", data: evil, opts: { ...opts, jobId: jobId(queued(configOf(13))) } },
      { name: "run", data: { text: "x".repeat(2_000_000) }, opts: { ...opts, jobId: "large" } },
      // Another run's id.
      {
        name: "run",
        data: jobJson(queued(configOf(14))),
        opts: { ...opts, jobId: "a".repeat(64) },
      },
    ]);
    await queue.close();
    const done: unknown[] = [];
    const said = await asking.work((job, onMessage) => {
      done.push((job.config as { seed: number }).seed);
      return doNothing(job, onMessage);
    });
    await asking.ask(runs("real", 15)).outcomes;
    assert.deepEqual(done, [15]);
    const { runs: listed } = await queueStatus(asking.address, BUILD);
    const notes = Object.fromEntries(listed.map(({ id, note }) => [id.slice(0, 10), note]));
    assert.match(
      notes["../../evil"]!,
      /rejected: not a job of this project: build: expected the name of a build, got nothing/,
    );
    assert.match(notes.large!, /expected at most 1000000 bytes, got 2000011/);
    assert.match(notes["aaaaaaaaaa"]!, /the job's id does not match its run/);
    assert.match(notes[jobId(queued(configOf(13))).slice(0, 10)]!, /unknown field folder;/);
    assert.equal(said.filter((text) => /rejected/.test(text)).length, 4);
    await workIsCleared();
  });

  it("a job whose data is not JSON does not keep a worker from other jobs", async () => {
    await asking.work(doNothing);
    const key = `tdnc:${BUILD}:${jobId(queued(configOf(16)))}`;
    await asking.stopWorkers();
    const broken = asking.ask(runs("broken", 16));
    await until(async () => (await queueStatus(asking.address, BUILD)).counts.waiting === 1);
    await withRedis(asking.redis.port, (redis) => redis.hset(key, { data: "{" }));
    await asking.work(doNothing, { slots: 1 });
    assert.deepEqual(statuses(await asking.ask(runs("sound", 17)).outcomes), ["complete"]);
    broken.leave();
    await broken.outcomes;
  });
});

/** A connection as anyone may have who reaches the Redis. */
async function withRedis<T>(port: number, use: (redis: Redis) => Promise<T>): Promise<T> {
  const { Redis } = loadBullmq();
  const redis = new Redis({ host: "127.0.0.1", port, db: 0 });
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
