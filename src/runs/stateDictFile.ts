import { storedArrays } from "../files/arrayFile";
import { atomicWrite } from "../files/atomicWrite";
import { encodeSafetensors } from "../files/safetensors";
import type { Network } from "../model/network";
import { setStateDict, stateDict, type StateTensor } from "../model/stateDict";

/**
 * Writes a network's weights as a PyTorch state dict, in a .safetensors file:
 * `model.load_state_dict(safetensors.torch.load_file(file))`.
 *
 * @throws {Error} If the file cannot be written.
 */
export async function writeStateDict(network: Network, file: string): Promise<void> {
  const { name } = network.architecture;
  await atomicWrite(file, encodeSafetensors(await stateDict(network), { format: "pt", name }));
}

/**
 * Sets a network's weights to those of a PyTorch state dict in a file:
 * `safetensors.torch.save_file(model.state_dict(), file)`; .npz works too.
 *
 * @throws {Error} If the file is missing, damaged or of another network; the network is then
 *   unchanged.
 */
export async function readStateDict(network: Network, file: string): Promise<void> {
  const tensors = new Map<string, StateTensor>();
  for (const { name, shape, open } of await storedArrays(file)) {
    const { rows, count } = await open();
    tensors.set(name, { shape, values: Float32Array.from(rows(0, count)) });
  }
  setStateDict(network, tensors, file);
}
