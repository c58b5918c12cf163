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


// The fields of the result, four bytes each; addresses, except where it says otherwise.
const LINE_END: usize = 0;
const TEXT_START: usize = 4;
const TEXT_END: usize = 8;
/** In bytes. */
const KEY_LENGTH: usize = 12;
/** Of what is not left out: NOT_ASCII where its identity is not, SOME_ASCII where other strings are not, ALL_ASCII, and ALL_PLAIN without escapes. */
const ENCODING: usize = 16;
const UID_START: usize = 20;
const UID_END: usize = 24;
const VERSION_START: usize = 28;
const VERSION_END: usize = 32;
const METADATA_START: usize = 36;
const METADATA_END: usize = 40;
const PACKED_START: usize = 44;
const PACKED_END: usize = 48;

const NOT_ASCII: u32 = 0;
const ALL_ASCII: u32 = 1;
const SOME_ASCII: u32 = 2;
const ALL_PLAIN: u32 = 3;

const KEY: usize = 128;
const LONGEST_KEY: u32 = 768;
// What `pack` knows: of shapes and of values that repeat, where those with a number are, their numbers by hash, and the hashes of
// others that were seen once.
const SHAPE_AT: usize = 1024;
const MOST_SHAPES: u32 = 4096;
const SHAPE_SLOTS: u32 = 8192;
const SHAPE_INDEX: usize = SHAPE_AT + <usize>MOST_SHAPES * 4;
const SHAPE_SEEN: usize = SHAPE_INDEX + <usize>SHAPE_SLOTS * 8;
const VALUE_AT: usize = SHAPE_SEEN + <usize>SHAPE_SLOTS * 4;
const MOST_VALUES: u32 = 8192;
const VALUE_SLOTS: u32 = 16384;
const VALUE_INDEX: usize = VALUE_AT + <usize>MOST_VALUES * 4;
const VALUE_SEEN: usize = VALUE_INDEX + <usize>VALUE_SLOTS * 8;
// Each with its length before it.
const SHAPE_BYTES: usize = VALUE_SEEN + <usize>VALUE_SLOTS * 4;
const VALUE_BYTES: usize = SHAPE_BYTES + (1 << 22);
// For each shape how to follow it, see `follow`.
const GUIDES: usize = VALUE_BYTES + (1 << 20);
const GUIDE_BYTES: usize = 16;
// What is being made.
const LONGEST_PACKED: u32 = 1 << 16;
const SKELETON: usize = GUIDES + <usize>MOST_SHAPES * GUIDE_BYTES;
const PACKED: usize = SKELETON + <usize>LONGEST_PACKED + 64;
// The values of the object that was followed, four bytes each for where they begin and end.
const MOST_HOLES: u32 = 8192;
const HOLES: usize = PACKED + <usize>LONGEST_PACKED + 64;
const INPUT: usize = HOLES + <usize>MOST_HOLES * 8;

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
const BRACE_AND_NEWLINE: u16 = 0x0a7d;
const COMMA_AND_QUOTE: u16 = 0x222c;
const QUOTE_AND_COLON: u16 = 0x3a22;
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
/** The same since the object began, its managedFields aside when they are cut out. */
let hasEscapes: bool = false;
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
/** managedFields are left out. */
let cuts: bool = false;
/** They were the first member, so that the comma behind them was cut out too. */
let cutsFirst: bool = false;
/** The shape that the object passed over last was found to have; negative when it was not followed. */
let followed: i32 = -1;
/** Its values, in bytes of `HOLES`. */
let followedHoles: u32 = 0;
/** Its text, without what is cut out. */
let followedLength: u32 = 0;
/** The shapes that objects had last, the later one first; negative for none. */
let lastShape: i32 = -1;
let otherShape: i32 = -1;
let shapes: u32 = 0;
let shapesEnd: u32 = <u32>SHAPE_BYTES;
let values: u32 = 0;
let valuesEnd: u32 = <u32>VALUE_BYTES;

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
export function event(at: u32, end: u32, cutsManagedFields: bool, follows: bool): i32 {
  cuts = cutsManagedFields;
  const type = changeType(at);
  if (follows && type != 0) {
    const after = followRecent(objectAt, end);
    if (after != 0 && after + 1 < end && load<u16>(after) == BRACE_AND_NEWLINE) {
      store<u32>(LINE_END, after + 1);
      return type;
    }
  }
  followed = -1;
  const lineEnd = findNewline(at, end);
  if (lineEnd >= end) return INCOMPLETE;
  store<u32>(LINE_END, lineEnd);
  if (type == 0 || lineEnd - at < 40) return 0;
  const start = skipSpace(objectAt, lineEnd);
  const after = pass(start, lineEnd);
  if (after < 0) return 0;
  const closing = skipSpace(after, lineEnd);
  if (closing >= lineEnd || load<u8>(closing) != CLOSE_BRACE) return 0;
  if (skipSpace(closing + 1, lineEnd) != lineEnd) return 0;
  return describe(start, after) ? type : 0;
}

