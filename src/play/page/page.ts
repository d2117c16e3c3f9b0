import type { StepRecord, EpochMeasures } from "../live/liveTraining";
import type { Report, Request, Snapshot } from "../live/messages";
import type { Mark } from "./curves";
import { Panel } from "./panel";
import { Views } from "./views";
import "./page.css";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

const [play, oneStep, restart] = ["play", "step", "restart"].map(
  (id) => byId(id) as HTMLButtonElement,
);
const failure = byId("failure");

/** Every step and epoch of the run: `trainingLog` in the browser's console. */
const log: { steps: StepRecord[]; epochs: EpochMeasures[] } = { steps: [], epochs: [] };
Object.assign(globalThis, { trainingLog: log });

let worker: Worker;
let isPlaying = false;
/** Runs that have been asked for; snapshots of an earlier one are not drawn. */
let run = 0;
/** Whether the worker has to be started anew. */
let isBroken = false;
let time = 0;
let marks: (Mark & { readonly setting: string; readonly changed: number })[] = [];
/** When the last snapshots came, and how many steps they brought: for the speed. */
let pace: { at: number; steps: number }[] = [];

const ask = (request: Request) => worker.postMessage(request);
const views = new Views(
  () => marks,
  (label) => ask({ kind: "watch", label }),
);
const panel = new Panel((setting, text) => {
  ask({ kind: "change", controls: panel.controls });
  mark(setting, text);
});

/** Milliseconds within which a setting's changes, as of a slider that is dragged, are one. */
const ONE_CHANGE = 1500;

function mark(setting: string, text: string): void {
  const last = marks.at(-1);
  const changed = performance.now();
  const isSame = last?.setting === setting && changed - last.changed < ONE_CHANGE;
  if (isSame) marks.pop();
  marks.push({ setting, text, changed, time: isSame ? last.time : time });
  showMarks();
  views.redrawCharts();
}

function showMarks(): void {
  byId("changes").hidden = marks.length === 0;
  const list = document.querySelector("#changes ol")!;
  list.replaceChildren(
    ...marks.map(({ text, time }) => {
      const item = document.createElement("li");
      item.textContent = `epoch ${time.toFixed(1)}: ${text}`;
      return item;
    }),
  );
  list.scrollTop = list.scrollHeight;
}

function fail(message: string): void {
  failure.textContent = message;
  failure.hidden = false;
  setPlaying(false);
}

function setPlaying(now: boolean): void {
  if (isPlaying !== now) pace = [];
  isPlaying = now;
  play.textContent = now ? "Pause" : "Play";
}

/** Begins a new run, in a new worker if the last one has failed or has not started. */
function start(): void {
  failure.hidden = true;
  run++;
  Object.assign(log, { steps: [], epochs: [] });
  [marks, pace, time] = [[], [], 0];
  showMarks();
  views.clear();
  ask({ kind: "start", run, controls: panel.controls });
  ask({ kind: "watch", label: views.classes[0] });
}

function launch(): void {
  worker = new Worker("worker.js", { type: "module" });
  isBroken = false;
  worker.onmessage = ({ data }: MessageEvent<Report>) => take(data);
  worker.onerror = (event) => {
    isBroken = true;
    restart.disabled = false;
    const reason = event.message ? `: ${event.message}` : "";
    fail(`The part of this page that trains has crashed${reason}. Restart begins a new run.`);
  };
  start();
}

function take(report: Report): void {
  switch (report.kind) {
    case "ready":
      document.body.dataset.kernels = report.variant;
      for (const button of [play, oneStep, restart]) button.disabled = false;
      return;
    case "ended":
      byId("status").textContent = "The schedules have ended.";
      return;
    case "failed":
      isBroken ||= report.isFatal;
      restart.disabled = false;
      return fail(report.message);
    case "snapshot":
      if (report.run === run) requestAnimationFrame(() => show(report));
      else ask({ kind: "drawn" });
  }
}

function show(snapshot: Snapshot): void {
  log.steps.push(...snapshot.steps);
  log.epochs.push(...snapshot.measures);
  setPlaying(snapshot.isPlaying);
  time = snapshot.epoch + snapshot.stepOfEpoch / snapshot.stepsPerEpoch;
  panel.show(snapshot);
  showProgress(snapshot);
  views.show(snapshot, panel.controls.metric);
  ask({ kind: "drawn" });
}

function showProgress(snapshot: Snapshot): void {
  const { epoch, epochs, stepOfEpoch, stepsPerEpoch, steps, measures } = snapshot;
  byId<HTMLProgressElement>("progress").value = Math.min(1, time / epochs);
  byId("where").textContent =
    epoch >= epochs && stepOfEpoch === 0
      ? `Epoch ${epoch} of ${epochs}: schedules ended`
      : `Epoch ${epoch} of ${epochs}, step ${stepOfEpoch} of ${stepsPerEpoch}`;
  pace = [...pace, { at: performance.now(), steps: steps.length }].slice(-20);
  const seconds = (pace.at(-1)!.at - pace[0].at) / 1000;
  const done = pace.slice(1).reduce((sum, { steps }) => sum + steps, 0);
  byId("speed").textContent =
    isPlaying && seconds > 1 ? `${(done / seconds).toFixed(0)} steps/s` : "";
  const last = measures.at(-1);
  // A screen reader hears of it now and then.
  if (last && (last.epoch % 5 === 0 || !snapshot.isPlaying))
    byId("status").textContent =
      `Epoch ${last.epoch}: test accuracy ${(100 * last.test.accuracy).toFixed(1)} percent`;
}

/** Links to notebooks where they are served, else their names. */
function nameNotebooks(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-notebook]")) {
    const name = link.dataset.notebook!;
    const file = `notebooks/${name}.ipynb`;
    link.textContent = `Notebook ${name}`;
    link.title = `${file}, for Jupyter (npm run lab)`;
    if (document.body.dataset.notebooks !== undefined) link.href = file;
  }
}

play.addEventListener("click", () => ask({ kind: isPlaying ? "pause" : "play" }));
oneStep.addEventListener("click", () => ask({ kind: "step" }));
restart.addEventListener("click", () => {
  if (isBroken) {
    worker.terminate();
    launch();
  } else start();
});
nameNotebooks();
launch();
