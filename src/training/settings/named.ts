import { shown } from "../../numerics/plainText";

/**
 * Entry with a given name.
 *
 * @param what Kind of the entries, for the error.
 * @throws {RangeError} If there is no such entry: the message lists the entries.
 */
export function named<T>(entries: Readonly<Record<string, T>>, name: string, what: string): T {
  if (!Object.hasOwn(entries, name))
    throw new RangeError(
      `unknown ${what} ${shown(name)}; expected one of ${Object.keys(entries).join(", ")}`,
    );
  return entries[name];
}
