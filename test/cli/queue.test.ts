import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import type { RunRecord } from "../../src/runs/record";
import { needs } from "../notebook/present";
import { findRedisServer, startRedis, type RedisServer } from "../runs/queue/redisServer";
import { start, startWith, tdnc, type Running } from "./commandLine";

/** Tests at the end alone. */
const RARELY = ["--test-every", "100", "--report-count", "0", "--checkpoint-every", "1"];
/** Three steps an epoch. */
const SMALL = ["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"];
const RUN = path.join("mnist-250-sliding", "split-0-seed-0");
const PASSWORD = "se:cret/word";

describe("tdnc sweep --queue", function () {
  this.timeout(180_000);
  let redis: RedisServer;
  let root: string;
  let url: string;
  let workers: Running[] = [];
  const at = (...names: string[]) => path.join(root, ...names);

  before(async function () {
    needs(this as never, findRedisServer(), "redis-server, with bullmq and ioredis,");
    redis = await startRedis(() => ["--requirepass", PASSWORD]);
    url = `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${redis.port}/0`;
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-cli-queue-"));
  });
  afterEach(() => stopWorkers());
  after(async () => {
    await redis?.remove();
    if (root) rmSync(root, { recursive: true, force: true });
  });

  const work = (...args: string[]) => {
    const running = startWith(
      { TDNC_QUEUE: url },
      "worker",
      "--queue",
      "--concurrency",
      "1",
      ...args,
    );
    workers.push(running);
    return running;
  };
  async function stopWorkers(): Promise<string> {
    const stopping = workers;
    workers = [];
    for (const running of stopping) running.signal("SIGTERM");
    const ended = await Promise.all(stopping.map(({ finished }) => finished));
    return ended.map(({ stderr }) => stderr).join("");
  }
  const sweepOf = (out: string, ...args: string[]) =>
    startWith({ TDNC_QUEUE: url }, "sweep", "mnist-250", ...RARELY, "--out", at(out), ...args);
  const sweep = (out: string, ...args: string[]) => sweepOf(out, ...SMALL, ...args);
  const readRun = (out: string) =>
    JSON.parse(readFileSync(at(out, RUN, "record.json"), "utf8")) as RunRecord;
  /** A run's record without times and environment, and its weights. */
  const numbers = (out: string) => {
    const { startedAt: _, seconds: __, environment: ___, epochs, ...rest } = readRun(out);
    const weights = readFileSync(at(out, RUN, "model", "weights.bin"), "hex");
    return { ...rest, epochs: epochs.map(({ seconds: ____, ...epoch }) => epoch), weights };
  };

  it("a queued sweep gives a local one's numbers and table and shows no password", async () => {
    work("--work", at("work"));
    const args = ["--epochs", "3"];
    const far = await sweep("far", ...args, "--queue").finished;
    assert.equal(far.code, 0, far.stderr);
    const near = await sweep("near", ...args).finished;
    assert.deepEqual(numbers("far"), numbers("near"));
    assert.equal(far.stdout.replace(/ +\S+$/gm, ""), near.stdout.replace(/ +\S+$/gm, ""));
    assert.match(far.stderr, /split-0-seed-0: starts, 3 epochs[^]*: complete/);
    // The same command reuses its complete run.
    const again = await sweep("far", ...args, "--queue").finished;
    assert.match(again.stderr, /1 runs, 1 of them done/);
    const said = await stopWorkers();
    assert.match(
      said,
      /^worker of redis:\/\/127\.0\.0\.1:\d+\/0, build [\w.-]+, 1 concurrent runs, in /m,
    );
    assert.match(said, /: taken, try 1[^]*: complete/);
    assert.deepEqual(readdirSync(at("work")), []);
    for (const text of [far.stderr, far.stdout, again.stderr, said, JSON.stringify(readRun("far"))])
      assert.ok(!text.includes("cret"), text);
  });

  it("a sweep on a splits file is left by Ctrl-C and collected by the same command", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => i);
    const file = at("splits.json");
    const splits = [rows.slice(0, 250), rows.slice(50)];
    writeFileSync(file, JSON.stringify({ dataset: "mnist", labelled: 250, splits }));
    const sizes = ["--label-count", "250", "--sub-batch-count", "125", "--sub-batch-size", "3"];
    const all = [...sizes, "--epochs", "2", "--splits-file", file, "--splits", "1", "--queue"];
    const first = sweepOf("left", ...all);
    await waiting(1);
    first.signalGroup("SIGINT");
    const { code, stderr } = await first.finished;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /there is no worker of this build .* yet; the runs wait for one/);
    assert.match(
      stderr,
      /left; 0 of 1 runs are complete\. The others continue in the queue: give the same/,
    );
    assert.ok(!existsSync(at("left")));
    work("--work", at("work"));
    await waiting(0);
    const status = await tdnc("status", "--queue", url);
    assert.match(status.stdout, /1 workers?/, status.stderr);
    const second = await sweepOf("left", ...all).finished;
    assert.equal(second.code, 0, second.stderr);
    const folder = at("left", "mnist-250-sliding", "split-1-seed-0");
    const { split } = JSON.parse(
      readFileSync(path.join(folder, "record.json"), "utf8"),
    ) as RunRecord;
    assert.equal(split.source, "splits.json");
  });

  it("a worker resumes from the checkpoint of a stopped worker in a shared folder", async () => {
    const asked = sweep("stopped", "--epochs", "12", "--queue");
    work("--work", at("shared"));
    const epochs = () =>
      readdirSync(at("shared")).map((name) => {
        const file = at("shared", name, "record.json");
        return existsSync(file)
          ? (JSON.parse(readFileSync(file, "utf8")) as RunRecord).epochs.length
          : 0;
      });
    while (!existsSync(at("shared")) || !epochs().some((count) => count >= 2))
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(await stopWorkers(), /split-0-seed-0: stopped and returned to the queue/);
    const [done] = epochs();
    assert.ok(done >= 2 && done < 12);
    work("--work", at("shared"));
    const { code, stderr } = await asked.finished;
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`resumes after epoch ${done} of 12`));
    await sweep("unstopped", "--epochs", "12").finished;
    assert.deepEqual(numbers("stopped"), numbers("unstopped"));
  });

  it("a queued run waits for a worker with the data and reports what others lack", async () => {
    mkdirSync(at("empty"));
    work("--work", at("work"), "--data", at("empty"));
    const asked = sweep("data", "--epochs", "1", "--queue");
    while (!(await stateText()).includes("returned by"))
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.match(await stateText(), /waiting.* returned by .*: .*empty.*expected/);
    assert.match(await stopWorkers(), /split-0-seed-0: returned to the queue: .*empty/);
    work("--work", at("work"));
    const { code, stderr } = await asked.finished;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /split-0-seed-0: returned by .*\/1: .*empty/);
  });

  it("tdnc sweep --queue --dry-run executes its trial locally and queues nothing", async () => {
    const { code, stdout, stderr } = await sweep("dry", "--epochs", "3", "--queue", "--dry-run")
      .finished;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^trial: /m);
    assert.match(await stateText(), / 0 waiting, /);
  });

  it("a worker with a full disk returns its run to the queue", async function () {
    mkdirSync(at("disk"));
    try {
      const options = ["-t", "tmpfs", "-o", "size=1100k", "tmpfs", at("disk")];
      execFileSync("mount", options, { stdio: "ignore" });
    } catch {
      console.log("      skipped: a small disk cannot be mounted here");
      this.skip();
    }
    try {
      work("--work", at("disk"));
      const asked = sweep("full", "--epochs", "2", "--queue");
      while (!(await stateText()).includes("returned by"))
        await new Promise((resolve) => setTimeout(resolve, 100));
      assert.match(
        await stopWorkers(),
        /returned to the queue: could not write .*: the disk is full/,
      );
      work("--work", at("work"));
      assert.equal((await asked.finished).code, 0);
    } finally {
      execFileSync("umount", [at("disk")]);
    }
  });

  it("a second Ctrl-C ends a worker although Redis is gone", async () => {
    const { signal, finished } = work("--work", at("work"));
    while (!(await stateText()).includes(" 1 workers"))
      await new Promise((resolve) => setTimeout(resolve, 100));
    await redis.kill();
    try {
      await new Promise((resolve) => setTimeout(resolve, 500));
      signal("SIGINT");
      await new Promise((resolve) => setTimeout(resolve, 500));
      signal("SIGINT");
      assert.equal((await finished).code, 130);
    } finally {
      signal("SIGKILL");
      await redis.start();
    }
  });

  it("a single SIGTERM ends an idle worker although Redis is gone", async () => {
    const { signal, finished } = work("--work", at("work"));
    while (!(await stateText()).includes(" 1 workers"))
      await new Promise((resolve) => setTimeout(resolve, 100));
    await redis.kill();
    try {
      await new Promise((resolve) => setTimeout(resolve, 500));
      signal("SIGTERM");
      assert.equal((await finished).code, 130);
    } finally {
      signal("SIGKILL");
      await redis.start();
    }
  });

  it("a second Ctrl-C ends a sweep although Redis is gone for 22 seconds", async () => {
    const { signal, finished } = sweep("gone", "--epochs", "7", "--queue");
    await waiting(1);
    await redis.kill();
    try {
      await new Promise((resolve) => setTimeout(resolve, 22_000));
      for (let i = 0; i < 2; i++) {
        signal("SIGINT");
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      assert.equal((await finished).code, 130);
    } finally {
      signal("SIGKILL");
      await redis.start();
    }
  });

  it("queue commands reject invalid options without repeating a password", async () => {
    const wrong = `redis://:wrong-one@127.0.0.1:${redis.port}/0`;
    const cases: [string[], number, RegExp][] = [
      [
        ["sweep", "mnist-250", "--queue", "http://:wrong-one@host"],
        2,
        /--queue: expected an address/,
      ],
      [["worker", "--queue", wrong], 1, /expected a Redis that answers, got: WRONGPASS/],
      [["status", "--queue", wrong], 1, /expected a Redis that answers, got: WRONGPASS/],
      [
        ["sweep", "mnist-250", "--queue", url, "--workers", "2"],
        2,
        /--workers counts runs on this machine: remove it with --queue/,
      ],
      [
        ["worker", "--queue", url, "--concurrency", "0"],
        2,
        /--concurrency: expected a whole number/,
      ],
      [["status", root, "--queue", url], 2, /expected folders that contain runs, or --queue/],
      [["status"], 2, /expected folders that contain runs, or --queue/],
    ];
    for (const [args, expected, message] of cases) {
      const { code, stderr, stdout } = await tdnc(...args);
      assert.equal(code, expected, stderr);
      assert.match(stderr, message);
      assert.ok(!/wrong-one|cret/.test(stderr + stdout), stderr);
    }
    const none = await startWith({ TDNC_QUEUE: "" }, "worker", "--queue").finished;
    assert.match(
      none.stderr,
      /--queue: expected an address such as .*, or one in TDNC_QUEUE, got none/,
    );
    // Where nothing listens.
    const gone = await start("worker", "--queue", "redis://127.0.0.1:1").finished;
    assert.match(gone.stderr, /redis:\/\/127\.0\.0\.1:1\/0: expected a Redis that answers/);
  });

  it("a rediss:// address uses TLS and requires a known certificate", async function () {
    const [key, certificate] = [at("key.pem"), at("certificate.pem")];
    try {
      execFileSync(
        "openssl",
        [
          ...[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
          ],
          ...["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        ],
        { stdio: "ignore" },
      );
    } catch {
      needs(this, undefined, "openssl");
    }
    const secure = await startRedis((port) => [
      ...["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"],
      ...["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate],
    ]);
    try {
      const args = ["status", "--queue", `rediss://localhost:${secure.port}/0`];
      const known = await startWith({ NODE_EXTRA_CA_CERTS: certificate }, ...args).finished;
      assert.equal(known.code, 0, known.stderr);
      assert.match(known.stdout, /^rediss:\/\/localhost:\d+\/0, build /m);
      const unknown = await tdnc(...args);
      assert.equal(unknown.code, 1);
      assert.match(unknown.stderr, /expected a Redis that answers, got: self-signed certificate/);
      const plain = await tdnc("status", "--queue", `redis://localhost:${secure.port}/0`);
      assert.equal(plain.code, 1);
    } finally {
      await secure.remove();
    }
  });

  async function stateText(): Promise<string> {
    return (await tdnc("status", "--queue", url)).stdout;
  }

  /** Waits until so many runs of the queue wait for a worker. */
  async function waiting(count: number): Promise<void> {
    for (;;) {
      const { stdout } = await tdnc("status", "--queue", url, "--json");
      const { counts } = JSON.parse(stdout) as { counts: { waiting: number; delayed: number } };
      if (counts.waiting + counts.delayed === count) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});
