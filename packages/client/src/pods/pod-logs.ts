import { StringDecoder } from "node:string_decoder";
import type { ObjectRef } from "@operatorkit/object";
import { aNumber } from "@operatorkit/observe/options";
import { checkRequest } from "../request/check-request.ts";
import { objectPath, withQuery } from "../request/resource-path.ts";
import { nameOf, type Caller } from "../verbs/caller.ts";
import { PodKind } from "./pod-kind.ts";

/** Which part of a pod's log. Source: core/v1 PodLogOptions. */
export interface PodLogOptions {
  readonly signal?: AbortSignal;
  /** @default the pod's only container; with several the server refuses (what `kubectl.kubernetes.io/default-container` says is kubectl's to read) */
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

/** A line without an end must not fill the memory. */
const LONGEST_LINE = 1024 * 1024;

/** @see KubernetesClient.logs */
export async function* podLogs(caller: Caller, ref: ObjectRef, options: PodLogOptions): AsyncGenerator<string, void, undefined> {
  const { signal, ...query } = options;
  const some = aNumber({ atLeast: 1, whole: true });
  const rules = { tailLines: aNumber({ atLeast: 0, whole: true }), sinceSeconds: some, limitBytes: some };
  checkRequest(`logs of ${nameOf({ kind: PodKind, ref })}`, options, rules);
  const path = (): string => withQuery(objectPath(PodKind, ref, "log"), { ...query });
  const call = caller.call("get", { kind: PodKind, ref, subresource: "log" }, "GET", path, signal === undefined ? {} : { signal });
  yield* linesOf((await caller.core.requester.stream({ ...call, accept: "*/*" })).body);
}

/**
 * The lines of a stream of bytes, without their ends; a last line without an end is one too. A line of more than a million
 * characters comes in pieces.
 */
export async function* linesOf(body: AsyncIterable<Uint8Array>, longest: number = LONGEST_LINE): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    while (rest.length > longest) {
      yield rest.slice(0, longest);
      rest = rest.slice(longest);
    }
  }
  rest += decoder.end();
  if (rest !== "") yield rest;
}
