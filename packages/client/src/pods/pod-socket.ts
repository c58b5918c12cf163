import { ApiError, isApiError, type RequestOptions } from "@operatorkit/api";
import type { ObjectRef } from "@operatorkit/object";
import type { Span } from "@operatorkit/observe";
import type { KubeConfig } from "@kubernetes/client-node";
import { PassThrough } from "node:stream";
import { importClientNode } from "../config/client-node.ts";
import { ConfigError } from "../config/config-error.ts";
import { Deadline } from "../request/deadline.ts";
import { objectPath } from "../request/resource-path.ts";
import { orAborted } from "../transport/or-aborted.ts";
import { nameOf, type Caller } from "../verbs/caller.ts";
import { PodKind } from "./pod-kind.ts";
import { pingWhileOpen } from "./socket-pings.ts";

/** A WebSocket of @kubernetes/client-node, as far as it is used. The package `ws` makes them. */
export interface PodSocket {
  /** The agreed subprotocol: `v5.channel.k8s.io`. */
  readonly protocol: string;
  send(frame: Uint8Array, sent: (error?: Error | null) => void): void;
  /** Stops reading from the wire, which in the end stops the sender. */
  pause(): void;
  resume(): void;
  close(): void;
  terminate(): void;
  ping(): void;
  readonly isPaused: boolean;
  on(event: "close" | "message" | "pong", listener: () => void): unknown;
}

