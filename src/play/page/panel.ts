import { mnist250, REGULARIZERS } from "../../training/settings/presets";
import type { Metric } from "../../metrics/topology/metric";
import { FIRST_CONTROLS, SCHEDULED, type Controls, type ScheduledName } from "../live/controls";
import type { Snapshot } from "../live/messages";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** Decimals of each value. */
const DECIMALS: Readonly<Record<ScheduledName, number>> = {
  beta: 2,
  topologicalWeight: 3,
  learningRate: 4,
};

/** A slider, which shows its schedule's value until it is moved. */
interface Slider {
  readonly input: HTMLInputElement;
  readonly follow: HTMLInputElement;
  readonly output: HTMLOutputElement;
  readonly schedule: HTMLElement;
}

/** The settings, as the reader has set them. */
export class Panel {
  private readonly sliders: Readonly<Record<ScheduledName, Slider>>;

  /** @param changed Called with the name and the text of what took effect in the running training. */
  constructor(private readonly changed: (setting: string, text: string) => void) {
    const slider = (name: ScheduledName): Slider => {
      const host = document.querySelector<HTMLElement>(`[data-setting="${name}"]`)!;
      return {
        input: byId(name),
        follow: host.querySelector<HTMLInputElement>(".follow input")!,
        output: host.querySelector("output")!,
        schedule: host.querySelector("code")!,
      };
    };
    this.sliders = {
      beta: slider("beta"),
      topologicalWeight: slider("topologicalWeight"),
      learningRate: slider("learningRate"),
    };
    this.showFirst();
    for (const name of SCHEDULED) this.listenToSlider(name);
    this.listenToChoices();
  }

  /** What the controls say now. */
  get controls(): Controls {
    const byHand = SCHEDULED.flatMap((name) => {
      const { input, follow } = this.sliders[name];
      return follow.checked ? [] : [[name, Number(input.value)] as const];
    });
    const labels = byId<HTMLSelectElement>("labelsPerClass").value;
    return {
      seed: this.seed,
      epochs: Number(byId<HTMLSelectElement>("epochs").value),
      labelsPerClass: labels === "" ? undefined : Number(labels),
      regularizer: this.regularizer,
      metric: byId<HTMLSelectElement>("metric").value as Metric,
      ...Object.fromEntries(byHand),
    };
  }

  /** Moves the sliders that follow their schedules to where those are. */
  show({ scheduled }: Snapshot): void {
    for (const name of SCHEDULED) {
      const { input, follow, output } = this.sliders[name];
      if (!follow.checked) continue;
      input.value = String(scheduled[name]);
      output.textContent = scheduled[name].toFixed(DECIMALS[name]);
    }
  }

  private get seed(): number {
    const input = byId<HTMLInputElement>("seed");
    return input.checkValidity() && input.value !== "" ? Number(input.value) : FIRST_CONTROLS.seed;
  }

  private get regularizer(): Controls["regularizer"] {
    const chosen = document.querySelector<HTMLInputElement>('[name="regularizer"]:checked')!;
    return chosen.value as Controls["regularizer"];
  }

  private showFirst(): void {
    const { seed, epochs, metric, regularizer } = FIRST_CONTROLS;
    byId<HTMLInputElement>("seed").value = String(seed);
    byId<HTMLSelectElement>("epochs").value = String(epochs);
    byId<HTMLSelectElement>("metric").value = metric;
    byId<HTMLSelectElement>("labelsPerClass").value = "";
    document.querySelector<HTMLInputElement>(`[value="${regularizer}"]`)!.checked = true;
    for (const { follow } of Object.values(this.sliders)) follow.checked = true;
    this.showSchedules();
  }

  private showSchedules(): void {
    const config = { ...mnist250, ...REGULARIZERS[this.regularizer].difference };
    for (const name of SCHEDULED) this.sliders[name].schedule.textContent = config[name].toJSON();
  }

  private listenToSlider(name: ScheduledName): void {
    const { input, follow, output } = this.sliders[name];
    const title = { beta: "beta", topologicalWeight: "weight", learningRate: "learning rate" }[
      name
    ];
    input.addEventListener("input", () => {
      follow.checked = false;
      output.textContent = Number(input.value).toFixed(DECIMALS[name]);
      this.changed(title, `${title} ${output.textContent}`);
    });
    follow.addEventListener("change", () =>
      this.changed(
        title,
        follow.checked ? `${title} follows its schedule` : `${title} ${output.textContent}`,
      ),
    );
  }

  private listenToChoices(): void {
    for (const radio of document.querySelectorAll('[name="regularizer"]'))
      radio.addEventListener("change", () => {
        // A regularizer is its schedules.
        this.sliders.beta.follow.checked = true;
        this.sliders.topologicalWeight.follow.checked = true;
        this.showSchedules();
        this.changed("regularizer", this.regularizer);
      });
    const metric = byId<HTMLSelectElement>("metric");
    metric.addEventListener("change", () => this.changed("metric", `metric ${metric.value}`));
    const labels = byId<HTMLSelectElement>("labelsPerClass");
    labels.addEventListener("change", () =>
      this.changed("labels", `${labels.value || "all"} labels per class`),
    );
  }
}
