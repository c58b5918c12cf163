import { once } from "node:events";
import { constants } from "node:http2";
import { gzipSync } from "node:zlib";
import type { WireFault } from "../wire/exchange.ts";
import type { H2Exchange } from "../wire/h2-front.ts";
import { chunkOf, headOf, LAST_CHUNK, type RawExchange } from "../wire/raw-front.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** Changes of every sort, with characters of two, three and four bytes in them. */
async function change(world: World): Promise<void> {
  await world.put("a", 'changed: é € 🗝 \u2028 \\ " \r\n');
  await world.remove("b");
  await world.put("d", "new");
}

interface More {
  readonly times?: number;
  readonly forMs?: number;
  readonly isQuick?: boolean;
}

/** The subject's watch breaks, and its next watches (or, after a 410, its next lists) meet a fault. */
function met(
  what: Pick<Scenario, "id" | "name" | "front">,
  verb: "list" | "watch",
  { forMs = 1_500, isQuick = false }: More,
  plan: (world: World) => void,
): Scenario {
  return {
    ...what,
    isQuick,
    async run(world) {
      // The list, and the watch that is to break.
      await world.untilAsked(2);
      plan(world);
      if (verb === "list") world.server.compact();
      world.cut();
      await change(world);
      if (verb === "list") world.server.compact();
      await world.wait(forMs);
    },
  };
}

function onRaw(id: string, name: string, verb: "list" | "watch", fault: WireFault<RawExchange>, more: More = {}): Scenario {
  return met({ id, name: `${name} (HTTP/1.1)`, front: "raw" }, verb, more, (world) => world.raw.plan.meet(verb, fault, more.times));
}

function onH2(id: string, name: string, verb: "list" | "watch", fault: WireFault<H2Exchange>, more: More = {}): Scenario {
  return met({ id, name: `${name} (HTTP/2)`, front: "h2" }, verb, more, (world) => world.h2.plan.meet(verb, fault, more.times));
}

