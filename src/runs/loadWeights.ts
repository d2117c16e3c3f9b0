import { readFile } from "node:fs/promises";
import path from "node:path";
import { MODEL_FILE, setWeights, WEIGHTS_FILE } from "../model/modelFiles";
import type { Network } from "../model/network";

/**
 * Sets a network's weights and statistics to those of a saved model.
 *
 * @param folder Holds model.json and weights.bin.
 * @throws {Error} If the files are missing, damaged, cut short or of another network; the network
 *   is then as it was.
 */
export async function loadWeights(network: Network, folder: string): Promise<void> {
  const description = await readFile(path.join(folder, MODEL_FILE), "utf8");
  const bytes = await readFile(path.join(folder, WEIGHTS_FILE));
  setWeights(network, description, bytes, folder);
}
