import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { Random } from "../../src/numerics/random";
import { networkOutputs } from "../../src/training/evaluation/outputs";
import { readRecord, type RunRecord } from "../../src/runs/record";
import { lockText, newOwner } from "../../src/runs/lockOwner";
import { CHECKPOINT_FILE, MODEL_FOLDER } from "../../src/runs/runExperiment";
import { LOCK_FILE } from "../../src/runs/runLock";
import { constant } from "../../src/training/settings/schedules";
import { TrainingDiverged } from "../../src/training/trainStep";
import { simpleCnnMnist } from "../../src/model/architecture";
import { loadWeights } from "../../src/runs/loadWeights";
import { Network } from "../../src/model/network";
import { tinyData, tinyRun } from "../support/tinyRun";
import { assertClose } from "../support/assertClose";

/** A record without its times, which differ between two runs of the same config. */
function timeless({ startedAt: _, seconds: __, epochs, ...rest }: RunRecord): unknown {
  const results = epochs.map(({ seconds: ___, ...epoch }) => epoch);
  return JSON.parse(JSON.stringify({ ...rest, epochs: results }));
}

describe("a run", function () {
  this.timeout(120_000);
  let root: string;
  let whole: RunRecord;
  const at = (name: string) => path.join(root, name);
  const checkpoint = (name: string) => readFileSync(path.join(at(name), CHECKPOINT_FILE));

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-run-"));
    whole = await tinyRun(at("whole"));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("a run leaves a record, a checkpoint, a model and no other file", () => {
    assert.deepEqual(readdirSync(at("whole")).sort(), [
      CHECKPOINT_FILE,
      MODEL_FOLDER,
      "record.json",
    ]);
    assert.deepEqual(readdirSync(path.join(at("whole"), MODEL_FOLDER)).sort(), [
      "model.json",
      "weights.bin",
    ]);
  });

  it("a run records the weight 0.1 e/E, beta 1.1 sqrt(1 - e/E) and the cosine of (e - 1)/E", () => {
    assert.deepEqual(
      whole.epochs.map(({ epoch }) => epoch),
      [1, 2, 3, 4],
    );
    const second = whole.epochs[1];
    assert.equal(second.topologicalWeight, 0.05);
    assertClose(second.beta, 1.1 * Math.SQRT1_2, 1e-12);
    assert.equal(whole.epochs[0].learningRate, 0.1);
    assertClose(whole.epochs[2].learningRate, 0.05, 1e-12);
    assert.equal(whole.epochs[3].beta, 0);
  });

  it("a run tests as testEvery requires and measures the training set in each epoch", () => {
    assert.deepEqual(
      whole.epochs.map(({ test, train }) => [test !== undefined, train !== undefined]),
      [
        [false, true],
        [true, true],
        [false, true],
        [true, true],
      ],
    );
  });

  it("a run learns ten classes of bright rows", () => {
    const { train, crossEntropy } = whole.epochs[3];
    assert.ok(crossEntropy < whole.epochs[0].crossEntropy / 2);
    assert.ok(train!.accuracy > 0.5);
  });

  it("a repeated run gives the same numbers to the last bit", async () => {
    const again = await tinyRun(at("again"));
    assert.deepEqual(timeless(again), timeless(whole));
    assert.deepEqual(checkpoint("again"), checkpoint("whole"));
  });

  it("a run with another seed gives other numbers", async () => {
    const other = await tinyRun(at("other seed"), { seed: 1, epochs: 1 });
    assert.notEqual(other.epochs[0].crossEntropy, whole.epochs[0].crossEntropy);
  });

  it("a run interrupted within an epoch resumes and ends like an uninterrupted run", async () => {
    let steps = 0;
    // The loop looks at the signal once a step: 3 steps an epoch, so this is in the third epoch.
    const signal = {
      get aborted() {
        return ++steps > 7;
      },
    } as AbortSignal;
    const stopped = await tinyRun(at("stopped"), {}, { signal });
    assert.equal(stopped.status, "interrupted");
    assert.equal(stopped.epochs.length, 2);
    assert.equal((await readRecord(at("stopped")))?.status, "interrupted");
    const started: number[] = [];
    const resumed = await tinyRun(at("stopped"), {}, { onStart: (epoch) => started.push(epoch) });
    assert.deepEqual(started, [2]);
    assert.deepEqual(timeless(resumed), timeless(whole));
    assert.deepEqual(checkpoint("stopped"), checkpoint("whole"));
  });

  it("a run whose record is ahead of its checkpoint resumes from the checkpoint", async () => {
    const early = checkpoint("stopped");
    const controller = new AbortController();
    await tinyRun(
      at("ahead"),
      {},
      { signal: controller.signal, onEpoch: ({ epoch }) => epoch === 2 && controller.abort() },
    );
    const saved = checkpoint("ahead");
    assert.notDeepEqual(saved, early);
    await tinyRun(at("ahead"));
    writeFileSync(path.join(at("ahead"), CHECKPOINT_FILE), saved);
    const record = JSON.parse(readFileSync(at("ahead/record.json"), "utf8")) as object;
    writeFileSync(at("ahead/record.json"), JSON.stringify({ ...record, status: "running" }));
    assert.deepEqual(timeless(await tinyRun(at("ahead"))), timeless(whole));
  });

  it("a complete run is returned unchanged without computing anything", async () => {
    const before = readFileSync(at("whole/record.json"));
    const epochs: number[] = [];
    const again = await tinyRun(at("whole"), {}, { onEpoch: ({ epoch }) => epochs.push(epoch) });
    assert.deepEqual(epochs, []);
    assert.deepEqual(timeless(again), timeless(whole));
    assert.deepEqual(readFileSync(at("whole/record.json")), before);
  });

  it("a run is rejected in the folder of another run, which stays unchanged", async () => {
    const before = readFileSync(at("whole/record.json"));
    await assert.rejects(tinyRun(at("whole"), { epochs: 5, beta: constant(1) }), {
      name: "RunConflict",
      message:
        /holds another run \(complete\)[^]*epochs: 4 there, 5 here\n {2}beta: squareRootDecay\(1\.1\) there, constant\(1\) here$/,
    });
    await assert.rejects(
      tinyRun(
        at("whole"),
        {},
        { data: { ...tinyData(), split: { source: "other", rowsHash: "0".repeat(64) } } },
      ),
      /the rows of the split: \w{12}\.\.\. there, 000000000000\.\.\. here/,
    );
    const { split, ...images } = tinyData();
    const other = { ...images, split: { ...split, imagesHash: "0".repeat(64) } };
    await assert.rejects(
      tinyRun(at("whole"), {}, { data: other }),
      /the images: \w{12}\.\.\. there, 000000000000\.\.\. here/,
    );
    assert.deepEqual(readFileSync(at("whole/record.json")), before);
  });

  it("a run is rejected while another living process holds the lock of its folder", async () => {
    writeFileSync(at("again/run.lock"), String(process.ppid));
    await assert.rejects(tinyRun(at("again")), new RegExp(`process ${process.ppid} is running`));
    // No process has this number: the lock of a process that crashed.
    writeFileSync(at("again/run.lock"), "4194305");
    assert.equal((await tinyRun(at("again"))).status, "complete");
    assert.equal(existsSync(at("again/run.lock")), false);
  });

  it("a run's heart beats in its lock while a step keeps its process busy", async () => {
    const lock = path.join(at("beats"), LOCK_FILE);
    const isBeating = () => /[1-9]$/.test(readFileSync(lock, "utf8"));
    const giveUpAt = performance.now() + 60_000;
    const onEpoch = () => {
      while (!isBeating()) assert.ok(performance.now() < giveUpAt, "its heart does not beat");
    };
    await tinyRun(at("beats"), { epochs: 1 }, { onEpoch });
    assert.equal(existsSync(lock), false);
  });

  it("a run that loses its lock stops, and its epochs are saved next to those of the other run", async () => {
    const lock = path.join(at("taken"), LOCK_FILE);
    const other = lockText({ ...newOwner(), host: "elsewhere", pid: 7 });
    const files = () =>
      ["record.json", CHECKPOINT_FILE].map((name) => readFileSync(path.join(at("taken"), name)));
    let before: Buffer[] = [];
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch !== 3) return;
      before = files();
      writeFileSync(lock, other);
    };
    await assert.rejects(tinyRun(at("taken"), {}, { onEpoch }), {
      name: "LockLost",
      message:
        /lost its lock to process 7 on elsewhere, .*its [34] epochs are kept there in the files/,
    });
    assert.deepEqual(files(), before);
    assert.equal(readFileSync(lock, "utf8"), other);
    const names = readdirSync(at("taken"));
    assert.ok(!names.includes(MODEL_FOLDER) || readdirSync(at("taken/model")).length === 0);
    const kept = names.filter((name) => name.includes(".lost-"));
    assert.equal(kept.length, 2);
    mkdirSync(at("moved"));
    for (const name of kept)
      renameSync(path.join(at("taken"), name), path.join(at("moved"), name.split(".lost-")[0]));
    const started: number[] = [];
    const resumed = await tinyRun(at("moved"), {}, { onStart: (epoch) => started.push(epoch) });
    assert.ok(started[0] >= 3);
    assert.deepEqual(timeless(resumed), timeless(whole));
    assert.deepEqual(checkpoint("moved"), checkpoint("whole"));
  });

  it("a run whose folder is given to another stops and does not recreate the folder", async () => {
    const onEpoch = ({ epoch }: { epoch: number }) =>
      epoch === 4 && renameSync(at("given"), at("given away"));
    await assert.rejects(tinyRun(at("given"), {}, { onEpoch }), {
      name: "LockLost",
      message: /^this run lost its lock, .*run\.lock, and stopped$/,
    });
    assert.equal(existsSync(at("given")), false);
  });

  it("a run never overwrites a complete record, even one that appears while it trains", async () => {
    const complete = readFileSync(at("whole/record.json"));
    const onEpoch = () => writeFileSync(at("appears/record.json"), complete);
    await assert.rejects(tinyRun(at("appears"), {}, { onEpoch }), {
      name: "RunConflict",
      message: /holds the complete record of a run, which is not overwritten/,
    });
    assert.deepEqual(readFileSync(at("appears/record.json")), complete);
  });

  it("a run removes the leftovers of killed writers in its folder", async () => {
    mkdirSync(at("left/model"), { recursive: true });
    for (const name of ["record.json.0a1b2c3d.tmp", "model/weights.bin.0a1b2c3d.tmp"])
      writeFileSync(path.join(at("left"), name), "half");
    await tinyRun(at("left"), { epochs: 1 });
    assert.deepEqual(readdirSync(at("left")).sort(), [
      CHECKPOINT_FILE,
      MODEL_FOLDER,
      "record.json",
    ]);
    assert.deepEqual(readdirSync(at("left/model")).sort(), ["model.json", "weights.bin"]);
  });

  it("a run that is stopped while it waits for a lock is interrupted and writes nothing", async () => {
    mkdirSync(at("waits"));
    writeFileSync(at("waits/run.lock"), lockText({ ...newOwner(), host: "elsewhere", pid: 7 }));
    const controller = new AbortController();
    const said: string[] = [];
    const onWait = (text: string) => {
      said.push(text);
      controller.abort();
    };
    const { status } = await tinyRun(at("waits"), {}, { signal: controller.signal, onWait });
    assert.equal(status, "interrupted");
    assert.deepEqual(said, [
      "waiting up to 60 s to see whether process 7 on elsewhere is still running there",
    ]);
    assert.deepEqual(readdirSync(at("waits")), [LOCK_FILE]);
  });

  it("a run with a damaged checkpoint or record is rejected without overwriting it", async () => {
    const bytes = checkpoint("ahead");
    bytes[bytes.length - 5] ^= 1;
    writeFileSync(path.join(at("ahead"), CHECKPOINT_FILE), bytes);
    const record = JSON.parse(readFileSync(at("ahead/record.json"), "utf8")) as object;
    const running = JSON.stringify({ ...record, status: "running" });
    writeFileSync(at("ahead/record.json"), running);
    await assert.rejects(
      tinyRun(at("ahead")),
      /checkpoint\.safetensors: the checkpoint is damaged/,
    );
    assert.deepEqual(checkpoint("ahead"), bytes);
    writeFileSync(at("ahead/record.json"), running.slice(0, -20));
    await assert.rejects(tinyRun(at("ahead")), /record\.json: expected the record of a run/);
    assert.equal(readFileSync(at("ahead/record.json"), "utf8"), running.slice(0, -20));
  });

  it("a run is rejected if its checkpoint has no record or one that ends earlier", async () => {
    const files = (name: string) => readdirSync(at(name)).sort();
    await tinyRun(at("lost"), { epochs: 2 });
    const record = JSON.parse(readFileSync(at("lost/record.json"), "utf8")) as RunRecord;
    rmSync(at("lost/record.json"));
    const before = files("lost");
    await assert.rejects(tinyRun(at("lost"), { beta: constant(5) }), {
      name: "RunConflict",
      message: /a checkpoint of an unknown run, without its record\.json/,
    });
    assert.deepEqual(files("lost"), before);
    const short = { ...record, status: "interrupted", epochs: record.epochs.slice(0, 1) };
    writeFileSync(at("lost/record.json"), JSON.stringify(short));
    await assert.rejects(
      tinyRun(at("lost"), { epochs: 2 }),
      /of epoch 2, the record ends with epoch 1/,
    );
  });

  it("a run is rejected and keeps its record if its checkpoint is missing", async () => {
    const controller = new AbortController();
    const stop = { signal: controller.signal, onEpoch: () => controller.abort() };
    await tinyRun(at("bare"), {}, stop);
    rmSync(path.join(at("bare"), CHECKPOINT_FILE));
    const text = readFileSync(at("bare/record.json"), "utf8");
    await assert.rejects(tinyRun(at("bare")), {
      name: "RunConflict",
      message: /holds the record of 1 epochs, but no checkpoint\.safetensors/,
    });
    assert.equal(readFileSync(at("bare/record.json"), "utf8"), text);
  });

  it("a run whose checkpoint has altered progress is rejected", async () => {
    await tinyRun(at("changed"), { epochs: 2 });
    const text = checkpoint("changed").toString("latin1");
    const other = text.replace('\\"epoch\\":2', '\\"epoch\\":0');
    assert.notEqual(other, text);
    writeFileSync(path.join(at("changed"), CHECKPOINT_FILE), other, "latin1");
    const record = JSON.parse(readFileSync(at("changed/record.json"), "utf8")) as object;
    writeFileSync(at("changed/record.json"), JSON.stringify({ ...record, status: "interrupted" }));
    await assert.rejects(tinyRun(at("changed"), { epochs: 2 }), /the checkpoint is damaged/);
  });

  it("a run stops, names the step and keeps its checkpoint if its loss is not finite", async () => {
    const learningRate = constant(1e30);
    await assert.rejects(
      tinyRun(at("diverged"), { learningRate }),
      (error) =>
        error instanceof TrainingDiverged && /became .* in epoch 1, step 2;/.test(error.message),
    );
    const record = await readRecord(at("diverged"));
    assert.equal(record?.status, "failed");
    assert.match(record?.error ?? "", /epoch 1, step 2/);
    assert.ok(existsSync(path.join(at("diverged"), CHECKPOINT_FILE)));
  });

  it("a run stops and names the step if an epoch's last step breaks the network", async () => {
    const config = { learningRate: constant(1e38), subBatchCount: 30, subBatchSize: 2, epochs: 1 };
    await assert.rejects(
      tinyRun(at("diverged at last"), config),
      (error) =>
        error instanceof TrainingDiverged &&
        /not finite after epoch 1, step 1;/.test(error.message),
    );
  });

  it("a run saves a layers model that tfjs loads and that gives the network's logits", async () => {
    const network = new Network(simpleCnnMnist, new Random(5));
    await loadWeights(network, path.join(at("whole"), MODEL_FOLDER));
    const { train } = tinyData();
    const { logits } = await networkOutputs(network, train);
    const json = JSON.parse(readFileSync(at("whole/model/model.json"), "utf8")) as tf.io.ModelJSON;
    const weightData = Uint8Array.from(readFileSync(at("whole/model/weights.bin"))).buffer;
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData,
      }),
    );
    const pixels = Float32Array.from(train.pixels, (pixel) => pixel / 255);
    const predicted = model.predict(tf.tensor4d(pixels, [30, 28, 28, 1])) as tf.Tensor;
    const values = predicted.dataSync();
    const scale = Math.max(...logits.map(Math.abs));
    // Statistics folded into filters here, not there: float32 rounding.
    assertClose(values, logits, 1e-5, { scale });
    model.dispose();
    network.dispose();
  });

  it("a run leaves no tensor in memory", async () => {
    await tinyRun(at("leak 1"), { epochs: 1 });
    const { numTensors } = tf.memory();
    await tinyRun(at("leak 2"), { epochs: 2 });
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it("a run with weight 0 trains on cross entropy alone whatever beta is", async () => {
    const vanilla = { topologicalWeight: constant(0), epochs: 2 };
    const one = await tinyRun(at("beta 1"), { ...vanilla, beta: constant(1) });
    const two = await tinyRun(at("beta 2"), { ...vanilla, beta: constant(2) });
    assert.deepEqual(checkpoint("beta 1"), checkpoint("beta 2"));
    assert.notEqual(one.epochs[0].connectivityLoss, two.epochs[0].connectivityLoss);
    assert.equal(one.epochs[0].loss, one.epochs[0].crossEntropy);
  });

  it("a run with an invalid config is rejected before it starts", async () => {
    await assert.rejects(
      tinyRun(at("checked"), { metric: "L1", zeroDeathTimes: "epsilon" }),
      /epsilon needs metric L2/,
    );
    assert.equal(existsSync(at("checked/record.json")), false);
  });
});
