import type { Readable } from "node:stream";
import { systemClock, type Clock } from "@operatorkit/observe";

export interface RequestBodyOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly clock?: Clock | undefined;
}

/** What came of reading a request body. */
export type RequestBody =
  | { readonly type: "body"; readonly bytes: Uint8Array | undefined }
  /** The rest of it was not read. */
  | { readonly type: "too large" }
  | { readonly type: "too slow" }
  /** The client went away. */
  | { readonly type: "aborted" };

/** Reads a body to its end, as far as the bounds go. Never rejects; leaves no timer and no listener behind. */
export function readRequestBody(stream: Readable, { maxBytes, timeoutMs, clock = systemClock }: RequestBodyOptions): Promise<RequestBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = clock.setTimer(timeoutMs, () => settle({ type: "too slow" }));

    const onData = (chunk: Buffer): void => {
      size += chunk.byteLength;
      if (size > maxBytes) settle({ type: "too large" });
      else chunks.push(chunk);
    };
    const onEnd = (): void =>
      settle({ type: "body", bytes: size === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size) });
    const onGone = (): void => settle({ type: "aborted" });

    function settle(outcome: RequestBody): void {
      timer.cancel();
      stream.off("data", onData).off("end", onEnd).off("error", onGone).off("aborted", onGone).off("close", onGone);
      if (outcome.type !== "body") stream.pause();
      resolve(outcome);
    }

    stream.on("data", onData).on("end", onEnd).on("error", onGone).on("aborted", onGone).on("close", onGone);
  });
}
