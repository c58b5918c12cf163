import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { TestServer } from "./test-server.ts";

/** A wire that can be made to lose every byte from then on, while nothing ends. */
export interface BlackHole extends AsyncDisposable {
  readonly url: URL;
  readonly swallow: () => void;
  /** How many connections to it are open. */
  readonly connections: () => number;
}

export async function blackHoleInFrontOf(server: TestServer): Promise<BlackHole> {
  const near = new Set<Socket>();
  let isSwallowing = false;
  const proxy = createServer((socket) => {
    const far = connect(Number(server.url.port), server.url.hostname);
    near.add(socket);
    socket.on("data", (bytes) => isSwallowing || far.write(bytes));
    far.on("data", (bytes) => isSwallowing || socket.write(bytes));
    for (const end of [socket, far]) end.on("error", () => {});
    socket.on("close", () => {
      near.delete(socket);
      far.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: new URL(`https://127.0.0.1:${(proxy.address() as AddressInfo).port}`),
    swallow: () => {
      isSwallowing = true;
    },
    connections: () => near.size,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of near) socket.destroy();
      await closed;
    },
  };
}
