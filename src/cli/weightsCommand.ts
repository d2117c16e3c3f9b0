import { makeFolder } from "../files/atomicWrite";
import path from "node:path";
import { Command } from "@commander-js/extra-typings";
import { outFile } from "./options";

/** `tdnc weights`: a trained network for PyTorch. */
export function weightsCommand() {
  return new Command("weights")
    .summary("write a run's trained network for PyTorch")
    .description(
      "Writes the weights of a run as a PyTorch state dict (safetensors) with the module names of " +
        "Hofer et al.'s SimpleCNN_MNIST and SimpleCNN13: model.load_state_dict(load_file(FILE)). " +
        "readStateDict() of the library reads such a file.",
    )
    .argument("<run>", "folder of a run, with record.json and model/")
    .option("--out <file>", "file to write; an existing file is replaced", "weights.safetensors")
    .addHelpText(
      "after",
      "\nExample:\n  $ tdnc weights runs/mnist-250-sliding/split-0-seed-0 --out sliding.safetensors\n\n" +
        "Exit codes: 0 done, 1 the run has no model, 2 bad arguments.",
    )
    .action(async (folder, { out }) => {
      outFile(out, ".safetensors");
      const { selectBackend } = await import("../backend/selectBackend.js");
      const { loadSavedNetwork } = await import("../runs/savedRun.js");
      const { writeStateDict } = await import("../runs/stateDictFile.js");
      await selectBackend("cpu");
      const network = await loadSavedNetwork(folder);
      try {
        await makeFolder(path.dirname(out));
        await writeStateDict(network, out);
      } finally {
        network.dispose();
      }
      process.stdout.write(`${out}\n`);
    });
}
