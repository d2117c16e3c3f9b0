import { readFile } from "node:fs/promises";
import path from "node:path";
import { plotlyFile } from "../figures/pages/page";
import { atomicWrite, makeFolder } from "../files/atomicWrite";
import { jupyterKernelName } from "./jupyterKernelSpec";

/** The form of an output that holds a plotly figure. */
export const plotlyMime = "application/vnd.plotly.v1+json";

const LAB_EXTENSION = "tdnc-figures";

/**
 * Writes what draws live figures in Jupyter without a network, next to the kernel's description:
 * plotly.js, which Jupyter's server then serves from the kernel's folder; `kernel.js` for the classic
 * Notebook; and an extension for JupyterLab and Notebook 7 in the folder `labextensions`.
 *
 * Each page loads plotly.js once, when it shows its first figure. In a notebook that is not trusted
 * nothing of this runs, and the pictures stay.
 *
 * @param kernels The folder of Jupyter kernels, as of `writeJupyterKernelSpec`.
 */
export async function writeFigureRenderer(kernels: string): Promise<void> {
  const kernel = path.join(kernels, jupyterKernelName);
  await makeFolder(kernel);
  const plotly = await readFile(plotlyFile());
  await atomicWrite(path.join(kernel, "plotly.js"), plotly);
  await atomicWrite(path.join(kernel, "kernel.js"), classicExtension);
  const extension = path.join(kernels, "..", "labextensions", LAB_EXTENSION);
  await makeFolder(path.join(extension, "static"));
  await atomicWrite(path.join(extension, "static", "extension.js"), labExtension);
  await atomicWrite(path.join(extension, "package.json"), labPackage);
}

const labPackage = `${JSON.stringify(
  {
    name: LAB_EXTENSION,
    version: "0.1.0",
    description: "Live plotly figures",
    jupyterlab: {
      extension: false,
      mimeExtension: true,
      _build: { load: "static/extension.js", mimeExtension: "./mimeExtension" },
    },
  },
  undefined,
  2,
)}\n`;

// Kept as text: a page of Jupyter runs it, and what a compiler makes of a function may not run there.
const drawing = `
  var MIME = "${plotlyMime}";
  var plotly;
  function loadPlotly(base) {
    plotly = plotly || new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = base + "kernelspecs/${jupyterKernelName}/plotly.js";
      script.onload = function () { resolve(window.Plotly); };
      script.onerror = function () { plotly = undefined; reject(new Error(script.src + " does not load")); };
      document.head.appendChild(script);
    });
    return plotly;
  }
  function draw(Plotly, place, figure) {
    var earlier = Array.from(place.children);
    var live = place.appendChild(document.createElement("div"));
    // The page's own copy of the figure stays as it is: plotly writes into what it draws.
    return Plotly.newPlot(live, JSON.parse(JSON.stringify(figure))).then(function () {
      earlier.forEach(function (child) { Plotly.purge(child); child.remove(); });
    }, function (error) { live.remove(); throw error; });
  }`;

const labExtension = `(function () {${drawing}
  var page = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  function extension(Widget) {
    class LiveFigure extends Widget {
      renderModel(model) {
        var place = this.node;
        var picture = model.data["image/png"];
        if (picture && !place.firstChild) {
          var image = place.appendChild(document.createElement("img"));
          image.src = "data:image/png;base64," + picture;
          image.alt = model.data["text/plain"] || "figure";
        }
        // Where it is not seen yet, plotly could not measure its texts.
        if (this.observer) this.observer.disconnect();
        this.observer = new IntersectionObserver(function (entries, observer) {
          if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
          observer.disconnect();
          loadPlotly(page.baseUrl)
            .then(function (Plotly) { return draw(Plotly, place, model.data[MIME]); })
            .catch(function (error) { console.warn("the live figure is not shown:", error); });
        });
        this.observer.observe(place);
        return Promise.resolve();
      }
    }
    return {
      id: "${LAB_EXTENSION}:figure",
      dataType: "json",
      rank: 0,
      rendererFactory: {
        safe: false,
        mimeTypes: [MIME],
        createRenderer: function () { return new LiveFigure(); }
      }
    };
  }
  // The interface of webpack's module federation, which Lab loads its extensions by.
  var shared;
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["${LAB_EXTENSION}"] = {
    init: function (scope) { shared = scope["@lumino/widgets"]; },
    get: function () {
      return Promise.resolve(shared[Object.keys(shared)[0]].get()).then(function (widgets) {
        var module = { __esModule: true, default: extension(widgets().Widget) };
        return function () { return module; };
      });
    }
  };
})();
`;

const classicExtension = `define(["base/js/namespace", "notebook/js/outputarea"], function (Jupyter, outputs) {${drawing}
  var OutputArea = outputs.OutputArea;
  function register(Plotly) {
    function append(figure, metadata, element) {
      var place = this.create_output_subarea(metadata, "rendered_html", MIME);
      element.append(place);
      draw(Plotly, place[0], figure);
      return place;
    }
    OutputArea.prototype.register_mime_type(MIME, append, { safe: false, index: 0 });
    // Those that were drawn before.
    Jupyter.notebook.get_cells().forEach(function (cell) {
      var area = cell.output_area;
      if (!area || !area.outputs.some(function (output) { return output.data && output.data[MIME]; })) return;
      var shown = area.toJSON();
      var trusted = area.trusted;
      area.clear_output();
      area.trusted = trusted; // which clearing sets
      area.fromJSON(shown, cell.metadata);
    });
  }
  return {
    onload: function () {
      loadPlotly(document.body.getAttribute("data-base-url")).then(register, function (error) {
        console.warn("live figures are not shown:", error);
      });
    }
  };
});
`;
