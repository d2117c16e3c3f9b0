import assert from "node:assert/strict";
import type { Browser, ConsoleMessage, Page, Route } from "playwright-core";
import { selectBackend } from "../../src/backend/selectBackend";
import type { TrainingData } from "../../src/data/imageSet";
import { findChromium } from "../../src/figures/pages/chromium";
import { simdOf } from "../../src/kernels/simd";
import { configOf, FIRST_CONTROLS } from "../../src/play/live/controls";
import type { EpochMeasures, StepRecord } from "../../src/play/live/liveTraining";
import { decodePlayData } from "../../src/play/live/playData";
import { pageFilesWithNotebooks } from "../../src/play/pageFiles";
import { servePage, type PageServer } from "../../src/play/server";
import { train, type EpochRecord } from "../../src/training/train";
import { disposeState, initialState } from "../../src/training/trainingState";
import { trainStep } from "../../src/training/trainStep";
import { needs } from "../notebook/present";
import { assertClose } from "../support/assertClose";
import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

const SEED = 3;
const EPOCHS = 3;
const SINGLE_STEPS = 20;

/** The page's log of its run. */
interface Log {
  readonly steps: readonly StepRecord[];
  readonly epochs: readonly EpochMeasures[];
}

describe("the page of tdnc play", function () {
  this.timeout(240_000);
  let server: PageServer;
  let browser: Browser | undefined;
  let page: Page;
  const messages: string[] = [];
  const requests: string[] = [];

  before(async () => {
    server = await servePage(pageFilesWithNotebooks());
    const executablePath = findChromium();
    if (executablePath === undefined) return;
    const { chromium } = await import("playwright-core");
    // Chromium's sandbox refuses to run as root, which is who runs in a container.
    browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("console", (message: ConsoleMessage) => messages.push(message.text()));
    page.on("pageerror", ({ message }) => messages.push(message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(server.address);
    await page.waitForSelector("#play:enabled");
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const log = () => page.evaluate<Log>("trainingLog");
  /** Playwright's own waiting evaluates texts in the page, which its policy forbids. */
  const until = async (expression: string) => {
    while (!(await page.evaluate<boolean>(expression))) await page.waitForTimeout(20);
  };
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const before = await page.evaluate<number>("trainingLog.steps.length");
      await page.click("#step");
      await until(`trainingLog.steps.length === ${before + 1}`);
    }
  };
  const restart = async (seed: number) => {
    await page.fill("#seed", String(seed));
    await page.click("#restart");
    await until("trainingLog.steps.length === 0 && trainingLog.epochs.length === 1");
  };
  const setSlider = (id: string, value: number) => page.fill(`#${id}`, String(value));

  it("trains by step and by play to the losses and measures of the command line", async function () {
    needs(this, browser, "Chromium");
    await restart(SEED);
    await steps(SINGLE_STEPS);
    await page.click("#play");
    await until(`trainingLog.epochs.length > ${EPOCHS}`);
    await page.click("#play");
    await until("document.getElementById('play').textContent === 'Play'");
    const found = await log();

    const { singleSteps, epochs, variant } = await nodeTraining();
    const isSame = variant === (await page.evaluate("document.body.dataset.kernels"));
    const compare = (actual: number[], expected: number[]) =>
      isSame ? assert.deepEqual(actual, expected) : assertClose(actual, expected, 1e-5);
    compare(
      found.steps.slice(0, SINGLE_STEPS).map((step) => step.loss),
      singleSteps,
    );
    for (const { epoch, crossEntropy, connectivityLoss, train, test } of epochs) {
      const own = found.steps.filter(({ time }) => Math.ceil(time) === epoch);
      const mean = (of: (step: StepRecord) => number) =>
        own.reduce((sum, step) => sum + of(step), 0) / own.length;
      const measured = found.epochs[epoch];
      compare(
        [mean((step) => step.crossEntropy), mean((step) => step.connectivityLoss)],
        [crossEntropy, connectivityLoss],
      );
      compare(Object.values(measured.train) as number[], Object.values(train!) as number[]);
      compare(Object.values(measured.test), Object.values(test!));
    }
    assert.ok(found.epochs[EPOCHS].test.accuracy > 0.6);
    assert.equal(found.epochs[EPOCHS].mistakes.length, await wrongCount());
  });

  it("stops at pause", async function () {
    needs(this, browser, "Chromium");
    const before = (await log()).steps.length;
    await page.waitForTimeout(500);
    assert.equal((await log()).steps.length, before);
  });

  it("uses a beta and a weight that are set by hand at the next step, and marks them", async function () {
    needs(this, browser, "Chromium");
    await setSlider("beta", 0.5);
    await setSlider("topologicalWeight", 0.2);
    await steps(1);
    const [before, after] = (await log()).steps.slice(-2);
    assert.ok(before.beta > 1 && before.topologicalWeight < 0.01);
    assert.deepEqual([after.beta, after.topologicalWeight], [0.5, 0.2]);
    const marks = await page.locator("#changes li").allTextContents();
    assert.deepEqual(
      marks.map((text) => text.replace(/^epoch \d+\.\d: /, "")),
      ["beta 0.50", "weight 0.200"],
    );
    await page.check("[data-setting=beta] .follow input");
    await steps(1);
    assert.equal((await log()).steps.at(-1)!.beta, before.beta);
    assert.equal(await page.inputValue("#beta"), before.beta.toFixed(2));
  });

  it("trains on fewer labels, with another metric and regularizer, from the next step", async function () {
    needs(this, browser, "Chromium");
    await page.selectOption("#labelsPerClass", "5");
    await page.selectOption("#metric", "L1");
    await page.check("[name=regularizer][value=hofer]", { force: true });
    await steps(1);
    assert.match((await page.textContent("#where"))!, /step 1 of 6$/);
    const { beta, topologicalWeight, deathTimes } = (await log()).steps.at(-1)!;
    assert.deepEqual([beta, topologicalWeight], [1.1, 0.1]);
    // Of 128 features, L1 distances are several times the L2 distances.
    assert.ok(Math.max(...Object.values(deathTimes)) > 5);
  });

  it("repeats the losses of a seed after a restart", async function () {
    needs(this, browser, "Chromium");
    await page.selectOption("#labelsPerClass", "");
    await page.selectOption("#metric", "L2");
    await page.check("[name=regularizer][value=sliding]", { force: true });
    await page.check("[data-setting=topologicalWeight] .follow input");
    const losses = async (seed: number) => {
      await restart(seed);
      await steps(3);
      return (await log()).steps.map((step) => step.loss);
    };
    const first = await losses(SEED);
    assert.deepEqual(await losses(SEED), first);
    assert.notDeepEqual(await losses(SEED + 1), first);
    assert.equal(await page.isHidden("#changes"), true);
  });

  for (const theme of ["light", "dark"] as const)
    it(`has no overlapping or clipped text from 390 to 1,920 pixels, ${theme}`, async function () {
      needs(this, browser, "Chromium");
      await page.emulateMedia({ colorScheme: theme });
      for (const width of [390, 700, 1280, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        await page.waitForTimeout(100);
        assert.deepEqual(await page.evaluate(TEXT_PROBLEMS), [], `${width} pixels`);
      }
    });

  it("can be used with the keyboard alone, and every control and picture has a name", async function () {
    needs(this, browser, "Chromium");
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.focus("#play");
    const reached: string[] = [];
    for (let i = 0; i < 16; i++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate<string>("document.activeElement.id || 'other'"));
    }
    for (const id of ["step", "restart", "beta", "topologicalWeight", "learningRate", "metric"])
      assert.ok(reached.includes(id), `${id}: ${reached.join(" ")}`);
    await page.focus("#beta");
    const before = Number(await page.inputValue("#beta"));
    await page.keyboard.press("ArrowLeft");
    await steps(1);
    assert.ok((await log()).steps.at(-1)!.beta < before);
    assert.deepEqual(await page.evaluate(UNNAMED), []);
  });

  it("says in a sentence that training diverged, and trains again after a restart", async function () {
    needs(this, browser, "Chromium");
    await page.evaluate("document.getElementById('learningRate').max = 1e9");
    await setSlider("learningRate", 1e9);
    await page.click("#play");
    await page.waitForSelector("#failure:not([hidden])");
    assert.match(
      (await page.textContent("#failure"))!,
      /^Training stopped: the cross entropy became NaN in epoch .*\. Change it and restart\.$/,
    );
    await page.check("[data-setting=learningRate] .follow input");
    await restart(SEED);
    await steps(1);
    assert.equal(await page.isHidden("#failure"), true);
  });

  it("links notebooks that its server has", async function () {
    needs(this, browser, "Chromium");
    const links = await page.evaluate<string[]>(
      "[...document.querySelectorAll('[data-notebook]')].map((link) => link.href)",
    );
    assert.equal(links.length, 7);
    for (const link of new Set(links))
      assert.equal((await fetch(link, { method: "HEAD" })).status, 200, link);
  });

  it("writes nothing to the console and asks no other host", function () {
    needs(this, browser, "Chromium");
    assert.deepEqual(messages, []);
    assert.ok(requests.length > 5);
    const elsewhere = requests.filter((url) => !url.startsWith(server.address));
    assert.deepEqual(
      elsewhere.filter((url) => !url.startsWith("data:")),
      [],
    );
  });

  it("says in a sentence that SIMD is missing, that a file is, and that the worker crashed", async function () {
    const chromium = needs(this, browser, "Chromium");
    const failureWith = async (file: string, change: (route: Route) => Promise<void>) => {
      const other = await chromium.newPage();
      await other.route(`**/${file}`, change);
      await other.goto(server.address);
      await other.waitForSelector("#failure:not([hidden])");
      const text = await other.textContent("#failure");
      await other.close();
      return text!;
    };
    const before = (code: string) => async (route: Route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: code + (await response.text()) });
    };
    assert.match(
      await failureWith("worker.js", before("WebAssembly.validate = () => false;")),
      /^This browser has no WebAssembly SIMD, .*Safari 16\.4/,
    );
    assert.match(
      await failureWith("digits.bin", (route) => route.fulfill({ status: 404 })),
      /^digits\.bin could not be loaded: 404$/,
    );
    assert.match(
      await failureWith("worker.js", before("throw new Error('broken');")),
      /^The part of this page that trains has crashed: .*broken\. Restart begins a new run\.$/,
    );
  });

  const wrongCount = async () =>
    Number(/^(\d+) of 2,000$/.exec((await page.textContent("#wrong-count"))!)![1]);
});

