/** Arguments that cannot be meant: the command ends with exit code 2. */
export class BadArguments extends Error {
  override readonly name = "BadArguments";
}
