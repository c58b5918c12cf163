import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { testServerCertificate, testServerKey } from "./certificates.ts";

/** A proxy of a few lines. Every tunnel leads to 127.0.0.1, whatever name was asked for. */
export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** `host:port`, or `user:password@host:port`, of each connection asked for. */
  readonly asked: readonly string[];
}

/** Answers CONNECT; with `refuse`, by that status line. */
export async function startHttpProxy({
  tls = false,
  refuse,
}: { readonly tls?: boolean; readonly refuse?: string } = {}): Promise<TestProxy> {
  return await start(tls, (near, asked, open) => {
    near.once("data", (head: Buffer) => {
      const [, target = ""] = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head.toString()) ?? [];
      const [, basic] = /proxy-authorization: Basic (\S+)/i.exec(head.toString()) ?? [];
      asked.push(`${basic === undefined ? "" : `${Buffer.from(basic, "base64").toString()}@`}${target}`);
      if (refuse === undefined) open(target.split(":").at(-1), "HTTP/1.1 200 Connection established\r\n\r\n");
      else near.end(`HTTP/1.1 ${refuse}\r\n\r\n`);
    });
  });
}

/** SOCKS 5 with names and IPv4 addresses; with `password`, it wants user name and password. Source: RFC 1928, RFC 1929. */
export async function startSocksProxy(options: { readonly password?: boolean; readonly refuse?: boolean } = {}): Promise<TestProxy> {
  const { password = false, refuse = false } = options;
  return await start(false, (near, asked, open) => {
    let user = "";
    const steps = [
      () => near.write(Buffer.from([5, password ? 2 : 0])),
      ...(password
        ? [
            (data: Buffer) => {
              const nameEnd = 2 + (data[1] ?? 0);
              user = `${data.subarray(2, nameEnd).toString()}:${data.subarray(nameEnd + 1).toString()}@`;
              near.write(Buffer.from([1, 0]));
            },
          ]
        : []),
      (data: Buffer) => {
        const isName = data[3] === 3;
        const end = isName ? 5 + (data[4] ?? 0) : 8;
        const host = isName ? data.subarray(5, end).toString() : [...data.subarray(4, end)].join(".");
        const port = data.readUInt16BE(end);
        asked.push(`${user}${host}:${port}`);
        if (refuse) near.end(Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]));
        else open(String(port), Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
      },
    ];
    const onData = (data: Buffer): void => {
      const step = steps.shift();
      if (steps.length === 0) near.off("data", onData);
      step?.(data);
    };
    near.on("data", onData);
  });
}

async function start(
  tls: boolean,
  serve: (near: Socket, asked: string[], open: (port: string | undefined, greeting: string | Buffer) => void) => void,
): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const onConnection = (near: Socket): void => {
    keep(near);
    serve(near, asked, (port, greeting) => {
      const far = connect(Number(port), "127.0.0.1", () => {
        near.write(greeting);
        near.pipe(far).pipe(near);
      });
      keep(far);
    });
  };
  const server: Server = tls
    ? createTlsServer({ key: testServerKey, cert: testServerCertificate }, onConnection)
    : createServer(onConnection);
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
