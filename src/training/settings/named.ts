import { shown } from "../../numerics/plainText";

/**
 * The entry of a name.
 *
 * @param what The entries are, for the error.
 * @throws {RangeError} If there is no such entry: which there are.
 */
export function named<T>(entries: Readonly<Record<string, T>>, name: string, what: string): T {
  if (!Object.hasOwn(entries, name))
    throw new RangeError(
      `unknown ${what} ${shown(name)}; expected one of ${Object.keys(entries).join(", ")}`,
    );
  return entries[name];
}
