/** Untrusted text as one line for a terminal: no control characters, at most 500 characters. */
export function plain(text: unknown): string {
  return String(text)
    .replace(/\p{C}+/gu, " ")
    .slice(0, 500);
}

/** Limit on the characters of a value in an error. */
const MOST_SHOWN = 60;

/** JSON value for an error message, possibly truncated; "nothing" for undefined. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const isText = typeof value === "string";
  const text = plain(isText ? value : (JSON.stringify(value) ?? typeof value));
  const cut = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
  return isText ? JSON.stringify(cut) : cut;
}
