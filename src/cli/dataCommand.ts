import path from "node:path";
import { Argument, Command, Option } from "@commander-js/extra-typings";
import { OFFICIAL_FILES } from "../data/officialFiles";
import type { OfficialFile } from "../files/fetchFile";
import { BadArguments, outFolder } from "./options";

const HELP = `
MNIST needs no command: it comes with npm install. The same command resumes an interrupted download;
a file appears only when it is complete and its MD5 is correct.

Examples:
  $ tdnc data svhn
  $ tdnc data cifar10 --from ~/Downloads
  $ tdnc train svhn-250 --data data/svhn

Exit codes: 0 all files are there, 1 a file is missing, 2 bad arguments.
`;

type Dataset = keyof typeof OFFICIAL_FILES;
const DATASETS = Object.keys(OFFICIAL_FILES) as Dataset[];

interface Options {
  readonly from?: string;
  readonly out?: string;
  readonly mirror?: string;
  readonly quiet?: true;
}

/** `tdnc data`: downloads the official files of a data set into a folder. */
export function dataCommand() {
  return new Command("data")
    .summary("download SVHN or CIFAR-10")
    .description("Downloads the official files of a data set, or copies them from a folder.")
    .addArgument(new Argument("<dataset>", "the data set").choices(DATASETS))
    .addOption(
      new Option(
        "--from <folder>",
        "copy the files from this folder instead of downloading them",
      ).conflicts("mirror"),
    )
    .option("--out <folder>", "folder to write to (default: data/<dataset>)")
    .option("--mirror <address>", "download from this address instead of the authors'")
    .option("--quiet", "print no progress")
    .addHelpText("after", HELP)
    .action(bringFiles);
}

async function bringFiles(dataset: Dataset, options: Options): Promise<void> {
  const { from, mirror, out = path.join("data", dataset) } = options;
  outFolder(out);
  if (mirror !== undefined && !URL.canParse(mirror))
    throw new BadArguments(
      `--mirror: expected an address such as https://host/path, got "${mirror}"`,
    );
  const files = OFFICIAL_FILES[dataset].map((file) =>
    mirror === undefined ? file : { ...file, address: mirror.replace(/\/*$/, "/") },
  );
  const { takeFile } = await import("../files/fetchFile.js");
  try {
    for (const file of files)
      if (from === undefined) await fetchOne(file, out, options.quiet);
      else await takeFile(file, from, out);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${instructions(dataset, files, out)}`, {
      cause: error,
    });
  }
  process.stdout.write(`${out}: ${files.map(({ name }) => name).join(", ")}, as published\n`);
}

async function fetchOne(file: OfficialFile, out: string, quiet = false): Promise<void> {
  const { fetchFile } = await import("../files/fetchFile.js");
  const progress = quiet ? undefined : await showProgress(file);
  try {
    await fetchFile(file, out, { onProgress: progress?.show, onRetry: sayRetry });
  } finally {
    progress?.end();
  }
}

function sayRetry({ message }: Error, pause: number): void {
  process.stderr.write(`${message}; again in ${pause / 1000} s\n`);
}

/** A bar on a terminal, a line at every tenth elsewhere; on standard error. */
async function showProgress({ name }: OfficialFile) {
  if (!process.stderr.isTTY) {
    let tenths = 0;
    const show = (received: number, total: number) => {
      if (Math.floor((10 * received) / total) <= tenths) return;
      tenths = Math.floor((10 * received) / total);
      process.stderr.write(`${name}: ${10 * tenths}% of ${megabytes(total)} MB\n`);
    };
    return { show, end: () => undefined };
  }
  const { SingleBar } = await import("cli-progress");
  const format = "{name} {bar} {percentage}%, {eta_formatted} left";
  const bar = new SingleBar({ format, stream: process.stderr, barsize: 24 });
  const show = (received: number, total: number) => {
    if (!bar.isActive) bar.start(total, received, { name });
    bar.update(received);
  };
  return { show, end: () => bar.stop() };
}

/** Instructions to get the files by hand. */
function instructions(dataset: Dataset, files: readonly OfficialFile[], out: string): string {
  const lines = files.map(
    ({ address, name, bytes, md5 }) => `  ${address}${name}  (${megabytes(bytes)} MB, MD5 ${md5})`,
  );
  return [
    "To do it by hand, download on a machine with a network",
    ...lines,
    `and put ${files.length > 1 ? "them" : "it"} into ${out}, or name their folder: ` +
      `npx tdnc data ${dataset} --from FOLDER`,
  ].join("\n");
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
