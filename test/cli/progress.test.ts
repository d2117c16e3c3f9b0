import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { reportProgress } from "../../src/cli/progress";
import type { RunMessage } from "../../src/runs/runner";
import type { EpochRecord } from "../../src/training/train";

const epoch = (number: number) =>
  ({ epoch: number, loss: 0.25, train: { accuracy: 1 }, test: { accuracy: 0.5 } }) as EpochRecord;
const backend = { name: "wasm", summary: "wasm: made up" } as const;

/** The lines written for some messages without a terminal. */
function lines(...messages: [run: number, message: RunMessage][]): string[] {
  const stream = new PassThrough({ encoding: "utf8" });
  const runs = [
    { name: "a", epochs: 9 },
    { name: "b", epochs: 9 },
  ];
  const progress = reportProgress(runs, stream as unknown as NodeJS.WriteStream);
  for (const [run, message] of messages) progress.show(run, message);
  progress.end();
  return String(stream.read()).trimEnd().split("\n");
}

describe("reportProgress without a terminal", () => {
  it("progress has a line for a start, an epoch and an end, each with the run's name", () => {
    assert.deepEqual(
      lines(
        [0, { kind: "started", epoch: 0 }],
        [0, { kind: "epoch", epoch: epoch(1) }],
        [0, { kind: "ended", status: "complete" }],
      ),
      [
        "a: starts, 9 epochs",
        "a: epoch 1/9, loss 0.2500, train 100.00%, test 50.00%",
        "a: complete",
      ],
    );
  });

  it("progress names a backend once although every run reports it", () => {
    assert.deepEqual(lines([0, { kind: "backend", backend }], [1, { kind: "backend", backend }]), [
      "backend wasm: made up",
    ]);
  });

  it("progress reports where a run resumes and that a run is already complete", () => {
    assert.deepEqual(
      lines([0, { kind: "started", epoch: 4 }], [1, { kind: "ended", status: "complete" }]),
      ["a: resumes after epoch 4 of 9", "b: already complete"],
    );
  });

  it("progress shows an epoch soon after another only if it is the last", () => {
    assert.deepEqual(
      lines(
        [0, { kind: "epoch", epoch: epoch(7) }],
        [0, { kind: "epoch", epoch: epoch(8) }],
        [0, { kind: "epoch", epoch: epoch(9) }],
      ).map((line) => line.slice(0, 12)),
      ["a: epoch 7/9", "a: epoch 9/9"],
    );
  });

  it("progress shows only the first line of an error", () => {
    assert.deepEqual(lines([0, { kind: "failed", error: "other run\n  epochs: 1" }]), [
      "a: failed: other run",
    ]);
  });
});
