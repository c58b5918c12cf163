/**
 * The inside of `src/watch/object-scan.ts`, compiled to WebAssembly by `assembly/build.mjs`. Checking bytes
 * that nobody reads yet is most of what a client does; with sixteen bytes at a time it costs a fraction of the same loop over a
 * `Uint8Array`. AssemblyScript: TypeScript's syntax, with machine integers and with addresses instead of objects.
 *
 * Memory: the fields of the result, the key of the last object, and from `INPUT` on the bytes to look at. Up to 63 bytes behind
 * the end of the input are loaded and never believed.
 */

/** The bytes are not JSON. */
const INVALID: i32 = -1;
/** So far so good, but the value does not end within the bytes. */
const INCOMPLETE: i32 = -2;
/** Nested deeper than this code follows. */
const TOO_DEEP: i32 = -3;
/** It is JSON, but who the object is cannot be told without parsing it. */
const UNCLEAR: i32 = -4;

/** The answer is not a list with items. */
const NO_ITEMS: i32 = -5;

const MAX_DEPTH: u32 = 200;

/** `cuts`: managedFields are checked and kept, left out of the text, or left where they are and not looked at. */
const KEEP: i32 = 0;
const CUT: i32 = 1;

// The fields of the result, four bytes each; addresses, except where it says otherwise.
const LINE_END: usize = 0;
const TEXT_START: usize = 4;
const TEXT_END: usize = 8;
/** In bytes. */
const KEY_LENGTH: usize = 12;
/** From TEXT_START. */
const UID_OFFSET: usize = 16;
const VERSION_OFFSET: usize = 20;
/** 1 when all strings outside of what is left out are ASCII. */
const IS_ASCII: usize = 24;
const NAME_START: usize = 28;
const NAME_END: usize = 32;
const NAMESPACE_START: usize = 36;
const NAMESPACE_END: usize = 40;
const UID_START: usize = 44;
const UID_END: usize = 48;
const VERSION_START: usize = 52;
const VERSION_END: usize = 56;
const METADATA_START: usize = 60;
const METADATA_END: usize = 64;
const CUT_START: usize = 68;
const CUT_END: usize = 72;

const KEY: usize = 128;
const LONGEST_KEY: u32 = 768;
const INPUT: usize = 1024;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const SLASH: u32 = 0x2f;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN_BRACE: u32 = 0x7b;
const CLOSE_BRACE: u32 = 0x7d;
const OPEN_BRACKET: u32 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;

// Words as they lie in memory.
const TYPE_KEY: u64 = 0x3a2265707974227b; // {"type":
const ADDE: u32 = 0x45444441;
const MODIFIED: u64 = 0x4445494649444f4d;
const DELE: u32 = 0x454c4544;
const ETED: u32 = 0x44455445;
const OBJECT_KEY: u64 = 0x63656a626f222c22; // ","objec
const METADATA: u64 = 0x617461646174656d;
const NAME: u32 = 0x656d616e;
const NAMESPAC: u64 = 0x63617073656d616e;
const UI: u32 = 0x6975;
const MANAGED_F: u64 = 0x46646567616e616d;
const ED_FIELDS: u64 = 0x73646c6569466465;
const RESOURCE: u64 = 0x656372756f736572;
const E_VERSION: u64 = 0x6e6f697372655665;
const ITEM: u32 = 0x6d657469;
const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;
const NULL: u32 = 0x6c6c756e;

/** A string that was passed over since this was cleared had an escape. */
let hasEscape: bool = false;
/** Not 0 when a string that was passed over since this was cleared had a byte above 0x7f. */
let highBytes: i32 = 0;

