import { Duplex } from "node:stream";
import { ApiError, type RequestOptions } from "@operatorkit/api";
import type { ObjectRef } from "@operatorkit/object";
import { aNumber, required } from "@operatorkit/observe/options";
import { checkRequest } from "../request/check-request.ts";
import type { Caller } from "../verbs/caller.ts";
import { actionOn, frame, openPodSocket, stopOf, type PodSocket } from "./pod-socket.ts";

const [DATA, ERROR] = [0, 1];

/** @see KubernetesClient.portForward */
export async function forwardPort(caller: Caller, ref: ObjectRef, port: number, { signal }: RequestOptions): Promise<Duplex> {
  const action = actionOn(ref, `forward port ${port} of`);
  checkRequest(action, { port }, { port: required(aNumber({ atLeast: 1, atMost: 65_535, whole: true })) });
  const query = new URLSearchParams({ ports: String(port) });
  const connection = new ForwardedPort(action);
  const socket = await openPodSocket(caller, ref, {
    action,
    subresource: "portforward",
    query,
    onFrame: (channel, data) => connection.receive(channel, data),
    onFailure: (error) => connection.fail(error),
    ...(signal && { signal }),
  });
  connection.attach(socket, stopOf(caller, signal));
  // What failed before anybody could listen is told here: an error event nobody listens to would end the process.
  if (connection.early !== undefined) throw connection.early;
  return connection;
}

/** A TCP connection to a port of a pod, as a stream. Source: kubelet `server/portforward/websocket.go`. */
class ForwardedPort extends Duplex {
  readonly #action: string;
  readonly #over = new AbortController();
  /** The first two bytes of each channel are the port's number. */
  readonly #prefixLeft: number[] = [2, 2];
  #socket: PodSocket | undefined;
  #early: Error | undefined;

  constructor(action: string) {
    super({ allowHalfOpen: true });
    this.#action = action;
  }

  /** What went wrong before the socket was there. */
  get early(): Error | undefined {
    return this.#early;
  }

  fail(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if (this.#socket !== undefined) this.destroy(error);
    else this.#early ??= error;
  }

  attach(socket: PodSocket, stop: AbortSignal): void {
    if (stop.aborted) this.fail(stop.reason);
    this.#socket = socket;
    if (this.#early !== undefined) {
      this.destroy();
      return;
    }
    socket.on("close", () => {
      if (!this.readableEnded) this.push(null);
      // There is nobody left to write to; what was received may still be read.
      if (!this.writableEnded) this.end();
    });
    stop.addEventListener("abort", () => this.fail(stop.reason), { once: true, signal: this.#over.signal });
  }

  receive(channel: number, data: Buffer): void {
    const prefix = Math.min(this.#prefixLeft[channel] ?? 0, data.byteLength);
    this.#prefixLeft[channel] = (this.#prefixLeft[channel] ?? 0) - prefix;
    const rest = data.subarray(prefix);
    if (rest.byteLength === 0) return;
    if (channel === ERROR) throw new ApiError(`${this.#action}: ${rest.toString("utf8").trim()}`, { code: "ConnectionFailed" });
    if (channel === DATA && !this.push(rest)) this.#socket?.pause();
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#socket === undefined) {
      done(new Error(`${this.#action}: it is not open yet`));
      return;
    }
    this.#socket.send(frame(DATA, chunk), (error) => done(error));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#over.abort();
    this.#socket?.terminate();
    done(error);
  }
}
