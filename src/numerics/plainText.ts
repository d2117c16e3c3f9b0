/** A text from outside as one line of a terminal: no control characters, at most 500 characters. */
export function plain(text: unknown): string {
  return String(text)
    .replace(/\p{C}+/gu, " ")
    .slice(0, 500);
}

/** A value of JSON in an error: its text, which may be cut; "nothing" where there is none. */
export function shown(value: unknown): string {
  const text = plain(JSON.stringify(value) ?? (value === undefined ? "nothing" : String(value)));
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