// Parts of the object that is passed over: the first byte and the one behind the last; 0 for none.
let nameStart: u32 = 0;
let nameEnd: u32 = 0;
let namespaceStart: u32 = 0;
let namespaceEnd: u32 = 0;
let uidStart: u32 = 0;
let uidEnd: u32 = 0;
let versionStart: u32 = 0;
let versionEnd: u32 = 0;
let metadataStart: u32 = 0;
let metadataEnd: u32 = 0;
let cutStart: u32 = 0;
let cutEnd: u32 = 0;
/** How managedFields are treated. */
let cutting: i32 = KEEP;

/** Where the bytes to look at begin. */
export function inputStart(): u32 {
  return <u32>INPUT;
}

/** Where the key of the last object begins. */
export function keyStart(): u32 {
  return <u32>KEY;
}

/**
 * Passes over a line of a watch. What it is, if it is written as kube-apiserver writes a change: 1 ADDED, 2 MODIFIED, 3 DELETED, with the
 * object's result as of `object`. 0 for any other line, in which nothing was changed; INCOMPLETE without a newline.
 */
export function event(at: u32, end: u32, cuts: i32): i32 {
  const lineEnd = findNewline(at, end);
  if (lineEnd >= end) return INCOMPLETE;
  store<u32>(LINE_END, lineEnd);
  if (lineEnd - at < 40 || load<u64>(at) != TYPE_KEY || load<u8>(at + 8) != QUOTE) return 0;
  at += 9;
  let type = 0;
  if (load<u64>(at) == MODIFIED) {
    type = 2;
    at += 8;
  } else if (load<u32>(at) == ADDE && load<u8>(at + 4) == 0x44) {
    type = 1;
    at += 5;
  } else if (load<u32>(at) == DELE && load<u32>(at + 3) == ETED) {
    type = 3;
    at += 7;
  } else {
    return 0;
  }
  if (load<u64>(at) != OBJECT_KEY || load<u16>(at + 8) != 0x2274 || load<u8>(at + 10) != COLON) return 0;
  const start = skipSpace(at + 11, lineEnd);
  const after = pass(start, lineEnd, cuts);
  if (after < 0) return 0;
  const closing = skipSpace(after, lineEnd);
  if (closing >= lineEnd || load<u8>(closing) != CLOSE_BRACE) return 0;
  if (skipSpace(closing + 1, lineEnd) != lineEnd) return 0;
  return describe(start, after) ? type : 0;
}

/**
 * Passes over one Kubernetes object and checks that all of it is JSON. Where it ends; negative when it does not, or is unclear. The
 * result's fields then say where its text is and who it is. With CUT, the text has moved together over the gap that its
 * managedFields left.
 *
 * Only the top level's `metadata` counts: a pod template's is data. Anything out of the ordinary that JSON allows (a key
 * twice, a key or identity with an escape, metadata that is no object) is UNCLEAR, so that there is one judge of such things: `JSON.parse`.
 */
export function object(at: u32, end: u32, cuts: i32): i32 {
  const after = pass(at, end, cuts);
  return after >= 0 && !describe(at, after) ? UNCLEAR : after;
}

/** Passes over any JSON value. Accepts exactly what `JSON.parse` accepts. */
export function value(at: u32, end: u32): i32 {
  return skipValue(at, end, 0);
}

/** Behind the bracket that opens a list's items; NO_ITEMS or INVALID when there is none, INCOMPLETE when that is not known yet. */
export function items(at: u32, end: u32): i32 {
  at = skipSpace(at, end);
  if (at >= end) return INCOMPLETE;
  if (load<u8>(at) != OPEN_BRACE) return NO_ITEMS;
  while (true) {
    at = skipSpace(at + 1, end);
    if (at >= end) return INCOMPLETE;
    if (load<u8>(at) != QUOTE) return NO_ITEMS;
    const key = at + 1;
    let after = skipString(key, end);
    if (after < 0) return after;
    const isItems = <u32>after - key == 6 && load<u32>(key) == ITEM && load<u8>(key + 4) == 0x73;
    after = skipColon(after, end);
    if (after < 0) return after;
    if (<u32>after >= end) return INCOMPLETE;
    if (isItems && load<u8>(after) == OPEN_BRACKET) return after + 1;
    after = skipValue(after, end, 0);
    if (after < 0) return after;
    at = skipSpace(after, end);
    if (at >= end) return INCOMPLETE;
    if (load<u8>(at) != COMMA) return NO_ITEMS;
  }
  return NO_ITEMS;
}

