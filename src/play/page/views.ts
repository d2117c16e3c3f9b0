import type { StepRecord } from "../live/liveTraining";
import type { Snapshot } from "../live/messages";
import { TEST_COUNT } from "../live/playData";
import type { Metric } from "../../metrics/topology/metric";
import { Chart, type ChartOptions, type Mark } from "./curves";
import { CLASS_LOOKS } from "./classLooks";
import { deathTimeView } from "./deathTimeView";
import { projectionView } from "./projectionView";
import { treeView } from "./treeView";
import { wrongView } from "./wrongView";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** Milliseconds between two trees of a run that plays: another sub-batch has another tree. */
const TREE_EVERY = 500;
const CLASSES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const short = (value: number) => value.toPrecision(3);

const CHARTS = {
  accuracy: {
    about: "Accuracy",
    curves: [
      { name: "training", color: "muted", dash: [6, 4] },
      { name: "test", color: "blue" },
    ],
    isShare: true,
    format: percent,
  },
  loss: {
    about: "Loss",
    curves: [
      { name: "cross entropy", color: "blue" },
      { name: "connectivity", color: "vermilion", dash: [6, 4] },
    ],
    isLogarithmic: true,
    format: short,
  },
  collapse: {
    about: "Neural collapse",
    curves: [
      { name: "NC1", color: "blue" },
      { name: "NC2 norms", color: "vermilion", dash: [6, 4] },
      { name: "NC2 angles", color: "purple", dash: [2, 3] },
      { name: "NC3", color: "green", dash: [10, 4] },
    ],
    isLogarithmic: true,
    format: short,
  },
} satisfies Readonly<Record<string, ChartOptions>>;

/** Everything that the page draws of a run. */
export class Views {
  /** Classes of the axes; the first is the one whose sub-batches are shown. */
  classes = [0, 1, 2];
  private readonly drawProjection = projectionView(byId("projection"), () => this.classes);
  private readonly drawTree = treeView(byId("tree"));
  private readonly deathTimes = deathTimeView(byId("histogram"));
  private readonly drawWrong = wrongView(byId("wrong"), byId("wrong-count"));
  private readonly accuracy: Chart;
  private readonly loss: Chart;
  private readonly collapse: Chart;
  private treeDrawn = -Infinity;
  private last: Snapshot | undefined;

  /**
   * @param marks Changes of settings.
   * @param watch Called when another class's sub-batches are to be shown.
   */
  constructor(
    marks: () => readonly Mark[],
    private readonly watch: (label: number) => void,
  ) {
    const chart = (name: keyof typeof CHARTS) => new Chart(byId(name), CHARTS[name], marks);
    this.accuracy = chart("accuracy");
    this.loss = chart("loss");
    this.collapse = chart("collapse");
    this.chooseClasses();
  }

  /** Draws what is new. */
  show(snapshot: Snapshot, metric: Metric): void {
    this.last = snapshot;
    this.drawProjection(snapshot);
    this.addSteps(snapshot);
    this.addMeasures(snapshot);
    const { subBatch, isPlaying, scheduled } = snapshot;
    const isDue = performance.now() - this.treeDrawn > TREE_EVERY;
    if (subBatch !== undefined && (isDue || !isPlaying)) {
      const { beta } = snapshot.steps.at(-1) ?? scheduled;
      this.treeDrawn = performance.now();
      byId("tree-class").textContent = `of digit ${subBatch.label}`;
      byId("tree").setAttribute(
        "aria-label",
        `Spanning tree of digit ${subBatch.label}: ${this.drawTree(subBatch, beta, metric)}`,
      );
    }
  }

  /** Draws the charts again, as after a new mark. */
  redrawCharts(): void {
    for (const chart of [this.accuracy, this.loss, this.collapse]) chart.redraw();
  }

  /** Forgets the last run. */
  clear(): void {
    for (const chart of [this.accuracy, this.loss, this.collapse]) chart.clear();
    this.deathTimes.clear();
    this.redrawCharts();
  }

  private addSteps({ steps, scheduled }: Snapshot): void {
    for (const { time, crossEntropy, connectivityLoss } of steps)
      this.loss.add(time, [crossEntropy, connectivityLoss]);
    const { beta } = steps.at(-1) ?? scheduled;
    const times = steps.map(({ deathTimes }: StepRecord) => deathTimes);
    byId("histogram").setAttribute("aria-label", this.deathTimes.show(times, beta));
    if (steps.length > 0) this.loss.redraw();
  }

  private addMeasures({ measures, wrong }: Snapshot): void {
    if (measures.length === 0) return;
    for (const { time, train, test } of measures) {
      this.accuracy.add(time, [train.accuracy, test.accuracy]);
      const { withinClassVariability, meansEquinorm, meansEquiangularity, selfDuality } = train;
      const values = [withinClassVariability, meansEquinorm, meansEquiangularity, selfDuality];
      this.collapse.add(
        time,
        values.map((value) => value ?? null),
      );
    }
    this.accuracy.redraw();
    this.collapse.redraw();
    if (wrong) this.drawWrong(wrong, measures.at(-1)!.mistakes.length, TEST_COUNT);
  }

  /** The three lists of classes: a class chosen twice swaps places. */
  private chooseClasses(): void {
    const lists = this.classes.map((chosen, k) => {
      const list = document.createElement("select");
      list.append(...CLASSES.map((c) => new Option(String(c), String(c), false, c === chosen)));
      const text = document.createElement("label");
      text.append(symbol(k), ["first", "second", "third"][k], list);
      document.querySelector(".classes")!.append(text);
      return list;
    });
    lists.forEach((list, k) =>
      list.addEventListener("change", () => {
        const chosen = Number(list.value);
        const other = this.classes.indexOf(chosen);
        if (other >= 0) this.classes[other] = this.classes[k];
        this.classes[k] = chosen;
        lists.forEach((each, i) => (each.value = String(this.classes[i])));
        this.watch(this.classes[0]);
        if (this.last) this.drawProjection(this.last);
      }),
    );
  }
}

/** The symbol of the k-th class, for its list. */
function symbol(k: number): SVGElement {
  const shapes = [
    '<circle cx="7" cy="7" r="5.5" />',
    '<rect x="2" y="2" width="10" height="10" />',
    '<path d="M7 0l7 7l-7 7l-7-7z" />',
  ];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 14 14");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("fill", `var(--${CLASS_LOOKS[k].color})`);
  svg.innerHTML = shapes[k];
  return svg;
}