/** The whole answer, in one piece. */
async function bodyOf(exchange: RawExchange): Promise<Buffer> {
  const { body } = await exchange.answer();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const json = (headers: Readonly<Record<string, string>> = {}): Buffer =>
  headOf({ status: 200, headers: { "content-type": "application/json", ...headers } });

const head = (status: string, ...lines: readonly string[]): string => `${[`HTTP/1.1 ${status}`, ...lines].join("\r\n")}\r\n\r\n`;

const line = (event: object): Buffer => chunkOf(Buffer.from(`${JSON.stringify(event)}\n`));

/** A whole answer with these bytes as its body. */
const answered =
  (body: string | Buffer, headers: Readonly<Record<string, string>> = {}): WireFault<RawExchange> =>
  async ({ write }) => {
    await write(json(headers));
    if (body.length > 0) await write(chunkOf(Buffer.from(body)));
    await write(LAST_CHUNK);
  };

const mebibyte = Buffer.alloc(1024 * 1024, " ");

/** What can be said only in bytes: how they are cut, counted, packed and reset. */
export const wireScenarios: readonly Scenario[] = [
  onRaw(
    "P9",
    "every byte of a watch comes by itself",
    "watch",
    (exchange) =>
      exchange.pass(async (piece) => {
        for (const byte of piece) await exchange.write(Buffer.from([byte]));
      }),
    { isQuick: true },
  ),
  onRaw("P9", "every byte of a list comes by itself", "list", (exchange) =>
    exchange.pass(async (piece) => {
      for (const byte of piece) await exchange.write(Buffer.from([byte]));
    }),
  ),
  onRaw(
    "P9",
    "all events come in one piece",
    "watch",
    async (exchange) => {
      const held: Buffer[] = [];
      const passing = exchange.pass(async (piece) => void held.push(piece));
      await new Promise((resolve) => setTimeout(resolve, 500));
      await exchange.write(Buffer.concat(held));
      exchange.socket.destroy();
      await passing.catch(() => {});
    },
    { isQuick: true },
  ),
  onRaw("P9", "an event comes without a newline, and the stream ends well", "watch", async ({ answer, write }) => {
    const { body } = await answer();
    await write(json());
    for await (const chunk of body) {
      await write(chunkOf(Buffer.from(Buffer.from(chunk).toString("utf8").trimEnd())));
      break;
    }
    await write(LAST_CHUNK);
  }),
  onRaw("P9", "lines end with \\r\\n, and empty ones are between them", "watch", (exchange) =>
    exchange.pass(async (piece) => {
      const text = piece.toString("utf8");
      const at = text.indexOf("\r\n");
      if (text.startsWith("HTTP/")) return exchange.write(piece);
      const body = text.slice(at + 2, -2);
      return exchange.write(chunkOf(Buffer.from(`\n\r\n${body.replace(/\n$/, "\r\n")}\n`)));
    }),
  ),
  onRaw("P9", "an event is three megabytes long", "watch", (exchange) =>
    exchange.pass(async (piece) => {
      const text = piece.toString("utf8");
      if (text.startsWith("HTTP/")) return exchange.write(piece);
      const body = text.slice(text.indexOf("\r\n") + 2, -2);
      return exchange.write(chunkOf(Buffer.from(body.replaceAll('"object":', `"object":${" ".repeat(3 * 1024 * 1024)}`))));
    }),
  ),
  onRaw(
    "P9",
    "a line goes on beyond every limit",
    "watch",
    async ({ write, socket, signal }) => {
      await write(json());
      for (let mebibytes = 0; mebibytes < 80 && socket.writable; mebibytes += 1) {
        if (!socket.write(chunkOf(mebibyte))) await once(socket, "drain", { signal });
      }
    },
    { forMs: 4_000 },
  ),
  onRaw("P9", "a chunk's size is garbage", "watch", async ({ write }) => {
    await write(json());
    await write("zz\r\n{}\r\n");
  }),
  onRaw(
    "P9",
    "the chunks of a list break off without an end",
    "list",
    async (exchange) => {
      const body = await bodyOf(exchange);
      await exchange.write(json());
      await exchange.write(chunkOf(body.subarray(0, body.length >> 1)));
      exchange.socket.end();
    },
    { isQuick: true },
  ),
  onRaw("P9", "a list ends well, but in the middle of its JSON", "list", async (exchange) => {
    const body = await bodyOf(exchange);
    await answered(body.subarray(0, body.length - 40))(exchange);
  }),
  onRaw("P9", "a list is shorter than its content-length", "list", async (exchange) => {
    const body = await bodyOf(exchange);
    await exchange.write(head("200 OK", "content-type: application/json", `content-length: ${body.length + 100}`));
    await exchange.write(body);
    exchange.socket.end();
  }),
  onRaw("P9", "a list is longer than its content-length", "list", async (exchange) => {
    const body = await bodyOf(exchange);
    await exchange.write(head("200 OK", "content-type: application/json", `content-length: ${body.length - 100}`));
    await exchange.write(body);
  }),
  onRaw("P9", "the packed bytes of a list break off", "list", async (exchange) => {
    const packed = gzipSync(await bodyOf(exchange));
    await answered(packed.subarray(0, packed.length >> 1), { "content-encoding": "gzip" })(exchange);
  }),
  onRaw("P9", "a list says it is packed, and is not", "list", async (exchange) => {
    await answered(await bodyOf(exchange), { "content-encoding": "gzip" })(exchange);
  }),
  onRaw("P9", "the headers of a list stop half-way", "list", ({ write }) => write("HTTP/1.1 200 OK\r\ncontent-type: applic"), {
    forMs: 2_000,
  }),
  onRaw("P9", "the headers of a watch stop half-way", "watch", ({ write }) => write("HTTP/1.1 200 OK\r\ncontent-type: applic"), {
    forMs: 2_000,
  }),
  onRaw("P9", "the watch stops in the middle of a chunk, and stays open", "watch", async (exchange) => {
    let isStuck = false;
    await exchange.pass(async (piece) => {
      if (isStuck) return;
      isStuck = !piece.toString("utf8").startsWith("HTTP/");
      await exchange.write(isStuck ? piece.subarray(0, piece.length >> 1) : piece);
    });
  }),
  onRaw(
    "P9",
    "a list comes byte by byte, for ever",
    "list",
    async ({ write, signal }) => {
      await write(json());
      while (!signal.aborted) {
        await write(chunkOf(Buffer.from(" ")));
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    { forMs: 13_000 },
  ),
  onRaw("P9", "the answer is no HTTP", "list", ({ write }) => write("SSH-2.0-OpenSSH_9.6\r\n")),
  onRaw("P10", "an empty body with status 200 in place of a list", "list", answered(""), { isQuick: true }),
  onRaw("P10", "an empty body with status 200 in place of a watch, five times", "watch", answered(""), { times: 5 }),
  onRaw("P10", "status 204 in place of a list", "list", ({ write }) => write(head("204 No Content"))),
  onRaw("P10", "a list is redirected", "list", ({ write }) =>
    write(head("302 Found", "location: http://127.0.0.1:1/elsewhere", "content-length: 0")),
  ),
  onRaw("P10", "a watch is redirected to itself", "watch", ({ path, write }) =>
    write(head("307 Temporary Redirect", `location: ${path}`, "content-length: 0")),
  ),
  onRaw("P10", "a list of null items that says nothing else", "list", answered('{"items":null}')),
  onRaw("P10", "a Status with status 200 in place of a list", "list", answered('{"kind":"Status","apiVersion":"v1","status":"Success"}')),
  onRaw(
    "P10",
    "an empty list, once, of a server that is not ready",
    "list",
    async (exchange) => {
      const { metadata, ...list } = JSON.parse((await bodyOf(exchange)).toString("utf8"));
      const { resourceVersion } = metadata;
      await answered(JSON.stringify({ ...list, metadata: { resourceVersion }, items: [] }))(exchange);
    },
    { isQuick: true },
  ),
  onRaw("P10", "a watch's content type is a text's", "watch", (exchange) =>
    exchange.pass((piece) => exchange.write(Buffer.from(piece.toString("latin1").replace("application/json", "text/plain"), "latin1"))),
  ),
  onRaw("P10", "the connection is taken and never answered", "watch", () => {}, { forMs: 2_000 }),
  onRaw("P10", "the connection ends without an answer, four times", "watch", ({ socket }) => void socket.end(), { times: 4 }),
  onRaw("P10", "the connection is reset before the answer, four times", "watch", ({ reset }) => reset(), {
    times: 4,
  }),
  ...(
    [
      ["500", { kind: "Status", apiVersion: "v1", status: "Failure", reason: "InternalError", code: 500 }],
      ["429", { kind: "Status", apiVersion: "v1", status: "Failure", reason: "TooManyRequests", code: 429 }],
      ["a code nobody knows", { kind: "Status", apiVersion: "v1", status: "Failure", code: 799 }],
      ["no code", { kind: "Status", apiVersion: "v1", status: "Failure", message: "oh" }],
      ["nothing", {}],
      ["null", null],
    ] as const
  ).map(([what, object]) =>
    onRaw("P7", `an ERROR with ${what} when the watch is resumed`, "watch", async ({ write }) => {
      await write(json());
      await write(line({ type: "ERROR", object }));
      await write(LAST_CHUNK);
    }),
  ),
  ...(
    [
      ["a type nobody knows", { type: "SURPRISE", object: {} }],
      ["an object without metadata", { type: "ADDED", object: { apiVersion: "v1", kind: "ConfigMap" } }],
      ["an object without a name", { type: "ADDED", object: { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "default" } } }],
      ["null for an object", { type: "MODIFIED", object: null }],
      ["a bookmark without a version", { type: "BOOKMARK", object: { metadata: {} } }],
    ] as const
  ).map(([what, event]) =>
    onRaw("P9", `an event with ${what}`, "watch", async ({ write }) => {
      await write(json());
      await write(line(event));
    }),
  ),
  onRaw("P4", "a watch sends nothing but bookmarks, and ends", "watch", async ({ write }) => {
    await write(json());
    for (const resourceVersion of ["1", "2", "3"])
      await write(line({ type: "BOOKMARK", object: { apiVersion: "v1", kind: "ConfigMap", metadata: { resourceVersion } } }));
    await write(LAST_CHUNK);
  }),
  onRaw("P6", "a watch begins with an object from before the list", "watch", async ({ write }) => {
    const metadata = { name: "ghost", namespace: "default", uid: "ghost", resourceVersion: "1" };
    await write(json());
    await write(line({ type: "ADDED", object: { apiVersion: "v1", kind: "ConfigMap", metadata } }));
  }),
  ...(["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "REFUSED_STREAM", "CANCEL", "ENHANCE_YOUR_CALM", "COMPRESSION_ERROR"] as const).map(
    (code) =>
      onH2(
        "P10",
        `the watch is reset with ${code}, before its headers and in its middle`,
        "watch",
        resetWith(constants[`NGHTTP2_${code}`]),
        {
          times: 2,
          isQuick: code === "INTERNAL_ERROR",
        },
      ),
  ),
  onH2("P10", "the list is reset in its middle", "list", async (exchange) => {
    await exchange.pass(async (piece) => {
      await exchange.write(piece.subarray(0, piece.length >> 1));
      exchange.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      throw new Error("reset");
    });
  }),
  onH2("P9", "every byte of a watch comes in a frame of its own", "watch", (exchange) =>
    exchange.pass(async (piece) => {
      for (const byte of piece) await exchange.write(Buffer.from([byte]));
    }),
  ),
  onH2("P9", "a list ends well, but in the middle of its JSON", "list", async (exchange) => {
    const { body } = await exchange.answer();
    exchange.stream.respond({ ":status": 200, "content-type": "application/json" });
    for await (const chunk of body) {
      exchange.stream.end(Buffer.from(chunk).subarray(0, chunk.byteLength - 40));
      break;
    }
  }),
  onH2(
    "P10",
    "GOAWAY while the watch is open, and the connection ends later",
    "watch",
    async (exchange) => {
      const { session } = exchange;
      setTimeout(() => void (session.destroyed || session.goaway(constants.NGHTTP2_NO_ERROR)), 100);
      setTimeout(() => session.destroy(), 1_000);
      await exchange.pass();
    },
    { isQuick: true },
  ),
  onH2("P10", "GOAWAY before the watch is answered, which was not processed", "watch", ({ session }) => {
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0);
    setTimeout(() => session.destroy(), 50);
  }),
  onH2("P9", "the stream stays open and says nothing", "watch", ({ stream }) => {
    stream.respond({ ":status": 200, "content-type": "application/json" });
  }),
  // The limits of connections themselves (10 s for a handshake, 20 s of silence) are not shortened, and the wait between requests has grown to 30 s by then.
  onProxy("P9", "no byte goes through any more, and nothing ends", async (world) => {
    world.proxy.freeze();
    await world.wait(80_000);
  }),
  onProxy("P9", "the wire is cut, and the handshake then hangs", async (world) => {
    world.proxy.mode = "hang";
    world.cut();
    await world.wait(1_500);
    world.heal();
    await world.wait(10_000);
  }),
  onProxy("P10", "the wire is cut, and new connections are reset for two seconds", async (world) => {
    world.proxy.mode = "reset";
    world.cut();
    await world.wait(2_000);
  }),
  onProxy(
    "P10",
    "nobody knows the server's name for two seconds",
    async (world) => {
      world.name.fail(true);
      world.cut();
      await world.wait(2_000);
      world.name.fail(false);
    },
    { isQuick: true },
  ),
  onProxy(
    "P10",
    "nobody listens for two seconds",
    async (world) => {
      await world.proxy.close();
      await world.wait(2_000);
      await world.proxy.open();
    },
    { isQuick: true },
  ),
];

function resetWith(code: number): WireFault<H2Exchange> {
  let isFirst = true;
  return async (exchange) => {
    if (isFirst) {
      isFirst = false;
      exchange.stream.close(code);
      return;
    }
    await exchange.pass(async (piece) => {
      await exchange.write(piece.subarray(0, piece.length >> 1));
      exchange.stream.close(code);
      throw new Error("reset");
    });
  };
}

function onProxy(id: string, name: string, harm: (world: World) => Promise<void>, more: Partial<Scenario> = {}): Scenario {
  return {
    id,
    name: `${name} (TCP)`,
    ...more,
    front: "proxy",
    async run(world) {
      await world.untilAsked(2);
      const harmed = harm(world);
      await change(world);
      await harmed;
      await world.wait(1_500);
    },
  };
}
