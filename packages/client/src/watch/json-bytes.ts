/** The bytes are not JSON. */
export const INVALID = -1;
/** So far so good, but the value does not end within the bytes. */
export const INCOMPLETE = -2;
/** Nested deeper than this code follows; `JSON.parse` may know more. */
export const TOO_DEEP = -3;

const MAX_DEPTH = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");
const NULL = Buffer.from("null");

/**
 * Where the JSON value that begins at `at` ends; negative when it does not. Accepts exactly what `JSON.parse` accepts (property-tested
 * against it), so what was passed over here can be parsed later without surprise. Makes nothing: no string, no object.
 */
export function skipValue(bytes: Uint8Array, at: number, end: number, depth = 0): number {
  if (at >= end) return INCOMPLETE;
  // A chain in the order of frequency: this is where a client's time goes.
  const byte = bytes[at] as number;
  if (byte === QUOTE) return skipString(bytes, at + 1, end);
  if (byte === OPEN_BRACE) return depth > MAX_DEPTH ? TOO_DEEP : skipObject(bytes, at + 1, end, depth + 1);
  if (byte === OPEN_BRACKET) return depth > MAX_DEPTH ? TOO_DEEP : skipArray(bytes, at + 1, end, depth + 1);
  if (byte === 0x74) return skipWord(bytes, at, end, TRUE);
  if (byte === 0x66) return skipWord(bytes, at, end, FALSE);
  if (byte === 0x6e) return skipWord(bytes, at, end, NULL);
  return skipNumber(bytes, at, end);
}

/** From behind the opening quote to behind the closing one. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at] as number;
    at += 1;
    // Most of what there is.
    if (byte > BACKSLASH) continue;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) {
      at = skipEscape(bytes, at, end);
      if (at < 0) return at;
    } else if (byte < 0x20) {
      return INVALID;
    }
  }
  return INCOMPLETE;
}

/** From `at` over blanks; `end` when nothing else comes. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at += 1;
  }
  return end;
}

function skipObject(bytes: Uint8Array, at: number, end: number, depth: number): number {
  at = skipSpace(bytes, at, end);
  if (at < end && bytes[at] === CLOSE_BRACE) return at + 1;
  while (at < end) {
    if (bytes[at] !== QUOTE) return INVALID;
    at = skipString(bytes, at + 1, end);
    if (at < 0) return at;
    if (at + 1 < end && bytes[at] === COLON && (bytes[at + 1] as number) > 0x20) at += 1;
    else at = skipColon(bytes, at, end);
    if (at < 0) return at;
    // The emptiest object, of which managedFields has one per field.
    if (at + 1 < end && bytes[at] === OPEN_BRACE && bytes[at + 1] === CLOSE_BRACE) at += 2;
    else at = skipValue(bytes, at, end, depth);
    if (at < 0) return at;
    if (at < end && (bytes[at] as number) <= 0x20) at = skipSpace(bytes, at, end);
    if (at >= end) return INCOMPLETE;
    const byte = bytes[at];
    if (byte === CLOSE_BRACE) return at + 1;
    if (byte !== COMMA) return INVALID;
    at += 1;
    if (at < end && (bytes[at] as number) <= 0x20) at = skipSpace(bytes, at, end);
  }
  return INCOMPLETE;
}

/** From behind a key to where its value begins. */
export function skipColon(bytes: Uint8Array, at: number, end: number): number {
  at = skipSpace(bytes, at, end);
  if (at >= end) return INCOMPLETE;
  return bytes[at] === COLON ? skipSpace(bytes, at + 1, end) : INVALID;
}

function skipArray(bytes: Uint8Array, at: number, end: number, depth: number): number {
  at = skipSpace(bytes, at, end);
  if (at < end && bytes[at] === CLOSE_BRACKET) return at + 1;
  while (at < end) {
    at = skipValue(bytes, at, end, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at, end);
    if (at >= end) return INCOMPLETE;
    const byte = bytes[at];
    if (byte === CLOSE_BRACKET) return at + 1;
    if (byte !== COMMA) return INVALID;
    at = skipSpace(bytes, at + 1, end);
  }
  return INCOMPLETE;
}

/** From behind the backslash. */
function skipEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return INCOMPLETE;
  switch (bytes[at]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1;
    case 0x75: // u
      for (let digit = at + 1; digit <= at + 4; digit += 1) {
        if (digit >= end) return INCOMPLETE;
        if (!isHex(bytes[digit] as number)) return INVALID;
      }
      return at + 5;
    default:
      return INVALID;
  }
}

function skipWord(bytes: Uint8Array, at: number, end: number, word: Uint8Array): number {
  for (let index = 0; index < word.length; index += 1) {
    if (at + index >= end) return INCOMPLETE;
    if (bytes[at + index] !== word[index]) return INVALID;
  }
  return at + word.length;
}

/** A number that reaches the end of the bytes may go on. */
function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === 0x2d) at += 1;
  if (at >= end) return INCOMPLETE;
  if (bytes[at] === 0x30) at += 1;
  else at = skipDigits(bytes, at, end);
  if (at < 0) return at;
  if (at < end && bytes[at] === 0x2e) {
    at = skipDigits(bytes, at + 1, end);
    if (at < 0) return at;
  }
  if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    at += 1;
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at += 1;
    at = skipDigits(bytes, at, end);
    if (at < 0) return at;
  }
  return at >= end ? INCOMPLETE : at;
}

/** One digit or more. */
function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return INCOMPLETE;
  if (!isDigit(bytes[at] as number)) return INVALID;
  do at += 1;
  while (at < end && isDigit(bytes[at] as number));
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}
