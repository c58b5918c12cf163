import type { ObjectKey } from "@operatorkit/object";
import { isColonNext, skipSpace, skipString } from "./json-bytes.ts";
import type { ObjectScan } from "./object-scan.ts";

const QUOTE = 0x22;
const MINUS = 0x2d;

/** Where a value stood in a skeleton; no JSON in ASCII without blanks has it. */
const HOLE = 0x00;
/** Ends a value. */
const END = 0x00;
/** The value is the next two characters' in the table of values that repeat. */
const REPEATED = 0x01;
/** The value is the object's name. */
const NAME = 0x02;
/** The value is the object's namespace. */
const NAMESPACE = 0x03;
/** The value is the second of those in front. */
const UID = 0x04;
/** The value is the first of those in front. */
const VERSION = 0x05;
const HOLE_TEXT = String.fromCharCode(HOLE);
const END_TEXT = String.fromCharCode(END);

/** What is the same in all metadata that has the same members: everything but the values. */
interface Shape {
  /** One more than there are values. */
  readonly parts: readonly string[];
  /** Of each value: how often it was looked for in the table, and found. */
  readonly tries: number[];
  readonly finds: number[];
}

/** Metadata in the fewest bytes. */
export interface PackedMetadata {
  readonly shape: Shape;
  /** The resource version, the uid and the other values, each ended by `END`. */
  readonly values: string;
}

/**
 * Packs the metadata of one kind's objects, which are alike: what they have in common (names of members, labels and annotations, values
 * that repeat) is kept once, so that what an object weighs is what is its own. A fifth of the text, a quarter of the parsed object.
 *
 * What it keeps is bounded: so many shapes, so many values. Metadata that is out of the ordinary (not in ASCII, of ever new shapes) is
 * not packed.
 */
export class MetadataCodec {
  readonly #shapes = new Map<string, Shape>();
  readonly #codes = new Map<string, number>();
  readonly #repeated: string[] = [];
  #seenOnce = new Set<string>();
  readonly #skeleton = Buffer.allocUnsafeSlow(LONGEST_SKELETON);
  #starts: number[] = [];
  #ends: number[] = [];
  #packed = Buffer.allocUnsafeSlow(1024);

  /** The metadata `scan` has found; undefined when it is not for packing. The bytes from its start to its end are to be ASCII. */
  pack(bytes: Buffer, scan: ObjectScan, keepManagedFields: boolean): PackedMetadata | undefined {
    const skeleton = this.#split(bytes, scan, keepManagedFields);
    const shape = skeleton === undefined ? undefined : this.#shapeOf(skeleton);
    if (shape === undefined) return undefined;
    // No value becomes longer than it was with its quotes, and each has an end.
    const longest = scan.metadataEnd - scan.metadataStart + this.#starts.length + 2;
    if (longest > this.#packed.length) this.#packed = Buffer.allocUnsafeSlow(longest * 2);
    let at = this.#copy(bytes, scan.versionStart, scan.versionEnd, 0);
    at = this.#copy(bytes, scan.uidStart, scan.uidEnd, at);
    for (let index = 0; index < this.#starts.length; index += 1) at = this.#value(bytes, scan, shape, index, at);
    return { shape, values: this.#packed.toString("latin1", 0, at) };
  }

  /** The metadata's JSON text. */
  unpack({ shape, values }: PackedMetadata, key: ObjectKey): string {
    const [version = "", uid = "", ...others] = values.split(END_TEXT);
    const slash = key.indexOf("/");
    let text = shape.parts[0] ?? "";
    for (const [index, value] of others.slice(0, -1).entries()) {
      switch (value.charCodeAt(0)) {
        case REPEATED:
          text += this.#repeated[(value.charCodeAt(1) - FIRST_DIGIT) * DIGITS + value.charCodeAt(2) - FIRST_DIGIT];
          break;
        case NAME:
          text += key.slice(slash + 1);
          break;
        case NAMESPACE:
          text += key.slice(0, slash);
          break;
        case UID:
          text += uid;
          break;
        case VERSION:
          text += version;
          break;
        default:
          text += value;
      }
      text += shape.parts[index + 1];
    }
    return text;
  }

  /** Writes the skeleton and notes where the values are. Undefined when it is too long. */
  #split(bytes: Buffer, scan: ObjectScan, keepManagedFields: boolean): string | undefined {
    const { metadataStart, metadataEnd, cutStart } = scan;
    const cutEnd = keepManagedFields ? 0 : scan.cutEnd;
    const skeleton = this.#skeleton;
    this.#starts = [];
    this.#ends = [];
    let length = 0;
    let at = metadataStart;
    while (at < metadataEnd) {
      if (length + 1 >= LONGEST_SKELETON) return undefined;
      if (at === cutStart && cutEnd !== 0) {
        at = cutEnd;
        continue;
      }
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        const end = skipString(bytes, at + 1, metadataEnd);
        if (isColonNext(bytes, end, metadataEnd)) {
          if (length + end - at >= LONGEST_SKELETON) return undefined;
          while (at < end) skeleton[length++] = bytes[at++] as number;
        } else {
          skeleton[length++] = QUOTE;
          length = this.#hole(at + 1, end - 1, length);
          skeleton[length++] = QUOTE;
          at = end;
        }
      } else if (byte === MINUS || isDigit(byte)) {
        const start = at;
        while (at < metadataEnd && isOfNumber(bytes[at] as number)) at += 1;
        length = this.#hole(start, at, length);
      } else if (byte <= 0x20) {
        at = skipSpace(bytes, at, metadataEnd);
      } else {
        skeleton[length++] = byte;
        at += 1;
      }
    }
    return length + 2 >= LONGEST_SKELETON ? undefined : skeleton.toString("latin1", 0, length);
  }

  #hole(start: number, end: number, length: number): number {
    this.#starts.push(start);
    this.#ends.push(end);
    this.#skeleton[length] = HOLE;
    return length + 1;
  }

