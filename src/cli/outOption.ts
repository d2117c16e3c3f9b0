import { statSync, type Stats } from "node:fs";
import path from "node:path";
import { BadArguments } from "./badArguments";

/**
 * A folder that an option names, which exists or can be made.
 *
 * @throws {BadArguments} If there is no name, or a file is in the way: which.
 */
export function outFolder(option: string, folder: string): string {
  if (folder.trim() === "")
    throw new BadArguments(`${option}: expected a folder, got an empty name`);
  // The nearest thing on the way that exists decides.
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const there = thingAt(at);
    if (there?.isDirectory()) return folder;
    if (there) throw new BadArguments(`${option}: expected a folder, got the file ${at}`);
    if (at === path.dirname(at)) return folder;
  }
}

/**
 * A file that an option names, in a folder that exists or can be made.
 *
 * @param ending Such as `.html`.
 * @throws {BadArguments} If its name does not end so, it is a folder, or {@link outFolder} refuses.
 */
export function outFile(option: string, file: string, ending: string): string {
  if (path.extname(file) !== ending)
    throw new BadArguments(
      `${option}: expected the name of a file ending in ${ending}, got "${file}"`,
    );
  if (thingAt(file)?.isDirectory())
    throw new BadArguments(`${option}: expected a file, got the folder ${file}`);
  outFolder(option, path.dirname(file));
  return file;
}

/** Undefined where nothing is, also where a file is in the way. */
function thingAt(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch {
    return undefined;
  }
}
