import type { Duplex } from "node:stream";
import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";
import type { Clock } from "@operatorkit/observe";
import { Http2Connection } from "./http2-connection.ts";
import { orAborted } from "./or-aborted.ts";
import { TransportError } from "./transport-error.ts";

export interface Http2TransportOptions {
  readonly server: URL;
  /** Opens a socket on which HTTP/2 was agreed; the signal is aborted by `close`. */
  readonly open: (signal: AbortSignal) => Promise<Duplex>;
  readonly clock: Clock;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** For HTTP/2's greeting, once the socket is there. */
  readonly settingsTimeoutMs: number;
  /** With all of them full, requests wait their turn. @default 32 */
  readonly maxConnections?: number;
}

/** A server that refuses this often in a row will go on refusing. */
const MAX_REFUSALS = 5;

/**
 * HTTP/2 to one server: one connection, opened at the first request; more while the server's limit of concurrent streams
 * is reached, closed again when idle. A request that the server surely did not process (GOAWAY, REFUSED_STREAM) is sent
 * again on another connection; any other failure is the caller's to judge.
 */
export class Http2Transport implements Transport {
  readonly #options: Required<Http2TransportOptions>;
  #connections: Http2Connection[] = [];
  #connecting: Promise<void> | undefined;
  /** Requests waiting for room, oldest first. */
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  readonly #closing = new AbortController();

  constructor(options: Http2TransportOptions) {
    this.#options = { maxConnections: 32, ...options };
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#connections.length;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    for (let refusals = 0; ;) {
      request.signal?.throwIfAborted();
      if (this.#closing.signal.aborted) throw new TransportError("the client is closed", { wasSent: false, isPermanent: true });
      const connection = this.#connections.find((candidate) => candidate.hasRoom);
      if (connection === undefined) {
        await this.#room(request.signal);
        continue;
      }
      try {
        return await connection.request(request);
      } catch (error) {
        if (!(error instanceof TransportError) || error.wasSent || error.isPermanent || refusals >= MAX_REFUSALS) throw error;
        refusals += 1;
      }
    }
  }

  /** New requests go to new connections; those that run, run on. */
  retire(): void {
    for (const connection of this.#connections) connection.retire();
  }

  async close(): Promise<void> {
    const why = new TransportError("the client was closed", { wasSent: true, isPermanent: true });
    this.#closing.abort(why);
    for (const connection of this.#connections) connection.close(why);
    this.#wakeAll();
    await this.#connecting;
  }

  /** Resolves when it is worth looking for room again: a request has ended, or a further connection is open. */
  async #room(signal: AbortSignal | undefined): Promise<void> {
    const waiter = Promise.withResolvers<void>();
    this.#waiting.push(waiter);
    this.#grow();
    try {
      await orAborted(waiter.promise, signal);
    } catch (error) {
      const index = this.#waiting.indexOf(waiter);
      if (index !== -1) this.#waiting.splice(index, 1);
      // The turn this request was given and cannot use goes to the next.
      else this.#waiting.shift()?.resolve();
      throw error;
    }
  }

  #grow(): void {
    const usable = this.#connections.filter((connection) => connection.isUsable).length;
    if (this.#connecting !== undefined || usable >= this.#options.maxConnections) return;
    this.#connecting = this.#connect()
      .then(
        () => this.#wakeAll(),
        (error: unknown) => {
          for (const waiter of this.#waiting.splice(0)) waiter.reject(error);
        },
      )
      .finally(() => {
        this.#connecting = undefined;
      });
  }

  async #connect(): Promise<void> {
    const { open, server, clock, pingIntervalMs, pingTimeoutMs, settingsTimeoutMs } = this.#options;
    const socket = await open(this.#closing.signal);
    const connection = await Http2Connection.open({
      socket,
      server,
      clock,
      pingIntervalMs,
      pingTimeoutMs,
      settingsTimeoutMs,
      signal: this.#closing.signal,
      onChange: () => this.#changed(),
    });
    this.#connections.push(connection);
  }

  #changed(): void {
    const before = this.#connections.length;
    this.#connections = this.#connections.filter((connection) => !connection.isClosed);
    if (this.#connections.length < before) {
      this.#wakeAll();
      return;
    }
    if (this.#waiting.length > 0) {
      this.#waiting.shift()?.resolve();
      return;
    }
    // The first connection stays; those opened for a rush go when they are idle.
    const extra = this.#connections.findLast((connection, index) => index > 0 && connection.isUsable && connection.isIdle);
    extra?.close(new TransportError("the connection is no longer needed", { wasSent: false }));
  }

  #wakeAll(): void {
    for (const waiter of this.#waiting.splice(0)) waiter.resolve();
  }
}
