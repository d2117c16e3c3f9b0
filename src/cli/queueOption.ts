import type { Command } from "commander";
import { parseQueueAddress, QUEUE_VARIABLE, type QueueAddress } from "../runs/queue/address";
import { loadBullmq } from "../runs/queue/bullmq";
import { BadArguments } from "./badArguments";

/** Gives a command the option that names a queue. */
export function addQueueOption(command: Command, what: string): Command {
  return command.option(
    "--queue [address]",
    `${what} redis://host:6379/0, or rediss:// for TLS; without an address that of the ` +
      `environment variable ${QUEUE_VARIABLE}, where a password is not seen`,
  );
}

/**
 * The queue that `--queue` names.
 *
 * @throws {BadArguments} If it names none, or the packages behind it are not installed.
 */
export function queueAddress(option: string | true | undefined): QueueAddress {
  const text = typeof option === "string" ? option : process.env[QUEUE_VARIABLE];
  if (!text)
    throw new BadArguments(`--queue: expected an address, or one in ${QUEUE_VARIABLE}, got none`);
  try {
    loadBullmq();
    return parseQueueAddress(text);
  } catch (error) {
    throw new BadArguments(`--queue: ${(error as Error).message}`);
  }
}