/** As `object`, without a change of the memory. */
function pass(at: u32, end: u32, cuts: i32): i32 {
  nameStart = nameEnd = namespaceStart = namespaceEnd = uidStart = uidEnd = versionStart = versionEnd = 0;
  metadataStart = metadataEnd = cutStart = cutEnd = 0;
  cutting = cuts;
  highBytes = 0;
  if (at >= end) return INCOMPLETE;
  if (load<u8>(at) != OPEN_BRACE) return UNCLEAR;
  const after = members(at + 1, end, false);
  if (after < 0) return after;
  return metadataStart == 0 || nameStart == 0 ? UNCLEAR : after;
}

/** Fills in the result; false, without a change, when the key does not fit. */
function describe(start: u32, end: u32): bool {
  const nameLength = nameEnd - nameStart;
  const namespaceLength = namespaceEnd - namespaceStart;
  if (nameLength >= LONGEST_KEY || namespaceLength >= LONGEST_KEY - nameLength) return false;
  let at: u32 = <u32>KEY;
  if (namespaceLength > 0) {
    memory.copy(at, namespaceStart, namespaceLength);
    at += namespaceLength;
    store<u8>(at, SLASH);
    at += 1;
  }
  memory.copy(at, nameStart, nameLength);
  store<u32>(KEY_LENGTH, at + nameLength - <u32>KEY);
  const cut = cutting == CUT ? cutEnd - cutStart : 0;
  if (cut > 0) memory.copy(cutStart, cutEnd, end - cutEnd);
  store<u32>(TEXT_START, start);
  store<u32>(TEXT_END, end - cut);
  store<u32>(UID_OFFSET, uidStart == 0 ? 0 : uidStart - start - (uidStart > cutStart ? cut : 0));
  store<u32>(VERSION_OFFSET, versionStart == 0 ? 0 : versionStart - start - (versionStart > cutStart ? cut : 0));
  store<u32>(IS_ASCII, highBytes == 0 ? 1 : 0);
  store<u32>(NAME_START, nameStart);
  store<u32>(NAME_END, nameEnd);
  store<u32>(NAMESPACE_START, namespaceStart);
  store<u32>(NAMESPACE_END, namespaceEnd);
  store<u32>(UID_START, uidStart);
  store<u32>(UID_END, uidEnd);
  store<u32>(VERSION_START, versionStart);
  store<u32>(VERSION_END, versionEnd);
  store<u32>(METADATA_START, metadataStart);
  store<u32>(METADATA_END, metadataEnd);
  store<u32>(CUT_START, cutStart);
  store<u32>(CUT_END, cutEnd);
  return true;
}

/** The members of the object, or of its metadata, from behind the opening brace to behind the closing one. */
function members(at: u32, end: u32, inMetadata: bool): i32 {
  let comma: u32 = 0;
  at = skipSpace(at, end);
  if (at < end && load<u8>(at) == CLOSE_BRACE) return at + 1;
  while (at < end) {
    if (load<u8>(at) != QUOTE) return INVALID;
    const key = at + 1;
    hasEscape = false;
    let after = skipString(key, end);
    if (after < 0) return after;
    const keyEnd = <u32>after - 1;
    if (hasEscape) return UNCLEAR;
    after = skipColon(after, end);
    if (after < 0) return after;
    after = inMetadata ? metadataMember(key, keyEnd, after, end) : member(key, keyEnd, after, end);
    if (after < 0) return after;
    const isCut = inMetadata && cutStart == key;
    at = skipSpace(after, end);
    if (at >= end) return INCOMPLETE;
    const byte = <u32>load<u8>(at);
    if (byte != CLOSE_BRACE && byte != COMMA) return INVALID;
    if (isCut) {
      // With the comma before it, or as the first member with the one behind it.
      cutStart = comma == 0 ? key - 1 : comma;
      cutEnd = comma == 0 && byte == COMMA ? at + 1 : at;
    }
    if (byte == CLOSE_BRACE) return at + 1;
    comma = at;
    at = skipSpace(at + 1, end);
  }
  return INCOMPLETE;
}

