import { INCOMPLETE, INVALID, skipColon, skipSpace, skipString, skipValue } from "./json-bytes.ts";

/** It is JSON, but who the object is cannot be told without parsing it. */
export const UNCLEAR = -4;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const METADATA = Buffer.from("metadata");
const NAME = Buffer.from("name");
const NAMESPACE = Buffer.from("namespace");
const UID = Buffer.from("uid");
const RESOURCE_VERSION = Buffer.from("resourceVersion");
const MANAGED_FIELDS = Buffer.from("managedFields");

/**
 * Passes over one Kubernetes object in bytes, checks that all of it is JSON, and notes where the parts of its identity are and which
 * bytes to leave out for an object without `metadata.managedFields`. Only the top level's `metadata` counts: a pod template's is data.
 *
 * Anything out of the ordinary that JSON allows (a key twice, a key or identity with an escape, metadata that is no object) is
 * `UNCLEAR`, so that there is one judge of such things: `JSON.parse`. Holds the last scan's result; make one per decoder.
 */
export class ObjectScan {
  /** Behind the opening quote and at the closing one; both 0 when the object has none. */
  nameStart = 0;
  nameEnd = 0;
  namespaceStart = 0;
  namespaceEnd = 0;
  uidStart = 0;
  uidEnd = 0;
  versionStart = 0;
  versionEnd = 0;
  /** All of `metadata`, from brace to brace. */
  metadataStart = 0;
  metadataEnd = 0;
  /** `managedFields` with one of its commas; both 0 when there is none. */
  cutStart = 0;
  cutEnd = 0;
  #hasMetadata = false;

  /** Where the object that begins at `start` ends; negative: `INVALID`, `INCOMPLETE`, `TOO_DEEP` or `UNCLEAR`. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    this.#reset();
    if (start >= end) return INCOMPLETE;
    if (bytes[start] !== OPEN_BRACE) return UNCLEAR;
    const after = this.#members(bytes, start + 1, end, false);
    if (after < 0) return after;
    return this.#hasMetadata && this.nameStart !== 0 ? after : UNCLEAR;
  }

  #reset(): void {
    this.nameStart = this.nameEnd = this.namespaceStart = this.namespaceEnd = 0;
    this.uidStart = this.uidEnd = this.versionStart = this.versionEnd = 0;
    this.cutStart = this.cutEnd = this.metadataStart = this.metadataEnd = 0;
    this.#hasMetadata = false;
  }

  /** From behind the opening brace to behind the closing one. */
  #members(bytes: Uint8Array, at: number, end: number, inMetadata: boolean): number {
    let comma = 0;
    at = skipSpace(bytes, at, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return at + 1;
    while (at < end) {
      if (bytes[at] !== QUOTE) return INVALID;
      const key = at + 1;
      at = skipString(bytes, key, end);
      if (at < 0) return at;
      const keyEnd = at - 1;
      if (hasEscape(bytes, key, keyEnd)) return UNCLEAR;
      const value = skipColon(bytes, at, end);
      if (value < 0) return value;
      at = inMetadata ? this.#metadataMember(bytes, key, keyEnd, value, end) : this.#member(bytes, key, keyEnd, value, end);
      if (at < 0) return at;
      const isCut = inMetadata && this.cutStart === key;
      at = skipSpace(bytes, at, end);
      if (at >= end) return INCOMPLETE;
      const byte = bytes[at];
      if (byte !== CLOSE_BRACE && byte !== COMMA) return INVALID;
      if (isCut) {
        // With the comma before it, or as the first member with the one behind it.
        this.cutStart = comma === 0 ? key - 1 : comma;
        this.cutEnd = comma === 0 && byte === COMMA ? at + 1 : at;
      }
      if (byte === CLOSE_BRACE) return at + 1;
      comma = at;
      at = skipSpace(bytes, at + 1, end);
    }
    return INCOMPLETE;
  }

  #member(bytes: Uint8Array, key: number, keyEnd: number, value: number, end: number): number {
    if (!isWord(bytes, key, keyEnd, METADATA)) return skipValue(bytes, value, end, 1);
    if (this.#hasMetadata) return UNCLEAR;
    this.#hasMetadata = true;
    if (value >= end) return INCOMPLETE;
    if (bytes[value] !== OPEN_BRACE) return UNCLEAR;
    this.metadataStart = value;
    this.metadataEnd = this.#members(bytes, value + 1, end, true);
    return this.metadataEnd;
  }

  #metadataMember(bytes: Uint8Array, key: number, keyEnd: number, value: number, end: number): number {
    const at = skipValue(bytes, value, end, 2);
    if (at < 0) return at;
    switch (keyEnd - key) {
      case NAME.length:
        if (!isWord(bytes, key, keyEnd, NAME)) return at;
        if (this.nameStart !== 0 || !isPlainString(bytes, value, at)) return UNCLEAR;
        this.nameStart = value + 1;
        this.nameEnd = at - 1;
        return at;
      case NAMESPACE.length:
        if (!isWord(bytes, key, keyEnd, NAMESPACE)) return at;
        if (this.namespaceStart !== 0 || !isPlainString(bytes, value, at)) return UNCLEAR;
        this.namespaceStart = value + 1;
        this.namespaceEnd = at - 1;
        return at;
      case UID.length:
        if (!isWord(bytes, key, keyEnd, UID)) return at;
        if (this.uidStart !== 0 || !isPlainString(bytes, value, at)) return UNCLEAR;
        this.uidStart = value + 1;
        this.uidEnd = at - 1;
        return at;
      case RESOURCE_VERSION.length:
        if (!isWord(bytes, key, keyEnd, RESOURCE_VERSION)) return at;
        if (this.versionStart !== 0 || !isPlainString(bytes, value, at)) return UNCLEAR;
        this.versionStart = value + 1;
        this.versionEnd = at - 1;
        return at;
      case MANAGED_FIELDS.length:
        if (!isWord(bytes, key, keyEnd, MANAGED_FIELDS)) return at;
        if (this.cutStart !== 0) return UNCLEAR;
        // Where the cut really begins is known with the next comma.
        this.cutStart = key;
        return at;
      default:
        return at;
    }
  }
}

function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let index = 0; index < word.length; index += 1) if (bytes[start + index] !== word[index]) return false;
  return true;
}

/** A string whose bytes are its characters. */
function isPlainString(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === QUOTE && !hasEscape(bytes, start + 1, end - 1);
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}
