import assert from "node:assert/strict";
import { queueStatusText } from "../../../src/cli/queueStatusText";
import { connectedWorkers, workerName, workersText } from "../../../src/runs/queue/builds";
import type { Job, JobState, Redis } from "../../../src/runs/queue/bullmq";
import { plain } from "../../../src/numerics/plainText";
import { epochProgress, messagesOf, parseNote } from "../../../src/runs/queue/progressNote";
import { jobId, jobJson } from "../../../src/runs/queue/queueJob";
import { queuedRun, timeLeft, type QueuedRun } from "../../../src/runs/queue/queueStatus";
import { BUILD, configOf, queued } from "./madeUpRuns";

const NO_JOBS = { active: 0, waiting: 0, delayed: 0, failed: 0, completed: 0 };

describe("the notes of a worker", () => {
  const epoch = { epoch: 3, loss: 0.5, seconds: { training: 1, measuring: 2 } };

  it("parseNote accepts a start, an epoch and a put-back and ignores the rest", () => {
    assert.deepEqual(parseNote({ started: 2, worker: "w" }), { started: 2, worker: "w" });
    const note = { epoch, worker: "w", secondsPerEpoch: 3 };
    assert.deepEqual(parseNote(note), note);
    const back = { putBack: "no data", worker: "w", times: 2 };
    assert.deepEqual(parseNote(back), back);
    const nothing = [
      ...[undefined, null, 0, "started", [], {}, { started: -1 }, { started: 1.5 }],
      ...[
        { epoch, worker: "w" },
        { epoch: { ...epoch, loss: null }, secondsPerEpoch: 3 },
      ],
      ...[
        { epoch: { ...epoch, seconds: {} }, secondsPerEpoch: 3 },
        { putBack: "x", times: "1" },
      ],
      { epoch: { ...epoch, test: { accuracy: "high" } }, secondsPerEpoch: 3 },
    ];
    for (const json of nothing) assert.equal(parseNote(json), undefined, JSON.stringify(json));
  });

  it("a note is shown on one line without control characters", () => {
    assert.equal(plain("a\u001b[2J\r\n\tb"), "a [2J b");
    const note = parseNote({ putBack: "x\ny", worker: "w\u0007", times: 1 })!;
    assert.deepEqual(messagesOf(note, false), [{ kind: "note", text: "returned by w : x y" }]);
    assert.equal(plain("x".repeat(900)).length, 500);
  });

  it("epochProgress keeps only the fields of an epoch that are shown", () => {
    const whole = { ...epoch, test: { accuracy: 0.5, crossEntropy: 1 }, report: {} };
    assert.deepEqual(epochProgress(whole), { ...epoch, test: { accuracy: 0.5 } });
  });

  it("messagesOf adds the start of a run for a client that joins later", () => {
    const note = { epoch, worker: "w", secondsPerEpoch: 3 };
    assert.deepEqual(messagesOf(note, true), [{ kind: "epoch", epoch }]);
    assert.deepEqual(messagesOf(note, false), [
      { kind: "started", epoch: 2 },
      { kind: "epoch", epoch },
    ]);
  });
});

describe("queuedRun", () => {
  const of = queued(configOf(5, { epochs: 10 }));
  const id = jobId(of);
  const job = (rest: Partial<Job> = {}) =>
    ({ id, data: jobJson(of), progress: 0, returnvalue: null, attemptsMade: 0, ...rest }) as Job;
  const epoch = { epoch: 4, loss: 1, seconds: { training: 1, measuring: 1 } };

  it("queuedRun gives the run's name, its progress and its worker", () => {
    const progress = { epoch, worker: "w", secondsPerEpoch: 2 };
    assert.deepEqual(queuedRun("active", id, job({ progress, processedBy: "gpu/1/2" })), {
      id,
      name: "mnist-250-sliding/split-0-seed-5",
      state: "active",
      worker: "gpu/1/2",
      epochsDone: 4,
      epochs: 10,
      secondsPerEpoch: 2,
    });
    const { epochsDone } = queuedRun("active", id, job({ progress: { started: 3, worker: "w" } }));
    assert.equal(epochsDone, 3);
  });

  it("queuedRun gives the reason of a failure or put-back and the pace of a complete run", () => {
    const progress = { putBack: "no data", worker: "w", times: 1 };
    assert.equal(queuedRun("delayed", id, job({ progress })).note, "returned by w: no data");
    assert.equal(queuedRun("failed", id, job({ failedReason: "full\n" })).note, "full ");
    const returnvalue = { epochs: 10, seconds: 30 };
    assert.equal(queuedRun("completed", id, job({ returnvalue })).secondsPerEpoch, 3);
  });

  it("queuedRun labels an invalid job and removes control characters from its id", () => {
    const { name, epochs, note } = queuedRun("failed", "\u001b[2J", job({ data: { a: 1 } }));
    assert.deepEqual([name, epochs], ["not a run", null]);
    assert.match(note!, /expected the name of a build/);
    assert.equal(queuedRun("active", "\u001b[2J", new Error("no JSON")).id, " [2J");
  });
});

