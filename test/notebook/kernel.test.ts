import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findJupyter, findPython } from "../../src/notebook/jupyter";
import { writeJupyterKernelSpec } from "../../src/notebook/jupyterKernelSpec";
import { KernelClient, shownBy, statusOf, type Message } from "./kernelClient";
import { needs } from "./present";

/** Types of messages, of states which. */
const kinds = (answers: readonly Message[]) =>
  answers.map(({ type, content }) => (content.execution_state as string) ?? type);

describe("the notebooks' kernel under Jupyter's client", function () {
  this.timeout(180000);
  let kernel: KernelClient;
  before(async function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    kernel = await KernelClient.start(python);
    await kernel.execute(
      `import { interruptSignal } from ${JSON.stringify(path.resolve("dist/notebook/interrupt"))};\n` +
        "const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));\n" +
        "let steps = 0;",
    );
  });
  after(() => kernel?.close());

  /** The answers to a cell that is interrupted once it has printed "begins". */
  async function interrupted(code: string): Promise<Message[]> {
    const cell = kernel.send("execute", [code]);
    await kernel.printed(cell, "begins");
    kernel.interrupt();
    return kernel.answers(cell);
  }

  const assertOneLine = (answers: readonly Message[], line = "interrupted") => {
    assert.equal(statusOf(answers), "error");
    assert.equal(shownBy(answers).replace(/^begins\n/, ""), line);
  };

  it("cells that are sent together are busy, have their number and are idle one after another", async () => {
    const codes = ["await pause(50);", "await pause(20);", "1;"];
    const from = kernel.messages.length;
    const sent = codes.map((code) => kernel.send("execute", [code]));
    await kernel.answers(sent[2]);
    const all = kernel.messages.slice(from);
    assert.deepEqual(
      kinds(all.filter(({ type }) => /status|input/.test(type))),
      sent.flatMap(() => ["busy", "execute_input", "idle"]),
    );
    const inputs = all.filter(({ type }) => type === "execute_input");
    const counts = inputs.map(({ content }) => content.execution_count as number);
    assert.deepEqual(counts, [counts[0], counts[0] + 1, counts[0] + 2]);
    assert.deepEqual(
      inputs.map(({ content }) => content.code),
      codes,
    );
  });

  it("an error has its name, its text and the user's frames", async () => {
    await kernel.execute(
      "function check(x: number) {\n  if (x < 0)\n    throw new RangeError(`${x} is below 0`);\n}",
    );
    const answers = await kernel.execute("const before = 7;\n\nawait pause(1);\ncheck(-before);");
    const count = answers.find(({ type }) => type === "execute_input")!.content
      .execution_count as number;
    const { content } = answers.find(({ type }) => type === "error")!;
    assert.deepEqual(content, {
      ename: "RangeError",
      evalue: "-7 is below 0",
      traceback: [
        "RangeError: -7 is below 0",
        `    at check (cell ${count - 1}, line 3)`,
        `    at cell ${count}, line 4`,
      ],
    });
    assert.equal(answers.filter(({ type }) => type === "stream").length, 0);
    assert.equal(
      shownBy(await kernel.execute("console.log(before);")),
      "7\n",
      "what came before stays",
    );
  });

  it("an error of the compiler is an error, and what a front end asks for does not count", async () => {
    const answers = await kernel.execute("const size: number = `a`;\nnothing;");
    const { content } = answers.find(({ type }) => type === "error")!;
    assert.equal(content.ename, "TypeScriptError");
    assert.match(
      content.traceback!.join("\n"),
      /^1:7 - Type 'string' is not .*\n2:1 - Cannot find name/,
    );
    const counted = async (options: object) =>
      (await kernel.execute("1;", options)).find(({ type }) => type === "execute_reply")!.content
        .execution_count as number;
    const count = await counted({});
    await counted({ silent: true });
    await counted({ store_history: false });
    assert.equal(await counted({}), count + 1);
  });

  it("an error ends the cells that were sent with it, and none that is sent later", async () => {
    const sent = ['throw new Error("once");', "console.log(1);", "console.log(2);"].map((code) =>
      kernel.send("execute", [code]),
    );
    await kernel.until(({ type, parent }) => type === "error" && parent === sent[0]);
    const later = kernel.send("execute", ["console.log(3);"]);
    const statuses = [];
    for (const cell of [...sent, later]) statuses.push(statusOf(await kernel.answers(cell)));
    assert.deepEqual(statuses, ["error", "aborted", "aborted", "ok"]);
    assert.equal(shownBy(await kernel.answers(later)), "3\n");
  });

  it("an interrupt stops a synchronous loop, also one after an await", async () => {
    assertOneLine(
      await interrupted('let turns = 0;\nconsole.log("begins");\nwhile (true) turns++;'),
    );
    assertOneLine(
      await interrupted('await pause(1);\nconsole.log("begins");\nwhile (true) steps++;'),
    );
    assert.equal(shownBy(await kernel.execute("console.log(turns > 0);")), "true\n");
  });

  it("an interrupt stops asynchronous loops, also those that ignore the signal", async () => {
    for (const loop of [
      "while (true) { await pause(1); steps++; }",
      "while (true) { await null; steps++; }",
      "while (true) try { await pause(1); steps++; } catch {}",
      "setInterval(() => steps++, 1);\nawait new Promise(() => undefined);",
      "async function* ticks() { for (let i = 0; ; i++) { await pause(1); yield i; } }\nfor await (const _ of ticks()) steps++;",
    ]) {
      assertOneLine(await interrupted(`console.log("begins");\n${loop}`));
      const { 0: before, 1: after } = shownBy(
        await kernel.execute("const was = steps;\nawait pause(50);\nconsole.log(was, steps);"),
      ).split(" ");
      assert.equal(Number(before), Number(after), loop);
    }
  });

  it("a cell that watches the signal ends by itself and keeps its results", async () => {
    const answers = await interrupted(
      "const signal = interruptSignal();\nconst done = { turns: 0, isOver: false };\n" +
        'await pause(100);\nconsole.log("begins");\n' +
        "while (!signal.aborted) {\n  await pause(20);\n  done.turns++;\n}\n" +
        "done.isOver = interruptSignal().aborted;",
    );
    assertOneLine(answers);
    const after = "console.log(done.isOver, done.turns > 0, interruptSignal().aborted);";
    assert.equal(shownBy(await kernel.execute(after)), "true true false\n");
  });

  it("the line names the last epoch, whose records stay", async () => {
    const answers = await interrupted(
      "async function* train() {\n  for (let epoch = 1; ; epoch++) {\n    yield { epoch: epoch };\n" +
        '    if (epoch === 7) {\n      console.log("begins");\n      await new Promise(() => undefined);\n    }\n  }\n}\n' +
        "const records: number[] = [];\n" +
        "for await (const { epoch } of train()) records.push(epoch);",
    );
    assertOneLine(answers, "interrupted after epoch 7");
    assert.equal(shownBy(await kernel.execute("console.log(records.length);")), "7\n");
  });

  it("completion answers while a cell runs, which stays busy", async () => {
    const cell = kernel.send("execute", [
      'console.log("begins");\nconst thing = { alpha: 1 };\nawait new Promise(() => undefined);',
    ]);
    await kernel.printed(cell, "begins");
    const from = kernel.messages.length;
    const asked = kernel.send("complete", ["thing.al", 8]);
    const { content } = (await kernel.answers(asked)).find(
      ({ type }) => type === "complete_reply",
    )!;
    assert.deepEqual(content.matches, ["alpha"]);
    const last = await kernel.until(
      (one) => kernel.messages.indexOf(one) > from && one.parent === cell,
    );
    assert.equal(last.content.execution_state, "busy");
    kernel.interrupt();
    assert.equal(shownBy(await kernel.answers(cell)), "begins\ninterrupted");
  });
});

describe("Jupyter's own tests of a kernel", function () {
  this.timeout(180000);

  it("those that apply pass with the notebooks' kernel", async function () {
    const python = findPython("import jupyter_kernel_test", process.env);
    const program = needs(this, python, "Python's jupyter_kernel_test");
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-kernel-"));
    try {
      await writeJupyterKernelSpec(path.join(folder, "kernels"));
      const { status, stderr } = spawnSync(program, ["test/notebook/kernelTests.py"], {
        env: { ...process.env, JUPYTER_PATH: folder },
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      assert.equal(stderr.match(/\.\.\. ok$/gm)?.length, 8, stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
