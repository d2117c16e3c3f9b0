import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findJupyter } from "../../src/notebook/jupyter";
import { writeJupyterKernelSpec, jupyterKernelName } from "../../src/notebook/jupyterKernelSpec";
import { needs } from "./present";

// Runs three cells in a kernel, interrupts the second when it prints "begins", and prints the output
// of the third.
const interrupted = `
import os, signal, sys, time
from jupyter_client.manager import start_new_kernel

def run(cell, on_stream=lambda text: None):
    client.execute_interactive(cell, timeout=60, output_hook=lambda message: on_stream(
        message["content"]["text"]) if message["msg_type"] == "stream" else None)

first, long, last = sys.argv[2:]
manager, client = start_new_kernel(kernel_name=sys.argv[1], startup_timeout=120)
try:
    run(first)
    # What interrupt_kernel() does, which cannot be called from within a hook.
    interrupt = lambda: os.kill(manager.provisioner.process.pid, signal.SIGINT)
    run(long, lambda text: interrupt() if "begins" in text else None)
    # After an error tslab drops for a moment what it is asked.
    time.sleep(1)
    run(last, print)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
`;

describe("the kernel's interrupt", function () {
  this.timeout(120000);

  it("an interrupt stops a cell that watches the signal and keeps its results", async function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    const data = mkdtempSync(path.join(tmpdir(), "tdnc-kernel-"));
    try {
      await writeJupyterKernelSpec(path.join(data, "kernels"));
      const cells = [
        `import { interruptSignal } from "${path.resolve("dist/notebook/interrupt")}";\n` +
          "const done = { epochs: 0, isOver: false };\n" +
          "const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));",
        "const signal = interruptSignal();\n" +
          'await pause(100);\nconsole.log("begins");\n' +
          "while (!signal.aborted) {\n  await pause(20);\n  done.epochs++;\n}\n" +
          "done.isOver = true;",
        "await pause(100);\nconsole.log(done.isOver, done.epochs > 0, interruptSignal().aborted);",
      ];
      const { stdout, stderr } = spawnSync(
        python,
        ["-c", interrupted, jupyterKernelName, ...cells],
        {
          env: { ...process.env, JUPYTER_PATH: data },
          encoding: "utf8",
        },
      );
      assert.equal(stdout.trim(), "true true false", stderr);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
});