function member(key: u32, keyEnd: u32, at: u32, end: u32): i32 {
  if (keyEnd - key != 8 || load<u64>(key) != METADATA) return skipValue(at, end, 1);
  if (metadataStart != 0) return UNCLEAR;
  if (at >= end) return INCOMPLETE;
  if (load<u8>(at) != OPEN_BRACE) return UNCLEAR;
  metadataStart = at;
  const after = members(at + 1, end, true);
  metadataEnd = after;
  return after;
}

function metadataMember(key: u32, keyEnd: u32, at: u32, end: u32): i32 {
  const length = keyEnd - key;
  if (length == 13 && load<u64>(key) == MANAGED_F && load<u64>(key + 5) == ED_FIELDS) {
    if (cutStart != 0) return UNCLEAR;
    // Where the cut really begins is known with the next comma.
    cutStart = key;
    return cutting != KEEP && at < end && load<u8>(at) == OPEN_BRACKET ? skipBrackets(at, end) : skipValue(at, end, 2);
  }
  hasEscape = false;
  const after = skipValue(at, end, 2);
  if (after < 0) return after;
  const isPlain = !hasEscape && load<u8>(at) == QUOTE;
  if (length == 4 && load<u32>(key) == NAME) {
    if (nameStart != 0 || !isPlain) return UNCLEAR;
    nameStart = at + 1;
    nameEnd = after - 1;
  } else if (length == 9 && load<u64>(key) == NAMESPAC && load<u8>(key + 8) == 0x65) {
    if (namespaceStart != 0 || !isPlain) return UNCLEAR;
    namespaceStart = at + 1;
    namespaceEnd = after - 1;
  } else if (length == 3 && load<u16>(key) == UI && load<u8>(key + 2) == 0x64) {
    if (uidStart != 0 || !isPlain) return UNCLEAR;
    uidStart = at + 1;
    uidEnd = after - 1;
  } else if (length == 15 && load<u64>(key) == RESOURCE && load<u64>(key + 7) == E_VERSION) {
    if (versionStart != 0 || !isPlain) return UNCLEAR;
    versionStart = at + 1;
    versionEnd = after - 1;
  }
  return after;
}

function skipValue(at: u32, end: u32, depth: u32): i32 {
  if (at >= end) return INCOMPLETE;
  // A chain in the order of frequency.
  const byte = <u32>load<u8>(at);
  if (byte == QUOTE) return skipString(at + 1, end);
  if (byte == OPEN_BRACE) return depth > MAX_DEPTH ? TOO_DEEP : skipObject(at + 1, end, depth + 1);
  if (byte == OPEN_BRACKET) return depth > MAX_DEPTH ? TOO_DEEP : skipArray(at + 1, end, depth + 1);
  if (byte == 0x74) return skipWord(at, end, TRUE);
  if (byte == 0x66) return at + 1 < end ? skipWord(at + 1, end, ALSE) : INCOMPLETE;
  if (byte == 0x6e) return skipWord(at, end, NULL);
  return skipNumber(at, end);
}

