// An API server that has its answers ready: lists and watches of widgets, so that what is measured is the client. Plain HTTP/1.1.
// A list is of metadata alone for who asks for that. Usage: node src/replay/replay-server.ts. Prints its address. What the next client meets is said by
//   GET /setup?objects=100000&paged=1     how many objects there are, and whether `limit` is obeyed (kube-apiserver does not at version 0)
//   GET /burst?events=200000              all open watches get so many MODIFIED events as fast as they take them
//   GET /drip?events=30000&perSecond=3000 … at this pace
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { widgetJson } from "./widget.ts";

const MOST_OBJECTS = 100_000;
const CHANGING_OBJECTS = 20_000;
const PAGE = 500;
const WRITE_BYTES = 64 * 1024;
const PATH = "/apis/bench.example.com/v1/widgets";

let setup = { objects: MOST_OBJECTS, isPaged: true };
const watches = new Set<ServerResponse>();

const pages: Buffer[] = [];
const addedPages: Buffer[] = [];
const metadataPages: Buffer[] = [];
for (let first = 0; first < MOST_OBJECTS; first += PAGE) {
  const items = Array.from({ length: PAGE }, (_, index) => widgetJson(first + index, first + index + 1));
  pages.push(Buffer.from(items.join(",")));
  addedPages.push(Buffer.from(items.map((item) => `{"type":"ADDED","object":${item}}\n`).join("")));
  metadataPages.push(Buffer.from(items.map(metadataOf).join(",")));
}
/** The same object for who accepts `as=PartialObjectMetadata`. */
function metadataOf(item: string): string {
  const { metadata } = JSON.parse(item) as { readonly metadata: object };
  return JSON.stringify({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata });
}
const modified: Buffer[] = [];
/** 7919 is a prime: every object changes before one changes again. */
const modifiedEvent = (event: number): string =>
  `{"type":"MODIFIED","object":${widgetJson((event * 7919) % CHANGING_OBJECTS, 1_000_000 + event)}}\n`;
function burst(events: number): readonly Buffer[] {
  const lines: string[] = [];
  let bytes = 0;
  for (let event = modified.length === 0 ? 0 : events; event < events; event += 1) {
    const line = modifiedEvent(event);
    lines.push(line);
    bytes += line.length;
    if (bytes < WRITE_BYTES && event < events - 1) continue;
    modified.push(Buffer.from(lines.splice(0).join("")));
    bytes = 0;
  }
  return modified;
}
burst(200_000);

async function send(response: ServerResponse, buffers: readonly Buffer[]): Promise<void> {
  for (const buffer of buffers) {
    for (let at = 0; at < buffer.length; at += WRITE_BYTES) {
      if (response.destroyed) return;
      if (!response.write(buffer.subarray(at, at + WRITE_BYTES))) await new Promise<void>((resolve) => drained(response, resolve));
    }
  }
}

function drained(response: ServerResponse, resolve: () => void): void {
  const done = (): void => {
    response.off("drain", done);
    response.off("close", done);
    resolve();
  };
  response.on("drain", done);
  response.on("close", done);
}

async function list(response: ServerResponse, query: URLSearchParams, accept: string): Promise<void> {
  const isMetadata = accept.includes("as=PartialObjectMetadataList");
  const last = setup.objects / PAGE;
  const isPaged = setup.isPaged && query.has("limit");
  const from = isPaged ? Number(query.get("continue") ?? 0) : 0;
  const to = isPaged ? Math.min(from + 1, last) : last;
  const next = to < last ? `"continue":"${to}","remainingItemCount":${setup.objects - to * PAGE},` : "";
  const type = isMetadata
    ? '"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1"'
    : '"apiVersion":"bench.example.com/v1","kind":"WidgetList"';
  const head = `{${type},"metadata":{${next}"resourceVersion":"${setup.objects}"},"items":[`;
  const parts = (isMetadata ? metadataPages : pages)
    .slice(from, to)
    .flatMap((page, index) => (index === 0 ? [page] : [Buffer.from(","), page]));
  await send(response, [Buffer.from(head), ...parts, Buffer.from("]}")]);
  response.end();
}

async function watch(response: ServerResponse, query: URLSearchParams): Promise<void> {
  response.flushHeaders();
  if (query.get("sendInitialEvents") === "true") {
    await send(response, addedPages.slice(0, setup.objects / PAGE));
    const metadata = `{"annotations":{"k8s.io/initial-events-end":"true"},"creationTimestamp":null,"resourceVersion":"${setup.objects}"}`;
    response.write(`{"type":"BOOKMARK","object":{"apiVersion":"bench.example.com/v1","kind":"Widget","metadata":${metadata}}}\n`);
  }
  watches.add(response);
  response.on("close", () => watches.delete(response));
}

function drip(events: number, perSecond: number): void {
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(events, Math.floor(((performance.now() - startMs) * perSecond) / 1000));
    let text = "";
    for (; sent < due; sent += 1) text += modifiedEvent(sent);
    if (text !== "") for (const response of watches) response.write(text);
    if (sent >= events) clearInterval(timer);
  }, 10);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://replay");
  const count = (name: string): number => Number(searchParams.get(name));
  response.on("error", () => {});
  switch (pathname) {
    case "/setup":
      setup = { objects: count("objects"), isPaged: count("paged") === 1 };
      break;
    case "/burst":
      for (const open of watches) void send(open, burst(count("events")));
      break;
    case "/drip":
      drip(count("events"), count("perSecond"));
      break;
    case PATH:
      response.setHeader("content-type", "application/json");
      if (searchParams.get("watch") === "true" || searchParams.get("watch") === "1") void watch(response, searchParams);
      else void list(response, searchParams, request.headers.accept ?? "");
      return;
    default:
      response.statusCode = 404;
  }
  response.end();
});
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
