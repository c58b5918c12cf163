import { once } from "node:events";
import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../api-server.ts";

const PATH = "/api/v1/namespaces/default/configmaps";
const WATCH = `${PATH}?watch=true`;

/** How an answer came: its status, what was read, and how it ended. */
interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly ended: "end" | "broken" | "open";
}

interface Wire extends AsyncDisposable {
  /** Reads until the answer ends, breaks, or `patienceMs` pass. */
  read(path: string, patienceMs?: number): Promise<Outcome>;
}

type Open = (server: ApiServer) => Promise<Wire>;

const http1: Open = async (server) => ({
  read: async (path, patienceMs) => {
    const request = get(server.url + path, { ca: server.caPem, agent: false, headers: { authorization: `Bearer ${server.token}` } });
    try {
      const [response] = (await once(request, "response")) as [IncomingMessage];
      return await readAll(response, response.statusCode ?? 0, patienceMs);
    } catch {
      return { status: 0, text: "", ended: "broken" };
    } finally {
      request.destroy();
    }
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const http2: Open = async (server) => {
  const session: ClientHttp2Session = connectHttp2(server.url, { ca: server.caPem as string });
  session.on("error", () => {});
  await once(session, "connect");
  return {
    read: async (path, patienceMs) => {
      const stream: ClientHttp2Stream = session.request({ ":path": path, authorization: `Bearer ${server.token}` });
      stream.on("error", () => {});
      const status = await new Promise<number>((resolve) => {
        stream.once("response", (headers) => resolve(Number(headers[":status"])));
        stream.once("close", () => resolve(0));
      });
      if (status === 0) return { status, text: "", ended: "broken" };
      const outcome = await readAll(stream, status, patienceMs);
      stream.close();
      return outcome;
    },
    [Symbol.asyncDispose]: async () => session.destroy(),
  };
};

async function readAll(stream: IncomingMessage | ClientHttp2Stream, status: number, patienceMs = 5_000): Promise<Outcome> {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => (text += chunk));
  stream.on("error", () => {});
  let timer: NodeJS.Timeout | undefined;
  const ended = await new Promise<Outcome["ended"]>((resolve) => {
    let hasEnded = false;
    stream.once("end", () => (hasEnded = true));
    stream.once("close", () => {
      const isWhole = "rstCode" in stream ? stream.rstCode === 0 : hasEnded && stream.complete;
      resolve(isWhole ? "end" : "broken");
    });
    timer = setTimeout(() => resolve("open"), patienceMs);
  });
  clearTimeout(timer);
  return { status, text, ended };
}

describe.each<[string, Open]>([
  ["HTTP/1.1", http1],
  ["HTTP/2", http2],
])("faults on %s", (_name, open) => {
  let server: ApiServer;
  let wire: Wire;

  beforeEach(async () => {
    server = await ApiServer.start();
    wire = await open(server);
    const transport = server.transport();
    for (const name of ["a", "b"]) {
      const body = new TextEncoder().encode(JSON.stringify({ metadata: { name } }));
      await transport.request({ method: "POST", path: PATH, headers: { "content-type": "application/json" }, body });
    }
  });

  afterEach(async () => {
    await wire[Symbol.asyncDispose]();
    await server.close();
  });

  it("break an answer before its headers", async () => {
    server.faults.add({ when: { verb: "list", times: 1 }, do: { type: "reset" } });
    expect(await wire.read(PATH)).toMatchObject({ status: 0, ended: "broken" });
    expect(await wire.read(PATH)).toMatchObject({ status: 200, ended: "end" });
  });

  it("break an answer in the middle of a page, whose beginning arrives", async () => {
    server.faults.add({ when: { verb: "list", times: 1 }, do: { type: "reset", at: "mid-page", afterBytes: 20 } });
    const { status, text, ended } = await wire.read(PATH);
    expect([status, text.length, ended]).toEqual([200, 20, "broken"]);
  });

  it("break a watch in the middle of an event", async () => {
    server.faults.add({ when: { verb: "watch" }, do: { type: "reset", at: "mid-event", afterEvents: 1 } });
    const { text, ended } = await wire.read(WATCH);
    const [whole, half] = text.split("\n");
    expect([(JSON.parse(whole as string) as { type: string }).type, ended]).toEqual(["ADDED", "broken"]);
    expect(half).toMatch(/^\{"type":"ADDED".*[^}]$/);
  });

  it("hold an answer before its headers, or after some of it, and let go when the server closes", async () => {
    server.faults.add({ when: { verb: "list" }, do: { type: "hang" } });
    server.faults.add({ when: { verb: "watch" }, do: { type: "silence", afterEvents: 1 } });
    const hung = wire.read(PATH);
    expect(await wire.read(WATCH, 100)).toMatchObject({ status: 200, ended: "open" });
    const before = performance.now();
    await server.close();
    expect(await hung).toMatchObject({ status: 0 });
    expect(performance.now() - before).toBeLessThan(450);
  });

  it("send a page as a drip, split anywhere", async () => {
    server.faults.add({ when: { verb: "list" }, do: { type: "drip", bytes: 100, everyMs: 1 } });
    const { text, ended } = await wire.read(PATH);
    expect([(JSON.parse(text) as { kind: string }).kind, ended]).toEqual(["ConfigMapList", "end"]);
  });

  it("send a corrupt page whole, with the length it has", async () => {
    server.faults.add({ when: { verb: "list" }, do: { type: "corrupt", how: "truncated" } });
    const { text, ended } = await wire.read(PATH);
    expect(ended).toBe("end");
    expect(() => JSON.parse(text)).toThrow("JSON");
  });

  it("take every request on a connection along", async () => {
    server.faults.add({ when: { verb: "list", times: 1 }, do: { type: "reset", scope: "connection" } });
    const watching = wire.read(WATCH, 300);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await wire.read(PATH)).toMatchObject({ ended: "broken" });
    expect((await watching).ended).toBe(open === http2 ? "broken" : "open");
  });

  it("restart the server on its port, with every connection broken and the same certificate", async () => {
    const { url } = server;
    const watching = wire.read(WATCH);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.restart();
    expect((await watching).ended).toBe("broken");
    expect(server.url).toBe(url);
    await using again = await open(server);
    expect(await again.read(PATH)).toMatchObject({ status: 200, ended: "end" });
  });
});