export interface PodSocketOptions extends RequestOptions {
  readonly action: string;
  readonly subresource: "exec" | "attach" | "portforward";
  readonly query: URLSearchParams;
  /** Told of each frame. What it throws is given to `onFailure`, and the socket is closed. */
  readonly onFrame: (channel: number, data: Buffer) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Opens a WebSocket to a part of a pod: @kubernetes/client-node's, with the client's address, certificates, proxy and the
 * credentials of now. It must be open within the client's `requestTimeoutMs`; then it lives until either side ends it, the
 * signal does, or a ping is not answered. A refusal is told as any other call's.
 */
export async function openPodSocket(caller: Caller, ref: ObjectRef, options: PodSocketOptions): Promise<PodSocket> {
  const { action, subresource, query, signal } = options;
  const call = caller.call("create", { kind: PodKind, ref, subresource }, "GET", () => objectPath(PodKind, ref, subresource), options);
  const request = { ...call, action, path: `${call.path}?${query.toString()}` };
  const { clock, requestTimeoutMs: timeoutMs, requester, spans, connectionLimits } = caller.core;
  const toKubeConfig = caller.toKubeConfig(action);
  const reason = (): ApiError => new ApiError(`${action}: no connection within ${timeoutMs / 1000} s`, { code: "DeadlineExceeded" });
  const deadline = new Deadline({ clock, timeoutMs, signals: [stopOf(caller, signal)], reason });
  try {
    for (let resends = 0; ; resends += 1) {
      try {
        const opening = { ...options, toKubeConfig, path: request.path, span: spans.start(request, resends) };
        const socket = await openOnce(opening, deadline.signal);
        const { pingIntervalMs, pingTimeoutMs } = connectionLimits;
        pingWhileOpen(socket, { clock, pingIntervalMs, pingTimeoutMs, onDead: () => options.onFailure(dead(action, pingTimeoutMs)) });
        return socket;
      } catch (error) {
        if (deadline.signal.aborted || !isApiError(error) || error.status === undefined) throw error;
        // A plain request is refused with the reason, and has credentials read anew after a 401; it runs nothing.
        await requester.bytes({ ...request, mayRetry: false, signals: [deadline.signal] }).catch((answer: unknown) => {
          if (!isApiError(answer) || answer.code !== "BadRequest") throw answer;
        });
        if (error.status !== 401 || resends > 0) throw error;
      }
    }
  } finally {
    deadline.dispose();
  }
}

interface Opening extends PodSocketOptions {
  readonly toKubeConfig: () => Promise<unknown>;
  readonly path: string;
  readonly span: Span | undefined;
}

/** One attempt, in its span: until the WebSocket is open, since it may be so for hours. */
async function openOnce(options: Opening, signal: AbortSignal): Promise<PodSocket> {
  const { span } = options;
  const opening = open(options);
  try {
    const socket = await orAborted(opening, signal);
    span?.set("http.response.status_code", 101);
    return socket;
  } catch (cause) {
    if (signal.aborted) opening.then((socket) => socket.terminate()).catch(() => {});
    const error = signal.aborted ? signal.reason : failureOf(options, cause);
    if (isApiError(error) && error.status !== undefined) span?.set("http.response.status_code", error.status);
    span?.fail(error);
    throw error;
  } finally {
    span?.end();
  }
}

async function open({ action, toKubeConfig, path, span, onFrame, onFailure }: Opening): Promise<PodSocket> {
  const { Exec } = await importClientNode(action);
  const { handler } = new Exec(tellingOf(span, (await toKubeConfig()) as KubeConfig));
  // A server that closes a channel must not close this process's own stdout.
  Object.assign(handler, { streams: { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() } });
  return await handler.connect(path, null, (channel, data) => {
    try {
      onFrame(channel, data);
      return true;
    } catch (error) {
      onFailure(error);
      return false;
    }
  });
}

/** The configuration, which is this connection's own, with the headers that tell the server which span it is part of. */
function tellingOf(span: Span | undefined, config: KubeConfig): KubeConfig {
  if (span === undefined) return config;
  const apply = config.applyToHTTPSOptions.bind(config);
  config.applyToHTTPSOptions = async (options) => {
    await apply(options);
    const headers: Record<string, string> = {};
    span.inject(headers);
    // client-node's are an object.
    options.headers = Object.assign(options.headers ?? {}, headers);
  };
  return config;
}

function failureOf({ action, subresource }: Opening, cause: unknown): unknown {
  if (cause instanceof ConfigError) return cause;
  const status = refusedBy(cause);
  return status === undefined ? noConnection(action, cause) : refusedUpgrade(action, subresource, status, cause);
}

/** The HTTP status that came instead of a WebSocket; the words are those of `ws`. */
function refusedBy(error: unknown): number | undefined {
  const [, status] = /Unexpected server response: (\d+)/.exec(messageOf(error)) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** A plain request was let through, and the WebSocket was not. */
function refusedUpgrade(action: string, subresource: string, status: number, cause: unknown): ApiError {
  const help =
    status === 403
      ? `since Kubernetes 1.35 a WebSocket needs one more rule: { apiGroups: [""], resources: ["pods/${subresource}"], verbs: ["create"] }`
      : "is there something in between that does not let WebSockets through?";
  const code = status === 403 ? "Forbidden" : "ConnectionFailed";
  return new ApiError(`${action}: the server answered the WebSocket by HTTP status ${status}; ${help}`, { code, status, cause });
}

function noConnection(action: string, cause: unknown): ApiError {
  return new ApiError(`${action}: no connection: ${messageOf(cause)}`, { code: "ConnectionFailed", cause });
}

function dead(action: string, pingTimeoutMs: number): ApiError {
  return new ApiError(`${action}: the other side did not answer a ping within ${pingTimeoutMs / 1000} s`, { code: "ConnectionFailed" });
}

/** `ws` rejects with an event that holds the error. */
function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : String(error);
}

/** What ends a connection that lives: the caller's signal, the client's, or the client's end. */
export function stopOf({ core, defaults }: Caller, signal: AbortSignal | undefined): AbortSignal {
  return AbortSignal.any([signal, defaults.signal, core.requester.closing].filter((stop) => stop !== undefined));
}

/** `exec in Pod x/a`. */
export function actionOn(ref: ObjectRef, verb: string): string {
  return `${verb} ${nameOf({ kind: PodKind, ref })}`;
}

/** A frame of a channel. */
export function frame(channel: number, data: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([channel]), data]);
}

export function sent(socket: PodSocket, data: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => socket.send(data, (error) => (error ? reject(error) : resolve())));
}