/** Where the object of the last change begins. */
let objectAt: u32 = 0;

/** Of a line that begins as kube-apiserver writes a change; 0 for any other. */
function changeType(at: u32): i32 {
  if (load<u64>(at) != TYPE_KEY || load<u8>(at + 8) != QUOTE) return 0;
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
  objectAt = at + 11;
  return type;
}

/**
 * Passes over one Kubernetes object and checks that all of it is JSON. Where it ends; negative when it does not, or is unclear. The
 * result's fields then say where its text is and who it is. When managedFields are cut, what stood behind them has moved up.
 *
 * Only the top level's `metadata` counts: a pod template's is data. Anything out of the ordinary that JSON allows (a key
 * twice, a key or identity with an escape, metadata that is no object) is UNCLEAR, so that there is one judge of such things: `JSON.parse`.
 */
export function object(at: u32, end: u32, cutsManagedFields: bool, follows: bool): i32 {
  cuts = cutsManagedFields;
  if (follows) {
    const after = followRecent(at, end);
    if (after != 0) return after;
  }
  followed = -1;
  const after = pass(at, end);
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
function pass(at: u32, end: u32): i32 {
  nameStart = nameEnd = namespaceStart = namespaceEnd = uidStart = uidEnd = versionStart = versionEnd = 0;
  metadataStart = metadataEnd = cutStart = cutEnd = 0;
  highBytes = 0;
  hasEscapes = false;
  if (at >= end) return INCOMPLETE;
  if (load<u8>(at) != OPEN_BRACE) return UNCLEAR;
  const after = members(at + 1, end, false);
  if (after < 0) return after;
  return metadataStart == 0 || nameStart == 0 ? UNCLEAR : after;
}

/** Fills in the result; false, without a change, when the key does not fit. */
function describe(start: u32, end: u32): bool {
  if (!writeKey()) return false;
  const nameLength = nameEnd - nameStart;
  const namespaceLength = namespaceEnd - namespaceStart;
  if (cuts && cutEnd > cutStart) {
    memory.copy(cutStart, cutEnd, end - cutEnd);
    end -= cutEnd - cutStart;
    nameStart = moved(nameStart);
    namespaceStart = moved(namespaceStart);
    uidStart = moved(uidStart);
    uidEnd = moved(uidEnd);
    versionStart = moved(versionStart);
    versionEnd = moved(versionEnd);
    metadataEnd = moved(metadataEnd);
  }
  nameEnd = nameStart + nameLength;
  namespaceEnd = namespaceStart + namespaceLength;
  store<u32>(TEXT_START, start);
  store<u32>(TEXT_END, end);
  store<u32>(ENCODING, highBytes == 0 ? (hasEscapes ? ALL_ASCII : ALL_PLAIN) : isIdentityAscii() ? SOME_ASCII : NOT_ASCII);
  store<u32>(UID_START, uidStart);
  store<u32>(UID_END, uidEnd);
  store<u32>(VERSION_START, versionStart);
  store<u32>(VERSION_END, versionEnd);
  store<u32>(METADATA_START, metadataStart);
  store<u32>(METADATA_END, metadataEnd);
  return true;
}

/** False when it does not fit. */
function writeKey(): bool {
  const nameLength = nameEnd - nameStart;
  const namespaceLength = namespaceEnd - namespaceStart;
  if (nameLength >= LONGEST_KEY || namespaceLength >= LONGEST_KEY - nameLength) return false;
  let at: u32 = <u32>KEY;
  if (namespaceLength > 0) {
    at = copy(at, namespaceStart, namespaceLength);
    store<u8>(at, SLASH);
    at += 1;
  }
  at = copy(at, nameStart, nameLength);
  store<u32>(KEY_LENGTH, at - <u32>KEY);
  return true;
}

function isIdentityAscii(): bool {
  return isAscii(nameStart, nameEnd) && isAscii(namespaceStart, namespaceEnd) && isAscii(uidStart, uidEnd) && isAscii(versionStart, versionEnd);
}

function isAscii(at: u32, end: u32): bool {
  for (; at < end; at += 1) if (load<u8>(at) > 0x7f) return false;
  return true;
}

/** Where what was at `at` is after the cut. */
function moved(at: u32): u32 {
  return at > cutStart ? at - (cutEnd - cutStart) : at;
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
      cutsFirst = comma == 0;
      cutStart = cutsFirst ? key - 1 : comma;
      cutEnd = cutsFirst && byte == COMMA ? at + 1 : at;
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
    return cuts && at < end && load<u8>(at) == OPEN_BRACKET ? skipBrackets(at, end) : skipValue(at, end, 2);
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
    hasEscapes = true;
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
@inline
function skipSpace(at: u32, end: u32): u32 {
  while (at < end && isSpace(load<u8>(at))) at += 1;
  return at;
}

@inline
function isSpace(byte: u32): bool {
  return byte <= 0x20 && (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09);
}

/** From behind a key to where its value begins. */
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

@inline
function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9;
}

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

/**
 * Packs the text between two addresses, a part of the last object that has its metadata in it; false when its identity does not fit. The
 * result lies from PACKED_START to PACKED_END.
 *
 * Objects of a kind are alike, so their shape (names, brackets, words) is kept once, and so are values that come again: what is left of
 * an object is what is its own. Where that is not so (the text is large, its shape is seen for the first time, there is no more
 * room for shapes, or none are wanted) the text follows as it is; it then lies where it was, with the rest written before it.
 *
 *     shape u16 · length of the version u8 · length of the uid u8 · length of the text u16 · encoding u8 · version · uid · values, or
 *     the text
 *     a value: REPEATED and its number u16, or NAME, NAMESPACE, UID, VERSION, or its bytes and END
 */
export function pack(at: u32, end: u32, withShapes: bool): bool {
  if (followed >= 0) {
    store<u32>(PACKED_START, <u32>PACKED);
    store<u32>(PACKED_END, packHoles());
    return true;
  }
  const versionLength = versionEnd - versionStart;
  const uidLength = uidEnd - uidStart;
  if (versionLength > 255 || uidLength > 255) return false;
  let out = withShapes && end - at < LONGEST_TEXT && !hasSlash() ? packValues(at, end) : 0;
  if (out != 0) {
    store<u32>(PACKED_START, <u32>PACKED);
    store<u32>(PACKED_END, out);
    return true;
  }
  // Version and uid may lie where this writes, so they are put aside.
  memory.copy(PACKED, versionStart, versionLength);
  memory.copy(PACKED + versionLength, uidStart, uidLength);
  const start = at - HEAD - versionLength - uidLength;
  store<u16>(start, PLAIN);
  store<u8>(start + 2, <u8>versionLength);
  store<u8>(start + 3, <u8>uidLength);
  store<u16>(start + 4, 0);
  store<u8>(start + 6, load<u8>(ENCODING));
  memory.copy(start + HEAD, PACKED, versionLength + uidLength);
  store<u32>(PACKED_START, start);
  store<u32>(PACKED_END, end);
  return true;
}

/** Where the result that begins at PACKED ends; 0 when the shape has no number. */
function packValues(at: u32, end: u32): u32 {
  const start = at;
  let skeleton: u32 = <u32>SKELETON;
  let out = packIdentity();
  let hole: u32 = 0;
  let nameHole: u32 = NO_HOLE;
  let namespaceHole: u32 = NO_HOLE;
  let uidHole: u32 = NO_HOLE;
  let versionHole: u32 = NO_HOLE;
  let cut: u32 = 0;
  while (at < end) {
    if (at == cutStart) cut = skeleton - <u32>SKELETON;
    const byte = <u32>load<u8>(at);
    if (byte == QUOTE) {
      const after = <u32>skipString(at + 1, end);
      if (load<u8>(skipSpace(after, end)) == COLON) {
        skeleton = copy(skeleton, at, after - at);
      } else {
        if (at + 1 == nameStart) nameHole = hole;
        else if (at + 1 == namespaceStart) namespaceHole = hole;
        else if (at + 1 == uidStart) uidHole = hole;
        else if (at + 1 == versionStart) versionHole = hole;
        hole += 1;
        store<u8>(skeleton, TEXT_HOLE);
        skeleton += 1;
        out = packValue(out, at + 1, after - 1);
      }
      at = after;
    } else if (byte == 0x2d || isDigit(byte)) {
      const from = at;
      do at += 1;
      while (at < end && isOfNumber(load<u8>(at)));
      hole += 1;
      store<u8>(skeleton, NUMBER_HOLE);
      skeleton += 1;
      out = packValue(out, from, at);
    } else {
      if (byte > 0x20) {
        store<u8>(skeleton, <u8>byte);
        skeleton += 1;
      }
      at += 1;
    }
  }
  const shape = numberOfShape(skeleton - <u32>SKELETON);
  if (shape < 0) return 0;
  packHead(shape, end - start);
  // Of an object's metadata alone there is nothing to follow.
  if (!cuts || start != load<u32>(TEXT_START) || end != load<u32>(TEXT_END)) return out;
  const guide = GUIDES + <usize>shape * GUIDE_BYTES;
  if (load<u32>(guide) == 0) {
    store<u32>(guide, hole < MOST_HOLES && isPlain(<u32>SKELETON, skeleton) ? FOLLOWS : NEVER_FOLLOWS);
    store<u16>(guide + 4, <u16>nameHole);
    store<u16>(guide + 6, <u16>namespaceHole);
    store<u16>(guide + 8, <u16>uidHole);
    store<u16>(guide + 10, <u16>versionHole);
  }
  if (cut != 0 && !cutsFirst) store<u32>(guide + 12, cut);
  if (load<u32>(guide) == FOLLOWS && shape != lastShape) {
    otherShape = lastShape;
    lastShape = shape;
  }
  return out;
}

/** The same for the object that was followed. */
function packHoles(): u32 {
  let out = packIdentity();
  for (let hole: u32 = 0; hole < followedHoles; hole += 8) {
    out = packValue(out, load<u32>(HOLES + hole), load<u32>(HOLES + hole + 4));
  }
  packHead(followed, followedLength);
  return out;
}

function packIdentity(): u32 {
  return copy(copy(<u32>PACKED + HEAD, versionStart, versionEnd - versionStart), uidStart, uidEnd - uidStart);
}

function packHead(shape: i32, length: u32): void {
  store<u16>(PACKED, <u16>shape);
  store<u8>(PACKED + 2, <u8>(versionEnd - versionStart));
  store<u8>(PACKED + 3, <u8>(uidEnd - uidStart));
  store<u16>(PACKED + 4, <u16>length);
  store<u8>(PACKED + 6, load<u8>(ENCODING));
}

/** Where the object ends that begins at `at`, if it has one of the shapes that were seen last; otherwise 0. */
function followRecent(at: u32, end: u32): u32 {
  if (lastShape < 0 || !cuts) return 0;
  let after = follow(at, end, lastShape);
  if (after != 0 || otherShape < 0) return after;
  after = follow(at, end, otherShape);
  if (after == 0) return 0;
  const other = otherShape;
  otherShape = lastShape;
  lastShape = other;
  return after;
}

/**
 * Passes over an object by comparing it with a shape: what is equal to something that was JSON need not be judged again, and neither need
 * it be looked for who the object is. Only the values are looked at. Where it ends, with the result's fields, and its values in HOLES, for
 * `pack`; 0 when it has another shape or is out of the ordinary, and then it says nothing. In the memory nothing is moved.
 *
 * A shape's guide: FOLLOWS or NEVER_FOLLOWS u32 · the holes of name, namespace, uid and version u16, NO_HOLE for none · where in the shape
 * managedFields were cut out u32, 0 for nowhere
 */
function follow(at: u32, end: u32, number: i32): u32 {
  const start = at;
  const guide = GUIDES + <usize>number * GUIDE_BYTES;
  let known = load<u32>(SHAPE_AT + (<usize>number << 2)) + 4;
  let cut = load<u32>(guide + 12);
  if (cut != 0) cut += known;
  let cutBytes: u32 = 0;
  let hole: u32 = <u32>HOLES;
  highBytes = 0;
  hasEscapes = false;
  while (true) {
    if (at >= end) return 0;
    const shape = v128.load(known);
    const stops = (i8x16.bitmask(i8x16.eq(shape, v128.load(at))) ^ 0xffff) | i8x16.bitmask(i8x16.lt_u(shape, i8x16.splat(0x20)));
    if (stops == 0) {
      known += 16;
      at += 16;
      continue;
    }
    const same = <u32>ctz(stops);
    known += same;
    at += same;
    const stop = load<u8>(known);
    if (stop == TEXT_HOLE) {
      if (at >= end || load<u8>(at) != QUOTE) return 0;
      const after = skipString(at + 1, end);
      if (after < 0 || highBytes != 0) return 0;
      store<u32>(hole, at + 1);
      store<u32>(hole + 4, after - 1);
      hole += 8;
      known += 1;
      at = after;
    } else if (stop == NUMBER_HOLE) {
      if (at >= end || (load<u8>(at) != 0x2d && !isDigit(load<u8>(at)))) return 0;
      const after = skipNumber(at, end);
      if (after < 0) return 0;
      store<u32>(hole, at);
      store<u32>(hole + 4, after);
      hole += 8;
      known += 1;
      at = after;
    } else if (stop == SHAPE_END) {
      break;
    } else {
      // The first letters of what comes next in the shape may be the same; there is no value among them.
      const from = at - (known - cut);
      if (cut == 0 || known < cut || known - cut >= LONGEST_SAME || from + MEMBER_BYTES >= end || !isManagedFields(from)) return 0;
      const after = skipBrackets(from + MEMBER_BYTES, end);
      if (after < 0) return 0;
      known = cut;
      cut = 0;
      cutBytes = after - from;
      at = after;
    }
  }
  nameStart = holeStart(guide + 4);
  nameEnd = holeEnd(guide + 4);
  namespaceStart = holeStart(guide + 6);
  namespaceEnd = holeEnd(guide + 6);
  uidStart = holeStart(guide + 8);
  uidEnd = holeEnd(guide + 8);
  versionStart = holeStart(guide + 10);
  versionEnd = holeEnd(guide + 10);
  followedLength = at - start - cutBytes;
  if (at > end || versionEnd - versionStart > 255 || uidEnd - uidStart > 255 || followedLength >= LONGEST_TEXT || hasSlash()) return 0;
  if (hasEscapes && hasIdentityEscape()) return 0;
  if (!writeKey()) return 0;
  followed = number;
  followedHoles = hole - <u32>HOLES;
  store<u32>(TEXT_START, start);
  store<u32>(TEXT_END, at);
  store<u32>(ENCODING, hasEscapes ? ALL_ASCII : ALL_PLAIN);
  return at;
}

/** The first byte of the value whose number is there; 0 for none. */
@inline
function holeStart(at: usize): u32 {
  const number = <usize>load<u16>(at);
  return number == NO_HOLE ? 0 : load<u32>(HOLES + (number << 3));
}

@inline
function holeEnd(at: usize): u32 {
  const number = <usize>load<u16>(at);
  return number == NO_HOLE ? 0 : load<u32>(HOLES + (number << 3) + 4);
}

/** Whether there is `,"managedFields":[`. */
function isManagedFields(at: u32): bool {
  return (
    load<u16>(at) == COMMA_AND_QUOTE &&
    load<u64>(at + 2) == MANAGED_F &&
    load<u64>(at + 7) == ED_FIELDS &&
    load<u16>(at + 15) == QUOTE_AND_COLON &&
    load<u8>(at + MEMBER_BYTES) == OPEN_BRACKET
  );
}

function hasIdentityEscape(): bool {
  return !(isPlain(nameStart, nameEnd) && isPlain(namespaceStart, namespaceEnd) && isPlain(uidStart, uidEnd) && isPlain(versionStart, versionEnd));
}

/** ASCII without a backslash. */
function isPlain(at: u32, end: u32): bool {
  for (; at < end; at += 1) if (load<u8>(at) > 0x7f || load<u8>(at) == BACKSLASH) return false;
  return true;
}

/**
 * Writes the text of what `pack` made with a shape, but for blanks, with its object's key in place, `keyLength` bytes. Where it ends; it
 * takes no more bytes than the length that stands there says.
 */
export function unpack(at: u32, keyLength: u32, out: u32): u32 {
  const shape = load<u32>(SHAPE_AT + (<usize>load<u16>(at) << 2));
  const version = at + HEAD;
  const uid = version + load<u8>(at + 2);
  let value = uid + load<u8>(at + 3);
  let slash: u32 = 0;
  while (slash < keyLength && load<u8>(KEY + slash) != SLASH) slash += 1;
  const namespaceLength = slash == keyLength ? 0 : slash;
  const name: u32 = <u32>KEY + (slash == keyLength ? 0 : slash + 1);
  const nameLength = <u32>KEY + keyLength - name;
  let from = shape + 4;
  const end = from + load<u32>(shape);
  while (from < end) {
    const hole = findHole(from, end);
    out = copy(out, from, hole - from);
    if (hole == end) break;
    const isText = load<u8>(hole) == TEXT_HOLE;
    if (isText) {
      store<u8>(out, QUOTE);
      out += 1;
    }
    const mark = <u32>load<u8>(value);
    value += 1;
    if (mark == REPEATED) {
      const known = load<u32>(VALUE_AT + (<usize>load<u16>(value) << 2));
      value += 2;
      out = copy(out, known + 2, load<u16>(known));
    } else if (mark == NAME_MARK) {
      out = copy(out, name, nameLength);
    } else if (mark == NAMESPACE_MARK) {
      out = copy(out, <u32>KEY, namespaceLength);
    } else if (mark == UID_MARK) {
      out = copy(out, uid, load<u8>(at + 3));
    } else if (mark == VERSION_MARK) {
      out = copy(out, version, load<u8>(at + 2));
    } else {
      const start = value - 1;
      value = findHole(start, u32.MAX_VALUE);
      out = copy(out, start, value - start);
      value += 1;
    }
    if (isText) {
      store<u8>(out, QUOTE);
      out += 1;
    }
    from = hole + 1;
  }
  return out;
}

/** Where a shape is, behind its length in four bytes. */
export function shapeAt(number: u32): u32 {
  return load<u32>(SHAPE_AT + (<usize>number << 2));
}

/** Where a value that repeats is, behind its length in two bytes. */
export function valueAt(number: u32): u32 {
  return load<u32>(VALUE_AT + (<usize>number << 2));
}

const HEAD: u32 = 7;
/** No shape: the text follows. */
const PLAIN: u16 = 0xffff;
const TEXT_HOLE: u8 = 1;
const NUMBER_HOLE: u8 = 2;
/** Behind the last byte of a shape. */
const SHAPE_END: u8 = 0;
const NO_HOLE: u32 = 0xffff;
const FOLLOWS: u32 = 1;
const NEVER_FOLLOWS: u32 = 2;
/** Longer texts are not packed by their shape. */
const LONGEST_TEXT: u32 = LONGEST_PACKED - 1024;
/** What another member's key and `,"managedFields"` can have in common. */
const LONGEST_SAME: u32 = 16;
/** Of `,"managedFields":`. */
const MEMBER_BYTES: u32 = 17;
// What no value begins with: JSON writes control characters as escapes.
const END: u32 = 0;
const REPEATED: u32 = 1;
const NAME_MARK: u32 = 2;
const NAMESPACE_MARK: u32 = 3;
const UID_MARK: u32 = 4;
const VERSION_MARK: u32 = 5;
/** Shorter values are as short as their number. */
const SHORTEST: u32 = 4;
const LONGEST: u32 = 256;

/** A key is taken apart at its slash. */
function hasSlash(): bool {
  for (let at = nameStart; at < nameEnd; at += 1) if (load<u8>(at) == SLASH) return true;
  for (let at = namespaceStart; at < namespaceEnd; at += 1) if (load<u8>(at) == SLASH) return true;
  return false;
}

function packValue(out: u32, from: u32, to: u32): u32 {
  const length = to - from;
  let mark: u32 = END;
  if (from == versionStart) mark = VERSION_MARK;
  else if (from == uidStart) mark = UID_MARK;
  else if (length > 0 && length == nameEnd - nameStart && isEqual(from, nameStart, length)) mark = NAME_MARK;
  else if (length > 0 && length == namespaceEnd - namespaceStart && isEqual(from, namespaceStart, length)) mark = NAMESPACE_MARK;
  if (mark != END) {
    store<u8>(out, <u8>mark);
    return out + 1;
  }
  const number = length < SHORTEST || length > LONGEST ? -1 : numberOfValue(from, length);
  if (number >= 0) {
    store<u8>(out, <u8>REPEATED);
    store<u16>(out + 1, <u16>number);
    return out + 3;
  }
  out = copy(out, from, length);
  store<u8>(out, <u8>END);
  return out + 1;
}

/** The number of a value that was seen before; negative when it was not, or there is no room. */
function numberOfValue(from: u32, length: u32): i32 {
  const hash = hashOf(from, length);
  const entry = slotOf(hash, VALUE_INDEX, VALUE_SLOTS);
  if (entry == 0) return -1;
  if (load<u32>(entry) == hash) {
    const number = load<u32>(entry + 4);
    const known = load<u32>(VALUE_AT + (<usize>number << 2));
    return <u32>load<u16>(known) == length && isEqual(known + 2, from, length) ? number : -1;
  }
  if (isNews(hash, VALUE_SEEN, VALUE_SLOTS)) return -1;
  if (values == MOST_VALUES || valuesEnd + length + 32 > <u32>GUIDES) return -1;
  store<u32>(entry, hash);
  store<u32>(entry + 4, values);
  store<u32>(VALUE_AT + (<usize>values << 2), valuesEnd);
  store<u16>(valuesEnd, <u16>length);
  copy(valuesEnd + 2, from, length);
  valuesEnd += 2 + length;
  values += 1;
  return values - 1;
}

/** The number of the shape that was written to SKELETON, if it was there before. */
function numberOfShape(length: u32): i32 {
  const hash = hashOf(<u32>SKELETON, length);
  const entry = slotOf(hash, SHAPE_INDEX, SHAPE_SLOTS);
  if (entry == 0) return -1;
  if (load<u32>(entry) == hash) {
    const number = load<u32>(entry + 4);
    const known = load<u32>(SHAPE_AT + (<usize>number << 2));
    return load<u32>(known) == length && isEqual(known + 4, <u32>SKELETON, length) ? number : -1;
  }
  if (isNews(hash, SHAPE_SEEN, SHAPE_SLOTS)) return -1;
  if (shapes == MOST_SHAPES || shapesEnd + length + 32 > <u32>VALUE_BYTES) return -1;
  store<u32>(entry, hash);
  store<u32>(entry + 4, shapes);
  store<u32>(SHAPE_AT + (<usize>shapes << 2), shapesEnd);
  store<u32>(shapesEnd, length);
  store<u8>(copy(shapesEnd + 4, <u32>SKELETON, length), SHAPE_END);
  shapesEnd += 5 + length;
  shapes += 1;
  return shapes - 1;
}

/** The slot that has this hash, or the free one where it would go; 0 when the slots around are taken. */
function slotOf(hash: u32, index: usize, slots: u32): usize {
  for (let step: u32 = 0; step < 8; step += 1) {
    const entry = index + (<usize>((hash + step) & (slots - 1)) << 3);
    const there = load<u32>(entry);
    if (there == hash || there == 0) return entry;
  }
  return 0;
}

/** Whether this was not seen before, as far as is remembered; from now on it is. */
function isNews(hash: u32, seen: usize, slots: u32): bool {
  const at = seen + (<usize>(hash & (slots - 1)) << 2);
  if (load<u32>(at) == hash) return false;
  store<u32>(at, hash);
  return true;
}

/** Never 0. */
function hashOf(at: u32, length: u32): u32 {
  let hash: u64 = length;
  const end = at + length;
  while (at + 8 <= end) {
    hash = (hash ^ load<u64>(at)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
    at += 8;
  }
  const rest = (end - at) << 3;
  if (rest > 0) {
    hash = (hash ^ (load<u64>(at) & (((<u64>1) << rest) - 1))) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  hash *= 0xbf58476d1ce4e5b9;
  return <u32>(hash >> 32) | 1;
}

function isEqual(a: u32, b: u32, length: u32): bool {
  let at: u32 = 0;
  for (; at + 8 <= length; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
  for (; at < length; at += 1) if (load<u8>(a + at) != load<u8>(b + at)) return false;
  return true;
}

/** Returns where the copy ends. Up to fifteen bytes behind it are written too, and are to be written again. */
@inline
function copy(to: u32, from: u32, length: u32): u32 {
  for (let at: u32 = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
  return to + length;
}

/** The first byte below 0x20; `end` when there is none. */
function findHole(at: u32, end: u32): u32 {
  while (at < end) {
    const found = i8x16.bitmask(i8x16.lt_u(v128.load(at), i8x16.splat(0x20)));
    if (found != 0) {
      at += <u32>ctz(found);
      return at < end ? at : end;
    }
    at += 16;
  }
  return end;
}

function isOfNumber(byte: u32): bool {
  return isDigit(byte) || byte == 0x2d || byte == 0x2b || byte == 0x2e || (byte | 0x20) == 0x65;
}
