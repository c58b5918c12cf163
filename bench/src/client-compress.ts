// What `connect({ compress })` costs and saves: a list of 10,000 ConfigMaps, and the same pages as an informer reads them, packed and
// not, in turns, from a server of yours. The objects are made in a namespace of their own, and both are deleted at the end.
// Usage: node --conditions=source src/client-compress.ts --kubeconfig <path> [rounds]
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { connect, ensureNamespace, type Middleware } from "@operatorkit/client";
import { ConfigMap, Namespace } from "@operatorkit/object/kinds";
import { printTable, summarize, surroundings, writeResult } from "./summary.ts";

const OBJECTS = 10_000;
const namespace = `bench-compress-${process.pid}`;

const { values, positionals } = parseArgs({ options: { kubeconfig: { type: "string" } }, allowPositionals: true });
const { kubeconfig } = values;
if (kubeconfig === undefined) throw new Error("--kubeconfig says which cluster to make 10,000 ConfigMaps in");
const rounds = Number(positionals[0] ?? 7);

await using admin = await connect({ kubeconfig, fieldManager: "bench" });
await ensureNamespace(admin, namespace);
try {
  await makeObjects();
  const samples: Record<string, Record<string, number>[]> = {};
  for (let round = 0; round <= rounds; round += 1) {
    for (const compress of [false, true]) {
      const kept = round > 0;
      for (const [what, read] of [
        ["list", readList],
        ["listWatch", readPages],
      ] as const) {
        const sample = await measured(compress, read);
        if (kept) (samples[`${what} ${compress ? "packed" : "plain"}`] ??= []).push(sample);
      }
    }
  }
  const results = Object.fromEntries(Object.entries(samples).map(([name, each]) => [name, summarize(each)]));
  // The speed of a line on which the bytes that are saved take as long as the client's work to unpack them; the server's is not seen.
  const breakEvenMbit = Object.fromEntries(
    ["list", "listWatch"].map((what) => {
      const [plain, packed] = [results[`${what} plain`], results[`${what} packed`]];
      const saved = (name: string): number => (plain?.[name]?.median ?? 0) - (packed?.[name]?.median ?? 0);
      return [what, Math.round((saved("wireMb") * 8) / (Math.max(0.1, -saved("cpuMs")) / 1000))];
    }),
  );
  printTable(results, ["wireMb", "timeMs", "cpuMs"]);
  console.log("line speed below which it pays, Mbit/s:", breakEvenMbit);
  writeResult("client-compress", { surroundings: surroundings(["@operatorkit/client"]), rounds, results, breakEvenMbit, samples });
} finally {
  await admin.deleteCollection(ConfigMap, { namespace });
  await admin.delete(Namespace, { name: namespace });
}

type Client = Awaited<ReturnType<typeof connect>>;

/** One reading over a connection that is open already. */
async function measured(compress: boolean, read: (client: Client) => Promise<number>): Promise<Record<string, number>> {
  let bytes = 0;
  const counting: Middleware = async (request, send) => {
    const answer = await send(request);
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of answer.body) {
        bytes += piece.byteLength;
        yield piece;
      }
    };
    return { ...answer, body: counted() };
  };
  await using client = await connect({ kubeconfig: kubeconfig ?? "", compress, middleware: [counting] });
  await client.serverVersion();
  bytes = 0;
  const [startedMs, cpu] = [performance.now(), process.cpuUsage()];
  const objects = await read(client);
  const timeMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  if (objects !== OBJECTS) throw new Error(`${objects} objects were read`);
  return { wireMb: bytes / 1e6, timeMs, cpuMs: (user + system) / 1000 };
}

async function readList(client: Client): Promise<number> {
  return (await client.list(ConfigMap, { namespace }).toArray()).length;
}

async function readPages(client: Client): Promise<number> {
  const { signal } = new AbortController();
  const source = client.listWatch(ConfigMap, { namespace });
  let objects = 0;
  let next: string | undefined;
  do {
    const page = await source.list({ limit: 500, signal, ...(next === undefined ? {} : { continue: next }) });
    objects += page.entries.length;
    next = page.continue;
  } while (next !== undefined);
  return objects;
}

/** As repetitive as what clusters hold: some words, some digests. */
function valueOf(name: string, i: number): string {
  return i % 3 === 0 ? createHash("sha256").update(`${name} ${i}`).digest("hex") : `value ${i} of ${name}, made for the benchmark`;
}

/** About 1.5 KB each, a third of it managedFields. */
async function makeObjects(): Promise<void> {
  const names = Array.from({ length: OBJECTS }, (_, i) => `object-${String(i).padStart(5, "0")}`).values();
  admin.listWatch(ConfigMap);
  const worker = async (): Promise<void> => {
    for (const name of names) {
      const data = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`key-${i}`, valueOf(name, i)]));
      const labels = { app: "bench", shard: String(name.length % 7) };
      await admin.apply<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels }, data });
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}
