import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import * as util from "node:util";
import { Command } from "@commander-js/extra-typings";
import { makeFolder, temporaryName } from "../files/atomicWrite";
import { findPython } from "../notebook/jupyter";
import { outFolder } from "./options";

/** Source of libtensorflow: a wheel of PyPI, which any Python's pip can download. */
const WHEEL = {
  requirement: "tensorflow-cpu==2.15.1",
  target: ["--python-version=3.11", "--abi=cp311", "--platform=manylinux_2_17_x86_64"],
  file: "tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
};
const HEADERS = "node-api-headers@1.5.0";
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const BINDING = "tfjs_binding.node";

/** Extracts headers, libraries and licenses from the wheel. */
const UNPACK = `
import sys, zipfile
wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    wanted = lambda name: (
        name.startswith("tensorflow/include/") or "LICENSE" in name or "THIRD_PARTY" in name
        or name.split("/")[-1] in (${LIBRARIES.map((name) => `"${name}"`).join(", ")})
    )
    archive.extractall(folder, [name for name in archive.namelist() if wanted(name)])
`;

const HELP = `
You need this only if npm could not install tfjs-node, because its download of libtensorflow failed,
and only for --backend tensorflow. It compiles tfjs-node's sources against the library of PyPI's
${WHEEL.requirement} (207 MB to download, 0.8 GB unpacked; the SHA-256 is checked). It needs Linux on
x64, Node 20 or 22, a Python with pip, and g++.

Example:
  $ tdnc tfjs-node

Exit codes: 0 tfjs-node loads, 1 it does not.
`;

/** `tdnc tfjs-node`: builds the native backend if its download failed. */
export function tfjsNodeCommand() {
  return new Command("tfjs-node")
    .summary("build the tensorflow backend if its download failed")
    .description("Builds tfjs-node's native library from its sources in npm.")
    .option("--folder <folder>", "folder for libtensorflow, which must stay there", defaultFolder())
    .option("--wheel <file>", `a copy of ${WHEEL.file}, instead of downloading it`)
    .addHelpText("after", HELP)
    .action(async ({ folder, wheel }) => {
      outFolder(folder, "--folder");
      process.stdout.write(`${await buildTfjsNode(path.resolve(folder), wheel)}\n`);
    });
}

function defaultFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || path.join(process.env.HOME || os.tmpdir(), ".cache");
  return path.join(cache, "tdnc", WHEEL.requirement.replace("==", "-"));
}

/**
 * Builds tfjs-node's binding into the installed package, unless it loads already.
 *
 * @param folder Folder for libtensorflow, from which the binding loads it.
 * @param wheel A copy of the wheel.
 * @returns The version of TensorFlow that loads now.
 * @throws {Error} If something is missing; the message says what to do.
 */
async function buildTfjsNode(folder: string, wheel?: string): Promise<string> {
  if (wheel !== undefined) await checkWheel(wheel);
  checkSystem();
  const root = projectFolder();
  const before = loadedVersion(root);
  if (before !== undefined) return `tfjs-node loads already, with TensorFlow ${before}`;
  const sources = sourcesOf(root);
  if (!existsSync(folder)) await unpackWheel(folder, wheel);
  const headers = await headersFolder(folder);
  say(`compiling ${BINDING}`);
  const target = path.join(sources, "lib", "napi-v8", BINDING);
  await makeFolder(path.dirname(target));
  const made = temporaryName(target);
  try {
    compile(sources, headers, path.join(folder, "tensorflow"), made);
    await rename(made, target);
  } finally {
    await rm(made, { force: true });
  }
  const version = loadedVersion(root);
  if (version === undefined) throw new Error(`${target} was built, but tfjs-node does not load`);
  return `built ${target}: tfjs-node loads, with TensorFlow ${version}; do not remove ${folder}`;
}

function checkSystem(): void {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64")
    throw new Error(
      `expected Linux on x64, got ${platform} on ${arch}: use "npm rebuild @tensorflow/tfjs-node", ` +
        "which downloads the library, or --backend wasm, which needs none",
    );
  if (!("isNullOrUndefined" in util))
    throw new Error(`expected Node 20 or 22, on which tfjs-node runs, got ${process.version}`);
}

/** The folder whose node_modules has tfjs. */
function projectFolder(): string {
  return path.join(path.dirname(require.resolve("@tensorflow/tfjs/package.json")), "../../..");
}

