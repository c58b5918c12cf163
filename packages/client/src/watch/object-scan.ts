import { OBJECT_SCAN_WASM } from "./generated/object-scan-wasm.ts";

/** The bytes are not JSON. */
export const INVALID = -1;
/** So far so good, but what was looked at does not end within the bytes. */
export const INCOMPLETE = -2;
/** Nested deeper than the scanner follows. */
export const TOO_DEEP = -3;
/** It is JSON, but who the object is cannot be told without parsing it. */
export const UNCLEAR = -4;
/** The answer is not a list with items. */
export const NO_ITEMS = -5;

/** What `event` answers for a line that kube-apiserver would not write for a change. */
export const OTHER_LINE = 0;

/** Without the detour of `toString`, which costs as much as the rest for a short text. Of every Buffer, though not in its types. */
type Bytes = Buffer & {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  latin1Write(text: string, at: number): number;
};

/** The parts of WebAssembly that are used; Node's types lack them. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: object };
};

/** What `assembly/object-scan.ts` exports. */
interface Scanner {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  inputStart(): number;
  keyStart(): number;
  event(at: number, end: number, cutsManagedFields: boolean, follows: boolean): number;
  object(at: number, end: number, cutsManagedFields: boolean, follows: boolean): number;
  value(at: number, end: number): number;
  items(at: number, end: number): number;
  pack(at: number, end: number, withShapes: boolean): number;
  unpack(at: number, keyLength: number, out: number): number;
  shapeAt(number: number): number;
  valueAt(number: number): number;
}

/**
 * Passes over JSON bytes without making values of them: checks that they are JSON, finds the parts of Kubernetes objects that say
 * who they are, and packs objects for keeping. The loops are in `assembly/object-scan.ts`; this is its memory.
 *
 * Load bytes, look at them, and take what you need of them before somebody else loads other ones: all that is one synchronous piece
 * of work. Positions are those in `bytes`. What is in `managedFields` is not judged when it is cut out, only matched bracket by bracket.
 */
export class ObjectScan {
  readonly #main: Scanner = newScanner();
  readonly #start: number = this.#main.inputStart();
  readonly #keyStart: number = this.#main.keyStart();
  /** The one that has the bytes: `#main`, or one that is given up when it is no longer needed, because memory never shrinks. */
  #scanner: Scanner = this.#main;
  #bytes = Buffer.alloc(0) as Bytes;
  #fields: Int32Array = new Int32Array(0);
  #end = 0;

  constructor() {
    this.#reserve(0);
  }

  /** Puts bytes, in pieces, where they can be looked at: from `start` to `end`. */
  load(...pieces: readonly Uint8Array[]): void {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    this.#reserve(length);
    let at = this.#start;
    for (const piece of pieces) {
      this.#bytes.set(piece, at);
      at += piece.length;
    }
    this.#end = at;
  }

  /** The memory; what was loaded is a part of it. Valid until the next `load`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /**
   * Passes over a line of a watch: the index of its type in `CHANGE_TYPES`, with the object's result as of `object`; `OTHER_LINE`, with
   * only `lineEnd`; or `INCOMPLETE`.
   *
   * @param part what of the object is going to be packed
   */
  event(at: number, cutsManagedFields: boolean, part: ObjectPart): number {
    return this.#scanner.event(at, this.#end, cutsManagedFields, this.#follows(part));
  }

  /** Where the object that begins at `at` ends, and from then on its parts; or `INVALID`, `INCOMPLETE`, `TOO_DEEP`, `UNCLEAR`. */
  object(at: number, cutsManagedFields: boolean, part: ObjectPart): number {
    return this.#scanner.object(at, this.#end, cutsManagedFields, this.#follows(part));
  }

