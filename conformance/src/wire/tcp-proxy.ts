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
  readonly #pairs = new Set<readonly [Socket, Socket | undefined]>();
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
    if (server !== undefined) await once(server, "close");
  }

  /** What is open stays open, and no byte goes through any more, either way: no end, no reset. */
  freeze(): void {
    for (const [near, far] of this.#pairs) {
      this.hits += 1;
      for (const socket of [near, far]) socket?.unpipe().pause();
    }
  }

  /** Breaks what is open; returns how many connections there were. */
  cut(): number {
    const { size } = this.#pairs;
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far?.destroy();
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
    const far = this.mode === "pass" ? connect(this.#target, "127.0.0.1") : undefined;
    if (far === undefined) {
      this.hits += 1;
      near.pause();
    }
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    near.on("close", () => {
      this.#pairs.delete(pair);
      far?.destroy();
    });
    if (far === undefined) return;
    near.setNoDelay(true);
    far.setNoDelay(true);
    far.on("error", () => {});
    far.on("close", () => void near.destroy());
    near.pipe(far);
    far.pipe(near);
  }
}