/** From behind the opening quote to behind the closing one. */
function skipString(at: u32, end: u32): i32 {
  while (at < end) {
    const bytes = v128.load(at);
    // A quote, a backslash, or a control character.
    const stop = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))),
      i8x16.lt_u(bytes, i8x16.splat(0x20)),
    );
    const stops = i8x16.bitmask(stop);
    const high = i8x16.bitmask(bytes);
    if (stops == 0) {
      highBytes |= high;
      at += 16;
      continue;
    }
    const first = <u32>ctz(stops);
    highBytes |= high & ((1 << first) - 1);
    at += first;
    if (at >= end) return INCOMPLETE;
    const byte = <u32>load<u8>(at);
    at += 1;
    if (byte == QUOTE) return at;
    if (byte != BACKSLASH) return INVALID;
    hasEscape = true;
    const after = skipEscape(at, end);
    if (after < 0) return after;
    at = after;
  }
  return INCOMPLETE;
}

/** From behind the backslash. */
function skipEscape(at: u32, end: u32): i32 {
  if (at >= end) return INCOMPLETE;
  switch (<u32>load<u8>(at)) {
    case QUOTE:
    case BACKSLASH:
    case SLASH:
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1;
    case 0x75: // u
      for (let digit: u32 = at + 1; digit <= at + 4; digit += 1) {
        if (digit >= end) return INCOMPLETE;
        if (!isHex(load<u8>(digit))) return INVALID;
      }
      return at + 5;
    default:
      return INVALID;
  }
}

/** From `at` over blanks; `end` when nothing else comes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function skipSpace(at: u32, end: u32): u32 {
  while (at < end && isSpace(load<u8>(at))) at += 1;
  return at;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isSpace(byte: u32): bool {
  return byte <= 0x20 && (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09);
}

/** From behind a key to where its value begins. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function skipColon(at: u32, end: u32): i32 {
  at = skipSpace(at, end);
  if (at >= end) return INCOMPLETE;
  return load<u8>(at) == COLON ? <i32>skipSpace(at + 1, end) : INVALID;
}

function skipObject(at: u32, end: u32, depth: u32): i32 {
  at = skipSpace(at, end);
  if (at < end && load<u8>(at) == CLOSE_BRACE) return at + 1;
  while (at < end) {
    if (load<u8>(at) != QUOTE) return INVALID;
    let after = skipString(at + 1, end);
    if (after < 0) return after;
    after = skipColon(after, end);
    if (after < 0) return after;
    // The emptiest object, of which managedFields has one per field.
    after = <u32>after + 1 < end && load<u16>(after) == 0x7d7b ? after + 2 : skipValue(after, end, depth);
    if (after < 0) return after;
    at = skipSpace(after, end);
    if (at >= end) return INCOMPLETE;
    const byte = <u32>load<u8>(at);
    if (byte == CLOSE_BRACE) return at + 1;
    if (byte != COMMA) return INVALID;
    at = skipSpace(at + 1, end);
  }
  return INCOMPLETE;
}

function skipArray(at: u32, end: u32, depth: u32): i32 {
  at = skipSpace(at, end);
  if (at < end && load<u8>(at) == CLOSE_BRACKET) return at + 1;
  while (at < end) {
    const after = skipValue(at, end, depth);
    if (after < 0) return after;
    at = skipSpace(after, end);
    if (at >= end) return INCOMPLETE;
    const byte = <u32>load<u8>(at);
    if (byte == CLOSE_BRACKET) return at + 1;
    if (byte != COMMA) return INVALID;
    at = skipSpace(at + 1, end);
  }
  return INCOMPLETE;
}

/** Four letters. */
function skipWord(at: u32, end: u32, word: u32): i32 {
  for (let index: u32 = 0; index < 4; index += 1) {
    if (at + index >= end) return INCOMPLETE;
    if (load<u8>(at + index) != ((word >> (index << 3)) & 0xff)) return INVALID;
  }
  return at + 4;
}