describe("timeLeft", () => {
  const run = (state: JobState, epochsDone: number, secondsPerEpoch: number | null): QueuedRun => ({
    id: "a",
    name: "b",
    state,
    epochsDone,
    epochs: 10,
    secondsPerEpoch,
  });
  const counts = (active: number, waiting: number) => ({ ...NO_JOBS, active, waiting });

  it("timeLeft uses the pace of each run or the mean of the known paces", () => {
    // 6 x 2 s, then 10 x 2 s.
    const runs = [run("active", 4, 2), run("waiting", 0, null)];
    assert.equal(timeLeft(runs, counts(1, 1), [1]), 32);
    assert.equal(timeLeft(runs, counts(1, 1), [1, 1]), 20);
    assert.equal(timeLeft(runs, counts(1, 1), []), 32);
  });

  it("timeLeft assumes that unlisted runs are like the listed ones", () => {
    assert.equal(timeLeft([run("active", 0, 1)], counts(1, 3), [2]), 20);
  });

  it("timeLeft is unknown before the first epoch and zero if nothing is left", () => {
    assert.equal(timeLeft([run("waiting", 0, null)], counts(0, 1), [1]), null);
    assert.equal(timeLeft([run("completed", 10, 1)], NO_JOBS, []), 0);
    // A complete run gives a pace.
    assert.equal(
      timeLeft([run("completed", 10, 1), run("delayed", 0, null)], counts(0, 0), []),
      10,
    );
  });
});

describe("the workers of a Redis", () => {
  const queue = Buffer.from(BUILD).toString("base64");
  const list = (...names: string[]) =>
    ({
      client: () => Promise.resolve(names.map((name) => `id=1 name=${name} db=0`).join("\n")),
    }) as unknown as Redis;

  it("connectedWorkers finds workers by the names of their connections", async () => {
    const name = workerName("gpu 1:a", 12, 3);
    assert.equal(name, "gpu-1-a/12/3");
    const redis = list(`tdnc:${queue}:w:${name}`, `bull:${queue}:w:${name}`, "", "tdnc:x:w:y");
    assert.deepEqual(await connectedWorkers(redis), [
      { build: BUILD, host: "gpu-1-a", process: 12, slots: 3 },
    ]);
    const refusing = { client: () => Promise.reject(new Error("not allowed")) };
    assert.equal(await connectedWorkers(refusing as unknown as Redis), undefined);
  });

  it("workersText reports that no worker has the build", () => {
    const worker = { build: "other", host: "a", process: 1, slots: 1 };
    assert.equal(workersText("other", [worker]), undefined);
    assert.equal(workersText("other", undefined), undefined);
    assert.match(workersText(BUILD, [worker])!, /no worker of this build .*other builds \(other\)/);
    assert.match(workersText(BUILD, [])!, /there is no worker of this build \(0\.0\.0-test\) yet/);
  });
});

describe("queueStatusText", () => {
  const base = { id: "0123456789abcdef0123", epochs: 10, secondsPerEpoch: null };
  const waiting = Array.from({ length: 30 }, (_, i): QueuedRun => ({
    ...base,
    name: `wait-${i}`,
    state: "waiting",
    epochsDone: 0,
  }));
  const runs: QueuedRun[] = [
    {
      ...base,
      name: "goes-on",
      state: "active",
      epochsDone: 4,
      secondsPerEpoch: 2,
      worker: "gpu/1/2",
    },
    ...waiting,
    { ...base, name: "broken", state: "failed", epochsDone: 1, note: "no space" },
  ];

  it("queueStatusText lists active, failed and the first waiting runs and the totals", () => {
    const counts = { ...NO_JOBS, active: 1, waiting: 45, failed: 1, completed: 7 };
    const workers = [{ build: BUILD, host: "gpu", process: 1, slots: 2 }];
    const otherBuilds = [{ build: "old", waiting: 3 }];
    const text = queueStatusText({
      address: "redis://gpu:6379/0",
      build: BUILD,
      counts,
      runs,
      workers,
      otherBuilds,
      secondsLeft: 90,
    });
    assert.match(text, /^0123456789abcdef +goes-on +running +4\/10 +2\.00 +gpu\/1\/2$/m);
    assert.match(text, /^0123456789abcdef +broken +failed +1\/10 +- +no space$/m);
    assert.equal(text.match(/wait-/g)!.length, 20);
    assert.match(text, /^and 25 more waiting$/m);
    assert.match(text, /^workers: gpu \(process 1, 2 concurrent runs\)$/m);
    assert.match(text, /^build old: 3 runs waiting or running$/m);
    assert.match(text, /\n7 done, 1 running, 45 waiting, 1 failed, 1 workers, 1 min 30 s left\n$/);
  });
});