  #shapeOf(skeleton: string): Shape | undefined {
    const known = this.#shapes.get(skeleton);
    if (known !== undefined) return known;
    if (this.#shapes.size >= MOST_SHAPES) return undefined;
    const values = this.#starts.map(() => 0);
    const shape = { parts: skeleton.split(HOLE_TEXT), tries: values, finds: [...values] };
    this.#shapes.set(skeleton, shape);
    return shape;
  }

  /** Writes one value and its end; returns where the next goes. */
  #value(bytes: Buffer, scan: ObjectScan, shape: Shape, index: number, at: number): number {
    const start = this.#starts[index] as number;
    const end = this.#ends[index] as number;
    if (start === scan.uidStart) return this.#mark(UID, at);
    if (start === scan.versionStart) return this.#mark(VERSION, at);
    if (isEqual(bytes, start, end, scan.nameStart, scan.nameEnd)) return this.#mark(NAME, at);
    if (isEqual(bytes, start, end, scan.namespaceStart, scan.namespaceEnd)) return this.#mark(NAMESPACE, at);
    const code = this.#codeOf(bytes, start, end, shape, index);
    if (code === undefined) return this.#copy(bytes, start, end, at);
    this.#packed[at] = REPEATED;
    this.#packed[at + 1] = FIRST_DIGIT + Math.floor(code / DIGITS);
    this.#packed[at + 2] = FIRST_DIGIT + (code % DIGITS);
    this.#packed[at + 3] = END;
    return at + 4;
  }

  #mark(mark: number, at: number): number {
    this.#packed[at] = mark;
    this.#packed[at + 1] = END;
    return at + 2;
  }

  #copy(bytes: Buffer, start: number, end: number, at: number): number {
    for (let from = start; from < end; from += 1) this.#packed[at++] = bytes[from] as number;
    this.#packed[at] = END;
    return at + 1;
  }

  /** A value that is seen for the second time gets a number; a place whose values seldom repeat is not looked at any more. */
  #codeOf(bytes: Buffer, start: number, end: number, { tries, finds }: Shape, index: number): number | undefined {
    const length = end - start;
    if (length < SHORTEST || length > LONGEST) return undefined;
    const tried = tries[index] as number;
    if (tried >= FIRST_TRIES && (finds[index] as number) * SELDOM < tried) return undefined;
    tries[index] = tried + 1;
    const value = bytes.toString("latin1", start, end);
    const known = this.#codes.get(value);
    if (known === undefined && !this.#seenOnce.delete(value)) {
      if (this.#seenOnce.size >= MOST_SEEN_ONCE) this.#seenOnce = new Set();
      this.#seenOnce.add(value);
      return undefined;
    }
    finds[index] = (finds[index] as number) + 1;
    if (known !== undefined) return known;
    if (this.#repeated.length >= MOST_REPEATED) return undefined;
    const code = this.#repeated.push(value) - 1;
    this.#codes.set(value, code);
    return code;
  }
}

/** The uid that stands in packed values. */
export function packedUid(values: PackedMetadata["values"]): string {
  const start = values.indexOf(END_TEXT) + 1;
  return values.slice(start, values.indexOf(END_TEXT, start));
}

export function packedVersion(values: PackedMetadata["values"]): string {
  return values.slice(0, values.indexOf(END_TEXT));
}

const LONGEST_SKELETON = 8 * 1024;
const MOST_SHAPES = 1024;
/** Shorter ones are as short as their number. */
const SHORTEST = 4;
const LONGEST = 256;
/** So many values of one place are looked for before it is judged … */
const FIRST_TRIES = 256;
/** … and if fewer than one in so many was known, they are names or the like. */
const SELDOM = 8;
const MOST_SEEN_ONCE = 4096;
/** A number is written in two digits, none of which is a mark. */
const FIRST_DIGIT = 0x20;
const DIGITS = 224;
const MOST_REPEATED = 16_384;

function isEqual(bytes: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  const length = end - start;
  if (length === 0 || length !== otherEnd - otherStart) return false;
  for (let index = 0; index < length; index += 1) if (bytes[start + index] !== bytes[otherStart + index]) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isOfNumber(byte: number): boolean {
  return isDigit(byte) || byte === MINUS || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45;
}
