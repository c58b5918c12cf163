/**
 * The few forms of ASN.1's distinguished encoding (X.690) that a certificate is made of. Each function answers one whole element: tag, length, contents.
 */
export type Der = Uint8Array;

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
};
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

export function sequence(...parts: readonly Der[]): Der {
  return element(SEQUENCE, Buffer.concat(parts));
}

/** One member: with more, DER would have an opinion on their order. */
export function setOf(member: Der): Der {
  return element(SET, member);
}

/** A tag of the structure's own around an element: `[0] EXPLICIT`. */
export function explicit(tag: number, inner: Der): Der {
  return element(CONTEXT | CONSTRUCTED | tag, inner);
}

/** A tag of the structure's own in place of the element's: `[2] IMPLICIT`, of a primitive one. */
export function implicit(tag: number, contents: Uint8Array): Der {
  return element(CONTEXT | tag, contents);
}

export function boolean(value: boolean): Der {
  return element(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** A number that is not negative, its bytes the highest first. */
export function integer(bytes: Uint8Array): Der {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start === -1 ? Uint8Array.of(0) : bytes.subarray(start);
  // A first bit would be a sign.
  return element(TAG.integer, (short[0] as number) >= 0x80 ? Buffer.concat([Uint8Array.of(0), short]) : short);
}

/** Whole bytes of bits, or the last byte with some that do not count. */
export function bitString(bytes: Uint8Array, unusedBits: number = 0): Der {
  return element(TAG.bitString, Buffer.concat([Uint8Array.of(unusedBits), bytes]));
}

export function octetString(bytes: Uint8Array): Der {
  return element(TAG.octetString, bytes);
}

export function utf8String(text: string): Der {
  return element(TAG.utf8String, Buffer.from(text, "utf8"));
}

/** `2.5.4.3`. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(TAG.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** A point in time, in whole seconds; certificates write those before 2050 in the shorter form (RFC 5280, 4.1.2.5). */
export function time(ms: number): Der {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? element(TAG.utcTime, Buffer.from(digits.slice(2), "ascii"))
    : element(TAG.generalizedTime, Buffer.from(digits, "ascii"));
}

function element(tag: number, contents: Uint8Array): Der {
  return Buffer.concat([Uint8Array.of(tag), length(contents.byteLength), contents]);
}

/** Up to 127 as one byte, else the number of bytes that follow, and they. */
function length(count: number): Uint8Array {
  if (count < 0x80) return Uint8Array.of(count);
  const bytes: number[] = [];
  for (let left = count; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

/** Seven bits a byte, all but the last with a first bit. */
function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 | (left % 128));
  return bytes;
}
