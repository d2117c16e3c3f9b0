import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { TrainingData } from "../../data/imageSet";
import { registerWasmKernels } from "../../tfjs-wasm-training/index";
import { LiveRun } from "../live/liveRun";
import type { Report, Request } from "../live/messages";
import { decodePlayData } from "../live/playData";

/** The global scope of a worker, of which the types of pages know nothing. */
const scope = self as unknown as {
  readonly location: Location;
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(report: Report, transfer: ArrayBuffer[]): void;
};
const post = (report: Report, transfer: ArrayBuffer[] = []) => scope.postMessage(report, transfer);

/** Lets messages through; timers would wait 4 ms. */
const channel = new MessageChannel();
let resume: (() => void) | undefined;
channel.port1.onmessage = () => resume?.();
const messagesThrough = () =>
  new Promise<void>((resolve) => {
    resume = resolve;
    channel.port2.postMessage(undefined);
  });

async function fetched(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(name, scope.location.href)).catch((error: Error) => {
    throw new Error(`${name} could not be loaded: ${error.message}; is the server still running?`);
  });
  if (!response.ok) throw new Error(`${name} could not be loaded: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function started(): Promise<TrainingData> {
  const data = fetched("digits.bin");
  const [relaxed, plain] = await Promise.all(
    ["training-relaxed.wasm", "training.wasm"].map(fetched),
  );
  setWasmPaths(new URL("./", scope.location.href).href);
  const variant = await registerWasmKernels({ relaxed, plain });
  if (variant === "none" || !(await tf.setBackend("wasm")))
    throw new Error(
      "This browser has no WebAssembly SIMD, with which the network is trained. " +
        "Chrome and Edge 91, Firefox 89 and Safari 16.4, or later versions, have it.",
    );
  post({ kind: "ready", variant });
  return decodePlayData(await data);
}

const requests: Request[] = [];
let wake: (() => void) | undefined;
scope.onmessage = ({ data }) => {
  requests.push(data);
  wake?.();
};

async function main(): Promise<void> {
  const run = new LiveRun(await started(), post);
  for (;;) {
    for (const request of requests.splice(0)) await run.take(request);
    if (run.isPlaying) {
      await run.advance();
      await messagesThrough();
    } else
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (requests.length > 0) resolve();
      });
  }
}

main().catch((error: Error) => post({ kind: "failed", message: error.message, isFatal: true }));
