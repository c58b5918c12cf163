import { StringDecoder } from "node:string_decoder";

/** Which part of a pod's log. Source: core/v1 PodLogOptions. */
export interface PodLogOptions {
  readonly signal?: AbortSignal;
  /** @default the pod's only container, or the one its annotation `kubectl.kubernetes.io/default-container` names */
  readonly container?: string;
  /** Go on with what is logged from now on, until the container ends or you leave the loop. @default false */
  readonly follow?: boolean;
  /** Of the container's run before this one. @default false */
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  /** Each line begins with the time it was written. @default false */
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
}

/** The lines of a stream of bytes, without their ends; a last line without an end is one too. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  rest += decoder.end();
  if (rest !== "") yield rest;
}
