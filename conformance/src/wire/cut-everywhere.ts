import assert from "node:assert/strict";
import type { ListWatch, Transport } from "@operatorkit/api";
import { connect } from "@operatorkit/client";
import { ConfigMap } from "@operatorkit/object/kinds";
import { H2Front } from "./h2-front.ts";
import { chunkOf, headOf, LAST_CHUNK, RawFront } from "./raw-front.ts";
import { wireCa } from "./wire-certificates.ts";

const metadata = (name: string, resourceVersion: string): object => ({ name, namespace: "default", uid: `u-${name}`, resourceVersion });
const item = (name: string, version: string, value: string): object => ({ metadata: metadata(name, version), data: { value } });
const event = (type: string, name: string, version: string, value: string): string =>
  JSON.stringify({ type, object: { apiVersion: "v1", kind: "ConfigMap", ...item(name, version, value) } });

/** Lines with characters of two, three and four bytes, ended in both ways, with an empty one between. */
const EVENTS = Buffer.from(
  `${event("ADDED", "a", "1", "é€🗝")}\n\r\n${event("MODIFIED", "a", "2", '\\"}{\n')}\r\n${event("DELETED", "a", "3", "ключ")}\n`,
);
const TOLD = ["ADDED a 1 é€🗝", 'MODIFIED a 2 \\"}{\n', "DELETED a 3 ключ"];
const LIST = Buffer.from(
  JSON.stringify({
    kind: "ConfigMapList",
    apiVersion: "v1",
    metadata: { resourceVersion: "9" },
    items: [item("a", "1", "é€🗝"), item("b", "2", "}")],
  }),
);
const LISTED = ["a 1 é€🗝", "b 2 }"];
const HEAD = { status: 200, headers: { "content-type": "application/json" } };
/** Lists and watches here are answered by hand; nothing else is asked. */
const nobody: Transport = { request: () => Promise.reject(new Error("nobody is behind this server")), close: async () => {} };

type Watch = { readonly told: readonly string[]; readonly error: unknown };

/** All that a watch tells until it ends, and how it ends. */
async function watched(listWatch: ListWatch<ConfigMap>): Promise<Watch> {
  const told: string[] = [];
  const { signal } = new AbortController();
  try {
    for await (const batch of await listWatch.watch({ allowWatchBookmarks: true, timeoutSeconds: 300, signal })) {
      for (const one of batch) {
        assert(one.type !== "ERROR" && one.type !== "BOOKMARK");
        const { object } = one.entry;
        told.push(`${one.type} ${object.metadata.name} ${object.metadata.resourceVersion} ${object.data?.["value"]}`);
      }
    }
    return { told, error: undefined };
  } catch (error) {
    return { told, error };
  }
}

async function listed(listWatch: ListWatch<ConfigMap>): Promise<readonly string[]> {
  const { entries } = await listWatch.list({ signal: new AbortController().signal });
  return entries.map(({ object }) => `${object.metadata.name} ${object.metadata.resourceVersion} ${object.data?.["value"]}`);
}

/** The bytes of an answer in chunks, each piece of `sizes` bytes one. */
function inChunks(body: Buffer, size: number): Buffer {
  const chunks: Buffer[] = [headOf(HEAD)];
  for (let at = 0; at < body.length; at += size) chunks.push(chunkOf(body.subarray(at, at + size)));
  chunks.push(Buffer.from(LAST_CHUNK));
  return Buffer.concat(chunks);
}

interface Cutting {
  /** Broken off there; else what follows comes in a piece of its own. */
  readonly cut: boolean;
  readonly stride: number;
}

async function onRaw(
  answer: Buffer,
  { cut, stride }: Cutting,
  check: (listWatch: ListWatch<ConfigMap>, position: number) => Promise<void>,
): Promise<number> {
  await using front = await RawFront.start({ api: nobody });
  await using client = await connect({ server: front.url });
  const listWatch = client.listWatch(ConfigMap, { namespace: "default" });
  for (let position = 1; position < answer.length; position += stride) {
    const fault = async ({ write, socket }: { write(bytes: Buffer): Promise<void>; socket: { end(): void } }): Promise<void> => {
      await write(answer.subarray(0, position));
      if (cut) socket.end();
      else await write(answer.subarray(position));
    };
    front.plan.heal();
    for (const verb of ["list", "watch"] as const) front.plan.meet(verb, fault);
    await check(listWatch, position);
  }
  return Math.ceil((answer.length - 1) / stride);
}

async function onH2(
  body: Buffer,
  { cut, stride }: Cutting,
  check: (listWatch: ListWatch<ConfigMap>, position: number) => Promise<void>,
): Promise<number> {
  await using front = await H2Front.start({ api: nobody });
  await using client = await connect({ server: front.url, caPem: wireCa });
  const listWatch = client.listWatch(ConfigMap, { namespace: "default" });
  for (let position = 1; position < body.length; position += stride) {
    front.plan.heal();
    front.plan.meet("watch", async ({ stream, write }) => {
      stream.respond({ ":status": 200, "content-type": "application/json" });
      await write(body.subarray(0, position));
      // Not `close`, which sends the end of the stream before the reset.
      if (cut) stream.destroy(new Error("reset"));
      else stream.end(body.subarray(position));
    });
    await check(listWatch, position);
  }
  return Math.ceil((body.length - 1) / stride);
}

const wholeWatch = async (listWatch: ListWatch<ConfigMap>, position: number): Promise<void> =>
  assert.deepEqual(await watched(listWatch), { told: TOLD, error: undefined }, `in two pieces at byte ${position}`);

/** What was told is a beginning of the truth, and a stream that broke off does not end as if it were over. */
const brokenWatch = async (listWatch: ListWatch<ConfigMap>, position: number): Promise<void> => {
  const { told, error } = await watched(listWatch);
  assert.deepEqual(told, TOLD.slice(0, told.length), `cut off at byte ${position}`);
  assert(error !== undefined, `cut off at byte ${position}, it ended as if it were over`);
};

export interface CutCheck {
  readonly name: string;
  /** Tries every `stride`-th position; resolves with how many those were. */
  run(stride: number): Promise<number>;
}

/** The client's lists and watches, with the bytes of the answer cut at each position there is. */
export const cutChecks: readonly CutCheck[] = [
  {
    name: "a watch in two pieces, split at every byte of HTTP/1.1",
    run: (stride) => onRaw(inChunks(EVENTS, 100), { cut: false, stride }, wholeWatch),
  },
  {
    name: "a watch that breaks off at every byte of HTTP/1.1",
    run: (stride) => onRaw(inChunks(EVENTS, 100), { cut: true, stride }, brokenWatch),
  },
  {
    name: "a list in two pieces, split at every byte of HTTP/1.1",
    run: (stride) =>
      onRaw(inChunks(LIST, 50), { cut: false, stride }, async (listWatch, position) =>
        assert.deepEqual(await listed(listWatch), LISTED, `in two pieces at byte ${position}`),
      ),
  },
  {
    name: "a list that breaks off at every byte of HTTP/1.1",
    run: (stride) =>
      onRaw(inChunks(LIST, 50), { cut: true, stride }, (listWatch, position) =>
        assert.rejects(listed(listWatch), { name: "ApiError" }, `cut off at byte ${position}`),
      ),
  },
  { name: "a watch in two frames, split at every byte, over HTTP/2", run: (stride) => onH2(EVENTS, { cut: false, stride }, wholeWatch) },
  { name: "a watch whose stream is reset at every byte, over HTTP/2", run: (stride) => onH2(EVENTS, { cut: true, stride }, brokenWatch) },
];