/** Version of TensorFlow, if tfjs-node loads in a separate process. */
function loadedVersion(root: string): string | undefined {
  const program =
    "require('@tensorflow/tfjs-node');console.log(require('@tensorflow/tfjs').backend().binding.TF_Version)";
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const options = { cwd: root, env, encoding: "utf8" as const };
  const { status, stdout } = spawnSync(process.execPath, ["-e", program], options);
  return status === 0 ? stdout.trim() : undefined;
}

/** Folder of tfjs-node's package, which npm leaves out if its download failed. */
function sourcesOf(root: string): string {
  const folder = path.join(root, "node_modules", "@tensorflow", "tfjs-node");
  if (!existsSync(folder)) {
    const { version } = require("@tensorflow/tfjs/package.json") as { version: string };
    say("installing the package without its script");
    const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
    execute("npm", ["install", ...options, `@tensorflow/tfjs-node@${version}`], { cwd: root });
  }
  return folder;
}

/** Downloads the wheel unless it is given, checks it, and extracts the needed parts. */
async function unpackWheel(folder: string, given?: string): Promise<void> {
  const python = findPython("import pip", process.env);
  if (python === undefined)
    throw new Error("expected a Python with pip, got none (Debian: apt install python3-pip)");
  await makeFolder(path.dirname(folder));
  const work = await mkdtemp(`${folder}.`);
  try {
    if (given === undefined) {
      say(`fetching ${WHEEL.requirement} (207 MB)`);
      const options = ["--no-deps", "--only-binary=:all:", "--implementation=cp", "--quiet"];
      const download = ["-m", "pip", "download", ...options, ...WHEEL.target, `--dest=${work}`];
      execute(python, [...download, WHEEL.requirement]);
    }
    const wheel = given ?? path.join(work, WHEEL.file);
    if (given === undefined) await checkWheel(wheel);
    execute(python, ["-c", UNPACK, wheel, path.join(work, "unpacked")]);
    await rename(path.join(work, "unpacked"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkWheel(wheel: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(wheel), hash).catch((error: Error) => {
    throw new Error(`${wheel}: expected the wheel of ${WHEEL.requirement}, got: ${error.message}`);
  });
  const own = hash.digest("hex");
  if (own !== WHEEL.sha256)
    throw new Error(
      `${wheel}: expected SHA-256 ${WHEEL.sha256}, got ${own}: the file was not used`,
    );
}

/** The folder of node_api.h: Node's own, or npm's package of it, unpacked next to libtensorflow. */
async function headersFolder(folder: string): Promise<string> {
  const own = path.join(path.dirname(process.execPath), "..", "include", "node");
  const unpacked = path.join(folder, "node-api-headers");
  const inPackage = path.join(unpacked, "package", "include");
  const found = [own, "/usr/include/node", inPackage].find((one) =>
    existsSync(path.join(one, "node_api.h")),
  );
  if (found !== undefined) return found;
  await makeFolder(unpacked);
  const file = execute("npm", ["pack", "--silent", HEADERS], { cwd: unpacked }).trim();
  execute("tar", ["-xzf", file], { cwd: unpacked });
  return inPackage;
}

function compile(sources: string, headers: string, tensorflow: string, target: string): void {
  const binding = path.join(sources, "binding");
  const code = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => path.join(binding, name));
  const includes = [headers, path.join(tensorflow, "include")].map((one) => `-I${one}`);
  const libraries = [`-L${tensorflow}`, ...LIBRARIES.map((name) => `-l:${name}`)];
  const options = ["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8", "-w"];
  const link = ["-o", target, ...libraries, `-Wl,-rpath,${tensorflow}`];
  execute("g++", [...options, ...includes, ...code, ...link]);
}

/**
 * Runs a program to its end.
 *
 * @returns What it wrote on standard output.
 * @throws {Error} If it is not installed or fails; the message has its last line.
 */
function execute(program: string, args: readonly string[], { cwd }: { cwd?: string } = {}): string {
  try {
    return execFileSync(program, args, {
      cwd,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
      stdio: "pipe",
    });
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    const reason =
      code === "ENOENT" ? "it is not installed" : stderr.trim().split("\n").slice(-1).join("");
    throw new Error(`${program}: ${reason || (error as Error).message}`, { cause: error });
  }
}

const say = (text: string) => void process.stderr.write(`${text}\n`);
