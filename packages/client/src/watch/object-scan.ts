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

/** What becomes of `metadata.managedFields`: checked and kept; cut out of the text; or left where it is and only passed over. */
export const ManagedFields = { keep: 0, cut: 1, passOver: 2 } as const;
export type ManagedFieldsMode = (typeof ManagedFields)[keyof typeof ManagedFields];

/** Without the detour of `toString`, which costs as much as the rest for a short text. Of every Buffer, though not in its types. */
type Bytes = Buffer & { latin1Slice(start: number, end: number): string };

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
  event(at: number, end: number, cuts: ManagedFieldsMode): number;
  object(at: number, end: number, cuts: ManagedFieldsMode): number;
  value(at: number, end: number): number;
  items(at: number, end: number): number;
}

/**
 * Passes over JSON bytes without making values of them: checks that they are JSON, and finds the parts of Kubernetes objects that say
 * who they are. The loops are in `assembly/object-scan.ts`; this is its memory.
 *
 * Load bytes, look at them, and take what you need of them before somebody else loads other ones: all that is one synchronous piece
 * of work. Positions are those in `bytes`. What is in `managedFields` is not judged when it is left out, only matched bracket by
 * bracket.
 */
export class ObjectScan {
  #scanner: Scanner = newScanner();
  #bytes = Buffer.alloc(0) as Bytes;
  #fields: Int32Array = new Int32Array(0);
  #end = 0;
  readonly #start: number = this.#scanner.inputStart();
  readonly #keyStart: number = this.#scanner.keyStart();

  constructor() {
    this.#view();
  }

  /** Puts bytes, in pieces, where they can be looked at: from `start` to `end`. */
  load(...pieces: readonly Uint8Array[]): void {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    this.#reserve(this.#start + length + SLACK);
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
   */
  event(at: number, mode: ManagedFieldsMode): number {
    return this.#scanner.event(at, this.#end, mode);
  }

  /** Where the object that begins at `at` ends, and from then on its parts; or `INVALID`, `INCOMPLETE`, `TOO_DEEP`, `UNCLEAR`. */
  object(at: number, mode: ManagedFieldsMode): number {
    return this.#scanner.object(at, this.#end, mode);
  }

  /** Where any JSON value that begins at `at` ends; negative: `INVALID`, `INCOMPLETE`, `TOO_DEEP`. Takes exactly what `JSON.parse` takes. */
  value(at: number): number {
    return this.#scanner.value(at, this.#end);
  }

  /** Behind the bracket that opens the items of a list; negative: `NO_ITEMS`, `INVALID`, `INCOMPLETE`. */
  items(at: number): number {
    return this.#scanner.items(at, this.#end);
  }

  /** Where the last line ended: its newline. */
  get lineEnd(): number {
    return this.#field(0);
  }

  /** The last object's text; its characters are its bytes only when `isAscii`. */
  get text(): string {
    return this.#bytes.latin1Slice(this.#field(1), this.#field(2));
  }

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

  /** Where the uid is in `text`; 0 without one. */
  get uidOffset(): number {
    return this.#field(4);
  }

  get versionOffset(): number {
    return this.#field(5);
  }

  /** All strings outside of what is left out are ASCII. */
  get isAscii(): boolean {
    return this.#field(6) === 1;
  }

  // Behind the opening quote and at the closing one; both 0 when the object has none. With `cut`, good for their lengths only.
  get nameStart(): number {
    return this.#field(7);
  }
  get nameEnd(): number {
    return this.#field(8);
  }
  get namespaceStart(): number {
    return this.#field(9);
  }
  get namespaceEnd(): number {
    return this.#field(10);
  }
  get uidStart(): number {
    return this.#field(11);
  }
  get uidEnd(): number {
    return this.#field(12);
  }
  get versionStart(): number {
    return this.#field(13);
  }
  get versionEnd(): number {
    return this.#field(14);
  }
  /** All of `metadata`, from brace to brace. */
  get metadataStart(): number {
    return this.#field(15);
  }
  get metadataEnd(): number {
    return this.#field(16);
  }
  /** `managedFields` with one of its commas; both 0 when there is none. */
  get cutStart(): number {
    return this.#field(17);
  }
  get cutEnd(): number {
    return this.#field(18);
  }

  #field(index: number): number {
    return this.#fields[index] as number;
  }

  /** Memory never shrinks; one that an unusually large object has made large is given up when it is no longer needed. */
  #reserve(bytes: number): void {
    const size = this.#bytes.length;
    if (bytes > size) this.#scanner.memory.grow(Math.ceil((bytes - size) / PAGE_BYTES));
    else if (size > LARGE_BYTES && bytes < LARGE_BYTES) this.#scanner = newScanner();
    else return;
    this.#view();
    if (bytes > this.#bytes.length) this.#reserve(bytes);
  }

  #view(): void {
    const { buffer } = this.#scanner.memory;
    this.#bytes = Buffer.from(buffer) as Bytes;
    this.#fields = new Int32Array(buffer, 0, FIELDS);
  }
}

/** By the numbers that `event` answers. */
export const CHANGE_TYPES = ["ADDED", "ADDED", "MODIFIED", "DELETED"] as const;

/** The scanner that all decoders of this process use in turns. Made when the first of them is. */
export function objectScan(): ObjectScan {
  shared ??= new ObjectScan();
  return shared;
}

let shared: ObjectScan | undefined;
let compiled: object | undefined;

const FIELDS = 19;
const PAGE_BYTES = 64 * 1024;
const LARGE_BYTES = 4 * 1024 * 1024;
/** The scanner loads so many bytes at a time, also at the end. */
const SLACK = 64;

function newScanner(): Scanner {
  compiled ??= new WebAssembly.Module(Buffer.from(OBJECT_SCAN_WASM, "base64"));
  return new WebAssembly.Instance(compiled).exports as Scanner;
}
