// Of bytes that are known to be JSON already.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** From behind the opening quote to behind the closing one. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** From `at` over blanks; `end` when nothing else comes. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isSpace(bytes[at] as number)) at += 1;
  return at;
}

/** A string that ends at `at` is a key when a colon follows. */
export function isColonNext(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[skipSpace(bytes, at, end)] === COLON;
}

function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
