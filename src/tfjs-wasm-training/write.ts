// Writes the package tfjs-wasm-training into a folder, by default dist/tfjs-wasm-training:
//   npm run package:kernels [-- FOLDER]
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import ts from "typescript";
import { builtFile } from "../backend/trainingBuild";

const root = path.resolve(__dirname, "..", "..");

export function writeKernelsPackage(folder: string): void {
  const at = (name: string) => path.join(folder, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  bundle("node.ts", at("node.cjs"), { platform: "node", format: "cjs", target: "node20" });
  bundle("index.ts", at("browser.mjs"), {
    platform: "neutral",
    format: "esm",
    target: "es2022",
    minify: true,
  });
  writeFileSync(at("node.mjs"), 'export { registerWasmKernels } from "./node.cjs";\n');
  writeFileSync(at("index.d.ts"), declarations("index.ts"));
  for (const name of ["training.wasm", "training-relaxed.wasm"])
    copyFileSync(builtFile("kernels", name), at(name));
  copyFileSync(path.join(__dirname, "package.json"), at("package.json"));
  copyFileSync(path.join(root, "LICENSE"), at("LICENSE"));
  copyFileSync(path.join(root, "src", "kernels", "README.md"), at("README.md"));
}

function bundle(entry: string, outfile: string, options: esbuild.BuildOptions): void {
  esbuild.buildSync({
    entryPoints: [path.join(__dirname, entry)],
    outfile,
    bundle: true,
    packages: "external",
    minifyWhitespace: true,
    minifySyntax: true,
    ...options,
  });
}

function declarations(entry: string): string {
  const source = readFileSync(path.join(__dirname, entry), "utf8");
  return ts.transpileDeclaration(source, {}).outputText;
}

if (require.main === module) {
  const folder = path.resolve(process.argv[2] ?? path.join(root, "dist", "tfjs-wasm-training"));
  writeKernelsPackage(folder);
  console.log(`${folder}: run npm pack or npm publish there`);
}
