import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What becomes of new connections. */
export type ProxyMode =
  /** Taken and passed on. */
  | "pass"
  /** Taken, and nothing is ever read or said: a handshake that hangs. */
  | "hang"
  /** Reset as soon as they were taken. */
  | "reset";

/** Passes bytes on between a client and a server, or does not: half-open connections, hanging handshakes, closed ports. */
export class TcpProxy implements AsyncDisposable {
  mode: ProxyMode = "pass";
  readonly #target: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** Of connections that are neither read nor closed. */
  readonly #held = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  /** Connections that met something else than passing on. */
  hits = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  static async start({ target }: { readonly target: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.open();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Those that are passed on: one that is held cannot see that its client has gone. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens any more, and open connections break. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.hits += 1;
    server?.close();
    this.cut();
    for (const socket of this.#held) socket.destroy();
    this.#held.clear();
    if (server !== undefined) await once(server, "close");
  }

  /** What is open stays open, and no byte goes through any more, either way: no end, no reset. */
  freeze(): void {
    for (const [near, far] of this.#pairs) {
      this.hits += 1;
      for (const socket of [near, far]) {
        socket.unpipe().pause();
        this.#held.add(socket);
      }
    }
    this.#pairs.clear();
  }

  /** Breaks what is open; returns how many connections there were. */
  cut(): number {
    const { size } = this.#pairs;
    this.hits += size;
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
    return size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept(near: Socket): void {
    near.on("error", () => {});
    if (this.mode === "reset") {
      this.hits += 1;
      near.resetAndDestroy();
      return;
    }
    if (this.mode === "hang") {
      this.hits += 1;
      near.pause();
      this.#held.add(near);
      return;
    }
    const far = connect(this.#target, "127.0.0.1");
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    near.on("close", () => {
      this.#pairs.delete(pair);
      far.destroy();
    });
    near.setNoDelay(true);
    far.setNoDelay(true);
    far.on("error", () => {});
    far.on("close", () => void near.destroy());
    near.pipe(far);
    far.pipe(near);
  }
}
