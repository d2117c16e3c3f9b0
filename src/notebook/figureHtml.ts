import { version } from "plotly.js-dist/package.json";

/**
 * Where a reader's browser loads plotly.js from: the version installed here. Its 10 MB are not kept in
 * notebooks.
 */
export const plotlyAddress = `https://cdn.plot.ly/plotly-${version}.min.js`;

/**
 * HTML that shows a picture and, where scripts run and plotly.js can be loaded, puts the live figure
 * in its place.
 *
 * Several figures of a page load plotly.js once.
 *
 * @param json The figure, as `figureJson` gives it.
 * @param id An identifier that no other element of the page has.
 * @param png The picture in base64; without one a line of text stands in its place.
 */
export function figureHtml(json: string, id: string, png?: string): string {
  const still = png
    ? `<img alt="figure" src="data:image/png;base64,${png}">`
    : "<p>The figure is drawn here where scripts run and plotly.js loads.</p>";
  // "<" could begin "</script>" inside a string of the figure.
  const figure = json.replaceAll("<", "\\u003c");
  return `<div id="${id}">${still}</div><script>(${liveFigure})("${id}",${figure},"${plotlyAddress}")</script>`;
}

// Kept as text: a notebook's page runs it, and what a compiler makes of a function may not run there.
const liveFigure = `function (id, figure, address) {
  var load = window.tdncPlotly || (window.tdncPlotly = window.Plotly
    ? Promise.resolve(window.Plotly)
    : new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = address;
        script.onload = function () { resolve(window.Plotly); };
        script.onerror = reject;
        document.head.appendChild(script);
      }));
  var place = document.getElementById(id);
  load.then(function (Plotly) {
    var still = place.firstElementChild;
    var live = place.appendChild(document.createElement("div"));
    return Plotly.newPlot(live, figure).then(
      function () { still.remove(); },
      function (error) { live.remove(); throw error; }
    );
  }).catch(function (error) { console.warn("the live figure is not shown:", error); });
}`;