/** The same training with the functions of the command line. */
async function nodeTraining() {
  await selectBackend("wasm");
  const digits = await pageFilesWithNotebooks().get("digits.bin")!();
  const data = decodePlayData(Uint8Array.from(digits));
  const config = configOf({ ...FIRST_CONTROLS, seed: SEED });
  const state = initialState(config, data.train.labels);
  const epochs: EpochRecord[] = [];
  for await (const record of train(state, data, { ...config, testEvery: 1, reportCount: 0 })) {
    epochs.push(record);
    if (record.epoch === EPOCHS) break;
  }
  disposeState(state);
  const variant = simdOf(tf.backend() as BackendWasm)?.variant;
  return { singleSteps: singleSteps(data, config), epochs, variant };
}

/** Losses of the first steps. */
function singleSteps({ train }: TrainingData, config: ReturnType<typeof configOf>): number[] {
  const state = initialState(config, train.labels);
  const [learningRate, topologicalWeight, beta] = [
    config.learningRate(0),
    config.topologicalWeight(1 / config.epochs),
    config.beta(1 / config.epochs),
  ];
  const settings = { learningRate, topologicalWeight, beta, where: "epoch 1" };
  const losses = state.sampler
    .epoch()
    .slice(0, SINGLE_STEPS)
    .map((rows) => trainStep(state, train, rows, settings, config))
    .map((step) => step.crossEntropy + topologicalWeight * step.connectivityLoss);
  disposeState(state);
  return losses;
}

