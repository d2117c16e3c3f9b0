import { FAINT, GRID, layout, NEUTRAL } from "./theme";
import type { SimplexAxes } from "./simplexAxes";

/** The layout of a projection on two or three axes, all in one unit. */
export function projectionLayout(
  { names }: SimplexAxes,
  texts: { readonly title?: string; readonly subtitle?: string; readonly note: string },
): object {
  const { title = "Features on simplex axes", subtitle = texts.note } = texts;
  const note = `${subtitle}; large: class means; dashed: classifier, scaled; unit of the features`;
  const zero = { zeroline: true, zerolinecolor: FAINT };
  const [x, y, z] = names.map((text) => ({ title: { text }, ...zero }));
  const flat = layout(
    title,
    note,
    { ...x, constrain: "domain" },
    { ...y, scaleanchor: "x", constrain: "domain" },
  );
  const shared = { ...flat, hovermode: "closest", height: 520 };
  if (names.length === 2) return shared;
  const { margin, legend } = flat as { readonly margin: object; readonly legend: object };
  const side = { showbackground: false, gridcolor: GRID, zerolinecolor: NEUTRAL, nticks: 5 };
  return {
    ...shared,
    margin: { ...margin, l: 0, r: 0 },
    legend: { ...legend, itemsizing: "constant" },
    scene: {
      aspectmode: "data",
      xaxis: { ...x, ...side },
      yaxis: { ...y, ...side },
      zaxis: { ...z, ...side },
      camera: { eye: { x: 1.75, y: 1.75, z: 1.1 } },
    },
  };
}