  /** Whether it may be enough to compare an object with those before it. Only the main scanner remembers them. */
  #follows(part: ObjectPart): boolean {
    return part === "object" && this.#scanner === this.#main;
  }

  /** Where any JSON value that begins at `at` ends; negative: `INVALID`, `INCOMPLETE`, `TOO_DEEP`. Takes exactly what `JSON.parse` takes. */
  endOfValue(at: number): number {
    return this.#scanner.value(at, this.#end);
  }

  /**
   * Where the object or array that begins at `at` ends, by its brackets alone; or `INCOMPLETE`. For what is nested deeper than the scanner
   * follows: kube-apiserver takes 10,000 levels. Slow, and whether it is JSON is for the caller to check.
   */
  endOfBrackets(at: number): number {
    let depth = 0;
    let isText = false;
    for (let here = at; here < this.#end; here += 1) {
      const byte = this.#bytes[here] as number;
      if (isText && byte === BACKSLASH) here += 1;
      else if (byte === QUOTE) isText = !isText;
      else if (isText) continue;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && (depth -= 1) <= 0) return here + 1;
    }
    return INCOMPLETE;
  }

  /** Behind the bracket that opens the items of a list; negative: `NO_ITEMS`, `INVALID`, `INCOMPLETE`. */
  items(at: number): number {
    return this.#scanner.items(at, this.#end);
  }

  /** Behind `at`, or there, the next byte that is no blank. */
  skipSpace(at: number): number {
    while (at < this.#end && isSpace(this.#bytes[at] as number)) at += 1;
    return at;
  }

  /** Where the last line ended: its newline. */
  get lineEnd(): number {
    return this.#field(0);
  }

  /** Of the last object, from here to `textEnd`. What is cut out is still there if `encoding` is `ascii` or `plain`. */
  get textStart(): number {
    return this.#field(1);
  }

  get textEnd(): number {
    return this.#field(2);
  }

  /** The last object's key: `namespace/name`, or the name alone. One flat string. */
  get key(): string {
    return this.#bytes.latin1Slice(this.#keyStart, this.#keyStart + this.#field(3));
  }

  /** Of the last object, without what was cut out. */
  get encoding(): Encoding {
    return this.#field(4) as Encoding;
  }

  /**
   * The last object, all of it or its metadata, in few bytes, of which `unpack` makes its text again; undefined when its identity is
   * extraordinarily long. Call it last: it may write where the object's bytes are. Not for `notAscii`.
   */
  pack(part: ObjectPart): string | undefined {
    const { [part]: at } = PARTS;
    // Only the main scanner remembers shapes.
    if (this.#scanner.pack(this.#field(at), this.#field(at + 1), this.#scanner === this.#main) === 0) return undefined;
    return this.#bytes.latin1Slice(this.#field(11), this.#field(12));
  }

  /** The text of what was packed with a shape. Not between `load` and what comes of it. */
  unpack(packed: string, key: string, textLength: number, encoding: Encoding): string {
    this.#reserve(packed.length + SLACK + textLength);
    this.#bytes.latin1Write(packed, this.#start);
    this.#bytes.latin1Write(key, this.#keyStart);
    const out = this.#start + packed.length + SLACK;
    return this.#text(out, this.#scanner.unpack(this.#start, key.length, out), encoding);
  }

  /** The text of a shape that has this number, each value in it a byte: 1 for a text with its quotes, 2 for a number. */
  shape(number: number): string {
    this.#reserve(0);
    const at = this.#main.shapeAt(number);
    return this.#bytes.latin1Slice(at + 4, at + 4 + this.#bytes.readUInt32LE(at));
  }

  /** The value that has this number. */
  value(number: number): string {
    this.#reserve(0);
    const at = this.#main.valueAt(number);
    return this.#bytes.latin1Slice(at + 2, at + 2 + this.#bytes.readUInt16LE(at));
  }

  #text(start: number, end: number, encoding: Encoding): string {
    return encoding !== Encoding.utf8 ? this.#bytes.latin1Slice(start, end) : this.#bytes.utf8Slice(start, end);
  }

  #field(index: number): number {
    return this.#fields[index] as number;
  }

  #reserve(length: number): void {
    const bytes = this.#start + length + SLACK;
    if (length < LARGE_BYTES && this.#scanner !== this.#main) this.#scanner = this.#main;
    else if (length >= LARGE_BYTES && this.#scanner === this.#main) this.#scanner = newScanner();
    else if (bytes <= this.#bytes.length) return;
    const { memory } = this.#scanner;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.#bytes = Buffer.from(memory.buffer) as Bytes;
    this.#fields = new Int32Array(memory.buffer, 0, FIELDS);
  }
}

/** `notAscii`: nor is who the object is. `utf8`: whether it really is, is for the caller to check. `plain`: ASCII without escapes. */
export const Encoding = { notAscii: 0, ascii: 1, utf8: 2, plain: 3 } as const;
export type Encoding = (typeof Encoding)[keyof typeof Encoding];

/** What of an object is of interest. */
export type ObjectPart = "object" | "metadata";

/** The first of the two fields that say where it is. */
const PARTS: Readonly<Record<ObjectPart, number>> = { object: 1, metadata: 9 };

/** By the numbers that `event` answers. */
export const CHANGE_TYPES = ["ADDED", "ADDED", "MODIFIED", "DELETED"] as const;

/** The scanner that all decoders of this process use in turns. Made when the first of them is. */
export function objectScan(): ObjectScan {
  shared ??= new ObjectScan();
  return shared;
}

let shared: ObjectScan | undefined;
let compiled: object | undefined;

const FIELDS = 13;
const PAGE_BYTES = 64 * 1024;
const LARGE_BYTES = 4 * 1024 * 1024;
/** The scanner loads and writes so many bytes at a time, also at the end. */
const SLACK = 64;

function newScanner(): Scanner {
  compiled ??= new WebAssembly.Module(Buffer.from(OBJECT_SCAN_WASM, "base64"));
  return new WebAssembly.Instance(compiled).exports as Scanner;
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