/** Texts that leave their card or the page, are cut off, or lie on another text. */
const TEXT_PROBLEMS = `(() => {
  const problems = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) problems.push("the page is wider than its window");
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement } = walker.currentNode;
    const isHidden = parentElement.closest("script, noscript, option, .visually-hidden, .skip, [hidden]");
    // A row of images below the last one shown has no height.
    const row = parentElement.closest("#wrong li");
    if (isHidden || walker.currentNode.textContent.trim() === "" || (row && row.clientHeight === 0)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const card = (parentElement.closest("button, label span, article, #controls") ?? document.body).getBoundingClientRect();
    for (const box of range.getClientRects()) {
      const text = walker.currentNode.textContent.trim();
      if (box.left < card.left - 0.5 || box.right > card.right + 0.5 || box.bottom > card.bottom + 0.5)
        problems.push("outside: " + text);
      for (const other of boxes) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 3) problems.push("overlap: " + text + " / " + other.text);
      }
      boxes.push({ box, text });
    }
  }
  if (boxes.length < 60) problems.push("only " + boxes.length + " texts");
  for (const control of document.querySelectorAll("button, select, input[type=number], legend, h2"))
    if (control.scrollWidth > control.clientWidth + 1) problems.push("cut off: " + (control.id || control.textContent));
  return problems;
})()`;

/** Controls and pictures without a name for a screen reader. */
const UNNAMED = `[...document.querySelectorAll("button, select, input, progress, [role=img]")]
  .filter((element) => !(element.textContent.trim() || element.labels?.[0]?.textContent.trim() || element.getAttribute("aria-label")))
  .map((element) => element.outerHTML)`;
