/** A line is longer than allowed. */
export class LineTooLong extends Error {
  constructor(maxBytes: number) {
    super(`a line is longer than ${maxBytes} bytes`);
    this.name = "LineTooLong";
  }
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts a stream of bytes into lines, wherever the pieces were cut: in a line, in a character, between `\r` and `\n`. Empty
 * lines are left out. Works on bytes, so that no character is ever decoded in halves.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The pieces of a line whose end has not come yet. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  /** @default 64 MiB: far above what etcd stores, far below what would hurt */
  constructor({ maxBytes = 64 * 1024 * 1024 }: { readonly maxBytes?: number } = {}) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this piece completes. */
  push(chunk: Uint8Array): Buffer[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#keep(bytes.subarray(start, end));
      this.#complete(lines);
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    return lines;
  }

  /** The last line, if it came without its newline. */
  end(): Buffer | undefined {
    const lines: Buffer[] = [];
    this.#complete(lines);
    return lines[0];
  }

  #keep(piece: Buffer): void {
    this.#pendingBytes += piece.length;
    if (this.#pendingBytes > this.#maxBytes) throw new LineTooLong(this.#maxBytes);
    if (piece.length > 0) this.#pending.push(piece);
  }

  #complete(lines: Buffer[]): void {
    const [only] = this.#pending;
    let line = this.#pending.length === 1 && only !== undefined ? only : Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (line.at(-1) === CARRIAGE_RETURN) line = line.subarray(0, -1);
    if (line.length > 0) lines.push(line);
  }
}
