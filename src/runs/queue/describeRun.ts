import { selectBackend, type SelectedBackend } from "../../backend/selectBackend";
import type { ExperimentConfig } from "../../training/settings/config";
import { loadSplits, splitData, type DataSource, type LoadedSplits } from "../runData";
import type { RunJob } from "../runner";
import { parseConfig } from "../../training/settings/parseConfig";
import type { QueueJob } from "./queueJob";

/**
 * What makes queue jobs of runs: it reads their data, each data set once, for the hashes that a
 * worker's data must have, and gives the rows with them where they are of a file.
 *
 * @param build That is to compute them.
 */
export function runDescriber(build: string): (job: RunJob) => Promise<QueueJob> {
  const loaded = new Map<string, Promise<LoadedSplits>>();
  const backends = new Map<string, Promise<SelectedBackend["name"]>>();
  return async ({ config: json, backend: asked, source }) => {
    const config = parseConfig(json);
    const key = JSON.stringify([config.dataset, config.labelCount, config.splitSeed, source]);
    if (!loaded.has(key)) loaded.set(key, loadSplits(config, source));
    if (!backends.has(asked))
      backends.set(
        asked,
        selectBackend(asked).then(({ name }) => name),
      );
    const backend = await backends.get(asked)!;
    return { build, config, backend, ...splitOf(config, await loaded.get(key)!, source) };
  };
}

function splitOf(
  config: ExperimentConfig,
  splits: LoadedSplits,
  { splitsFile }: DataSource,
): Pick<QueueJob, "split" | "rows"> {
  const { source, rowsHash, imagesHash } = splitData(splits, config).split;
  const split = { source, rowsHash, imagesHash: imagesHash! };
  return splitsFile === undefined
    ? { split }
    : { split, rows: Array.from(splits.splits[config.split]) };
}
