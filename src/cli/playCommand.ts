import { spawn } from "node:child_process";
import path from "node:path";
import { Command } from "@commander-js/extra-typings";
import { outFolder, refuse, wholeNumber } from "./options";
import { stopSignals } from "./stopSignals";

const MOST_PORT = 65535;

/** `tdnc play`: a page that trains in the browser. */
export function playCommand() {
  return new Command("play")
    .summary("train in the browser, with sliders for beta and the weight")
    .description(
      "Serves a page that trains the network of mnist-250 in the browser while you change beta, the " +
        "weight and more, and opens it. Only this machine can reach it; Ctrl-C ends it.",
    )
    .option("--port <number>", "the port to serve on (default: a free one)")
    .option("--no-open", "print the address, and open nothing")
    .option("--out <folder>", "write the page as files for any web server, and serve nothing")
    .addHelpText("after", "\nExit codes: 0 done or ended by Ctrl-C, 1 failure, 2 bad arguments.")
    .action(async ({ port, open, out }) => {
      const portNumber = port === undefined ? 0 : wholeNumber("--port", port, 0, MOST_PORT);
      const { pageFilesWithNotebooks, writePage } = await import("../play/pageFiles.js");
      if (out !== undefined) {
        await writePage(outFolder(out));
        process.stdout.write(`${path.join(out, "index.html")}: serve this folder\n`);
        return;
      }
      const { servePage } = await import("../play/server.js");
      const server = await servePage(pageFilesWithNotebooks(), portNumber).catch(refuse);
      process.stdout.write(`${server.address} (Ctrl-C ends it)\n`);
      for (const signal of stopSignals()) process.once(signal, () => void server.close());
      if (open) openInBrowser(server.address);
    });
}

/** Opens an address where the system can; the address has been printed. */
function openInBrowser(address: string): void {
  const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", ""],
  };
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, address], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
