import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseQueueAddress } from "../../../src/runs/queue/address";
import { queueStatus } from "../../../src/runs/queue/queueStatus";
import { Asking, statuses, until } from "./asking";
import { BUILD, configOf, doNothing, queued, runOf } from "./madeUpRuns";

describe("runs in a queue", function () {
  this.timeout(60_000);
  const asking = new Asking();
  const { at, runs: seeds } = asking;
  before(function () {
    return asking.begin(this);
  });
  afterEach(() => asking.stopWorkers());
  after(() => asking.end());

  it("queued runs give the record, model and messages of a local run", async () => {
    await asking.work(doNothing);
    const { outcomes, heard, said } = asking.ask(seeds("first", 1, 2, 3));
    assert.deepEqual(statuses(await outcomes), ["complete", "complete", "complete"]);
    assert.deepEqual(said, []);
    const { config, epochs, split } = asking.record("first", 2);
    assert.deepEqual([config.seed, epochs.length, epochs[1].loss], [2, 2, 2]);
    assert.deepEqual(split, queued(configOf(2)).split);
    assert.deepEqual(readdirSync(at("first", "2")).sort(), ["model", "record.json"]);
    assert.equal(readFileSync(at("first", "2", "model", "weights.bin"), "hex"), "07070707");
    const of = heard.filter(([index]) => index === 1).map(([, message]) => message);
    assert.deepEqual(
      of.map(({ kind }) => kind),
      ["started", "epoch", "epoch", "ended"],
    );
    assert.deepEqual(readdirSync(at("work")), []);
  });

  it("a run that another client requested before is not executed again", async () => {
    let done = 0;
    await asking.work((job, onMessage) => {
      done++;
      return doNothing(job, onMessage);
    });
    await asking.ask(seeds("one", 11)).outcomes;
    assert.deepEqual(statuses(await asking.ask(seeds("other", 11)).outcomes), ["complete"]);
    assert.equal(done, 1);
    assert.equal(asking.record("other", 11).epochs.length, 2);
    // The model was taken by the first.
    assert.deepEqual(readdirSync(at("other", "11")), ["record.json"]);
  });

  it("runs that a client leaves are executed and collected by the next request", async () => {
    const first = asking.ask(seeds("left", 21, 22));
    await until(async () => (await queueStatus(asking.address, BUILD)).counts.waiting === 2);
    first.leave();
    assert.deepEqual(statuses(await first.outcomes), ["left", "left"]);
    assert.deepEqual(first.said, [
      `there is no worker of this build (${BUILD}) yet; the runs wait for one`,
    ]);
    await asking.work(doNothing);
    await until(async () => (await queueStatus(asking.address, BUILD)).counts.waiting === 0);
    assert.ok(!existsSync(at("left")));
    assert.deepEqual(statuses(await asking.ask(seeds("left", 21, 22)).outcomes), [
      "complete",
      "complete",
    ]);
  });

  it("a run that fails three times is set aside, and other runs are completed", async () => {
    let tries = 0;
    const said = await asking.work((job, onMessage) => {
      if ((job.config as { seed: number }).seed !== 31) return doNothing(job, onMessage);
      tries++;
      return Promise.resolve({ job, status: "failed", error: "no space\n at line 1" });
    });
    const [bad, good] = await asking.ask(seeds("fail", 31, 32)).outcomes;
    assert.deepEqual([bad.status, bad.error], ["failed", "no space; at line 1"]);
    assert.equal(good.status, "complete");
    assert.equal(tries, 3);
    assert.ok(said.some((text) => /split-0-seed-31: failed: no space/.test(text)));
    const { counts, runs } = await queueStatus(asking.address, BUILD);
    assert.equal(counts.failed, 1);
    assert.equal(runs.find(({ state }) => state === "failed")!.note, "no space; at line 1");
    // A new request tries it again.
    const again = asking.ask(seeds("fail", 31));
    await again.outcomes;
    assert.equal(tries, 6);
    assert.deepEqual(again.heard[0], [
      0,
      { kind: "note", text: "failed before (no space; at line 1); trying again" },
    ]);
  });

  it("a run that diverges is not tried again", async () => {
    let tries = 0;
    await asking.work((job) => {
      tries++;
      const error = "epoch 1, step 2: expected a finite loss";
      return Promise.resolve({ job, status: "failed", error, failure: "diverged" });
    });
    const [outcome] = await asking.ask(seeds("diverge", 41)).outcomes;
    assert.equal(outcome.error, "epoch 1, step 2: expected a finite loss");
    assert.equal(tries, 1);
  });

  it("a run that a worker cannot execute returns to the queue any number of times", async () => {
    let tries = 0;
    const said = await asking.work((job, onMessage) => {
      // More often than a run may fail.
      if (++tries > 5) return doNothing(job, onMessage);
      return Promise.resolve({ job, status: "failed", error: "no svhn", failure: "unable" });
    });
    const { outcomes, heard } = asking.ask(seeds("unable", 51));
    assert.deepEqual(statuses(await outcomes), ["complete"]);
    assert.equal(tries, 6);
    assert.ok(
      heard.some(([, one]) => one.kind === "note" && /returned by .*: no svhn/.test(one.text)),
    );
    assert.equal(said.filter((text) => /returned to the queue: no svhn/.test(text)).length, 5);
  });

  it("a run returns to the queue without counting a try if its folder cannot be created", async () => {
    writeFileSync(at("no-folder"), "");
    const asked = asking.ask(seeds("folders", 500));
    const said = await asking.work(doNothing, { work: at("no-folder") });
    await until(
      () => said.filter((text) => /returned to the queue: .*no-folder/.test(text)).length >= 3,
    );
    // Otherwise it could take the job again before the other worker does.
    await asking.stopWorkers();
    await asking.work(doNothing);
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
  });

  it("a worker puts runs back if the project was rebuilt after the worker started", async () => {
    const asked = asking.ask(seeds("rebuilt", 501));
    const said = await asking.work(doNothing, { currentBuild: () => "0.0.0-anew" });
    await until(() =>
      said.some((text) => /returned to the queue: the project was rebuilt/.test(text)),
    );
    await asking.stopWorkers();
    await asking.work(doNothing);
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
  });

  it("a request to a database that the server does not have is rejected", async () => {
    const address = parseQueueAddress(asking.redis.url.replace(/0$/, "999"));
    const { outcomes } = asking.ask(seeds("database", 502), { address });
    await assert.rejects(outcomes, /expected a Redis that answers, got: ERR DB index/);
  });

  it("a worker does not take runs of another build, and the client reports it", async () => {
    await asking.work(doNothing, { build: "9.9.9-other" });
    const asked = asking.ask(seeds("builds", 61));
    await until(() => asked.said.length > 0);
    assert.match(
      asked.said[0],
      /no worker of this build \(0\.0\.0-test\).*9\.9\.9-other.*same commit/,
    );
    const { workers: there, counts } = await queueStatus(asking.address, BUILD);
    assert.deepEqual(
      there!.map(({ build, slots }) => [build, slots]),
      [["9.9.9-other", 2]],
    );
    assert.equal(counts.waiting, 1);
    const other = await queueStatus(asking.address, "9.9.9-other");
    assert.deepEqual(other.otherBuilds, [{ build: BUILD, waiting: 1 }]);
    await asking.work(doNothing);
    assert.deepEqual(statuses(await asked.outcomes), ["complete"]);
  });

  it("a run whose folder holds another run fails without being queued", async () => {
    const done: unknown[] = [];
    await asking.work((job, onMessage) => {
      done.push((job.config as { seed: number }).seed);
      return doNothing(job, onMessage);
    });
    await asking.ask(seeds("folder", 71)).outcomes;
    const other = { ...runOf(configOf(72), at("folder")), folder: at("folder", "71") };
    const [outcome] = await asking.ask([other]).outcomes;
    assert.equal(outcome.status, "failed");
    assert.match(outcome.error!, /holds another run \(complete\)[^]*seed: 71 there, 72 here/);
    assert.deepEqual(done, [71]);
  });
});
