import type { Writable } from "node:stream";
import { ApiError } from "@operatorkit/api";
import type { PodSocket } from "./pod-socket.ts";

export interface ExecOutputOptions {
  readonly action: string;
  readonly name: "stdout" | "stderr";
  /** Where it goes; collected when left out. */
  readonly stream: Writable | undefined;
  readonly maxBytes: number;
  /** Told once when no more can be taken. */
  readonly onFailure: (error: unknown) => void;
}

/** One output of a command: handed to a stream, which may slow the command down, or collected up to a limit. */
export class ExecOutput {
  readonly #options: ExecOutputOptions;
  readonly #chunks: Buffer[] = [];
  readonly #onError: (cause: unknown) => void;
  #bytes = 0;
  #pausing: PodSocket | undefined;

  constructor(options: ExecOutputOptions) {
    this.#options = options;
    const { stream, action, name, onFailure } = options;
    this.#onError = (cause) => onFailure(new ApiError(`${action}: ${name} takes no more: ${String(cause)}`, { code: "Unknown", cause }));
    stream?.on("error", this.#onError);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  /** Takes a piece, and stops the socket while the stream cannot take more. */
  write(data: Buffer, socket: PodSocket | undefined): void {
    const { stream, maxBytes, action, name } = this.#options;
    if (stream === undefined) {
      this.#bytes += data.byteLength;
      if (this.#bytes > maxBytes) {
        throw new ApiError(`${action}: ${name} is larger than ${maxBytes} bytes; give maxOutputBytes, or a stream`, {
          code: "InvalidRequest",
        });
      }
      this.#chunks.push(data);
      return;
    }
    if (stream.write(data) || socket === undefined || this.#pausing !== undefined) return;
    this.#pausing = socket;
    socket.pause();
    stream.once("drain", this.#resume);
  }

  /** Leaves the stream, which stays open. */
  close(): void {
    const { stream } = this.#options;
    stream?.off("drain", this.#resume);
    stream?.off("error", this.#onError);
    this.#resume();
  }

  readonly #resume = (): void => {
    this.#pausing?.resume();
    this.#pausing = undefined;
  };
}
