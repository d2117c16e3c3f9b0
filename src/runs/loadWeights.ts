import path from "node:path";
import { readLimited } from "../files/readLimited";
import { MODEL_FILE, setWeights, WEIGHTS_FILE } from "../model/modelFiles";
import type { Network } from "../model/network";

const MOST_MODEL_BYTES = 10_000_000;
/** SimpleCNN13 with width 8 has 790 million. */
const MOST_WEIGHT_BYTES = 1_000_000_000;

/**
 * Sets a network's weights and statistics to those of a saved model.
 *
 * @param folder Contains model.json and weights.bin.
 * @throws {Error} If the files are missing, damaged, truncated or of another network; the network
 *   is then unchanged.
 */
export async function loadWeights(network: Network, folder: string): Promise<void> {
  const description = String(await read(path.join(folder, MODEL_FILE), MOST_MODEL_BYTES));
  const bytes = await read(path.join(folder, WEIGHTS_FILE), MOST_WEIGHT_BYTES);
  setWeights(network, description, bytes, folder);
}

async function read(file: string, most: number): Promise<Buffer> {
  return readLimited(file, most).catch((error: Error) => {
    throw new Error(`${file}: expected a model of tfjs, got: ${error.message}`, { cause: error });
  });
}
