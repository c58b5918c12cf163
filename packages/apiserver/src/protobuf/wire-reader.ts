/** One field as it is on the wire. */
export type WireField =
  | { readonly number: number; readonly type: "varint"; readonly value: bigint }
  | { readonly number: number; readonly type: "fixed64" | "fixed32" | "bytes"; readonly bytes: Uint8Array };

/** Protobuf that is cut off or not protobuf. */
export class WireError extends Error {
  override readonly name: string = "WireError";
}

/** The fields of a message, in order. Source: protobuf.dev `programming-guides/encoding`. @throws WireError */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const tag = Number(reader.varint());
    const number = Math.floor(tag / 8);
    if (number <= 0) throw new WireError("a field has no number");
    switch (tag % 8) {
      case 0:
        yield { number, type: "varint", value: reader.varint() };
        break;
      case 1:
        yield { number, type: "fixed64", bytes: reader.take(8) };
        break;
      case 2:
        yield { number, type: "bytes", bytes: reader.take(Number(reader.varint())) };
        break;
      case 5:
        yield { number, type: "fixed32", bytes: reader.take(4) };
        break;
      default:
        throw new WireError(`field ${number} has the unknown wire type ${tag % 8}`);
    }
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new WireError("a number is cut off");
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new WireError("a number is longer than 64 bits");
  }

  take(length: number): Uint8Array {
    if (!(length >= 0) || this.#at + length > this.#bytes.length) throw new WireError("a field is longer than its message");
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }
}
