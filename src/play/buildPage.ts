// Bundles the page of `tdnc play` into dist/play/page: npm run build:page
import path from "node:path";
import * as esbuild from "esbuild";

const root = path.resolve(__dirname, "..", "..");
const at = (...names: string[]) => path.join(root, ...names);

/** Everything that the page is made of, but for the images. */
const ENTRIES = [
  at("src", "play", "page", "page.ts"),
  at("src", "play", "page", "worker.ts"),
  at("src", "play", "page", "index.html"),
  at("dist", "kernels", "training.wasm"),
  at("dist", "kernels", "training-relaxed.wasm"),
  require.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"),
];
const UPLOT_LICENSE = path.join(path.dirname(require.resolve("uplot/package.json")), "LICENSE");

esbuild.buildSync({
  entryPoints: [
    ...ENTRIES.map((file) => ({ in: file, out: path.parse(file).name })),
    { in: UPLOT_LICENSE, out: "uPlot-LICENSE" },
  ],
  outdir: at("dist", "play", "page"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  loader: { ".html": "copy", ".wasm": "copy", "": "copy" },
  logLevel: "warning",
});