/** A number that reaches the end of the bytes may go on. */
function skipNumber(at: u32, end: u32): i32 {
  if (load<u8>(at) == 0x2d) at += 1;
  if (at >= end) return INCOMPLETE;
  let after: i32 = load<u8>(at) == 0x30 ? at + 1 : skipDigits(at, end);
  if (after < 0) return after;
  if (<u32>after < end && load<u8>(after) == 0x2e) {
    after = skipDigits(after + 1, end);
    if (after < 0) return after;
  }
  if (<u32>after < end && (load<u8>(after) | 0x20) == 0x65) {
    after += 1;
    if (<u32>after < end && (load<u8>(after) == 0x2b || load<u8>(after) == 0x2d)) after += 1;
    after = skipDigits(after, end);
    if (after < 0) return after;
  }
  return <u32>after >= end ? INCOMPLETE : after;
}

/** One digit or more. */
function skipDigits(at: u32, end: u32): i32 {
  if (at >= end) return INCOMPLETE;
  if (!isDigit(load<u8>(at))) return INVALID;
  do at += 1;
  while (at < end && isDigit(load<u8>(at)));
  return at;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isHex(byte: u32): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 <= 5;
}

/**
 * From an opening bracket to behind the one that closes it, 64 bytes at a time. What lies between is not judged: it is going to be
 * thrown away. Source: how simdjson finds the bytes that are in strings (Langdale and Lemire, "Parsing gigabytes of JSON per second").
 */
function skipBrackets(at: u32, end: u32): i32 {
  let depth: i32 = 0;
  /** All ones when the last block ended in a string. */
  let inString: u64 = 0;
  /** 1 when the last block ended with a backslash that escapes. */
  let escapes: u64 = 0;
  while (at < end) {
    let quotes: u64 = 0;
    let backslashes: u64 = 0;
    let opens: u64 = 0;
    let closes: u64 = 0;
    for (let part: u32 = 0; part < 64; part += 16) {
      const bytes = v128.load(at + part);
      // An opening brace and an opening bracket differ by this bit alone, and so do the closing ones.
      const folded = v128.or(bytes, i8x16.splat(0x20));
      quotes |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))))) << part;
      backslashes |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))))) << part;
      opens |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(folded, i8x16.splat(<i8>OPEN_BRACE))))) << part;
      closes |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(folded, i8x16.splat(<i8>CLOSE_BRACE))))) << part;
    }
    if ((backslashes | escapes) != 0) {
      let escaped: u64 = escapes;
      backslashes &= ~escapes;
      escapes = 0;
      while (backslashes != 0) {
        const bit = backslashes & (0 - backslashes);
        escaped |= bit << 1;
        if (bit == 0x8000000000000000) escapes = 1;
        backslashes &= ~(bit | (bit << 1));
      }
      quotes &= ~escaped;
    }
    // Each bit becomes the parity of the quotes up to it: 1 from an opening quote on, 0 from the closing one on.
    let within = quotes;
    within ^= within << 1;
    within ^= within << 2;
    within ^= within << 4;
    within ^= within << 8;
    within ^= within << 16;
    within ^= within << 32;
    within ^= inString;
    inString = <u64>(<i64>within >> 63);
    opens &= ~within;
    closes &= ~within;
    const closing = <i32>popcnt(closes);
    if (depth > closing) {
      depth += <i32>popcnt(opens) - closing;
    } else {
      for (let both = opens | closes; both != 0; both &= both - 1) {
        const bit = both & (0 - both);
        depth += (opens & bit) != 0 ? 1 : -1;
        if (depth > 0) continue;
        const after = at + <u32>ctz(bit) + 1;
        return after <= end ? after : INCOMPLETE;
      }
    }
    at += 64;
  }
  return INCOMPLETE;
}

/** `end` when there is none. */
function findNewline(at: u32, end: u32): u32 {
  while (at < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0x0a)));
    if (found != 0) {
      at += <u32>ctz(found);
      return at < end ? at : end;
    }
    at += 16;
  }
  return end;
}
