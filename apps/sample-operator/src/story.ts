import { readFile } from "node:fs/promises";
import { findCondition, isInvalid, isNotFound, type Client, type Clock, type KubernetesObject } from "operatorkit";
import { ConfigMap, Deployment, EndpointSlice, Pod, ReplicaSet, Service } from "operatorkit/kinds";
import { parseAllDocuments } from "yaml";
import { ADDRESSES } from "./children.ts";
import { Memcached } from "./memcached.ts";
import { StepError, Timeline, type TimelineEntry } from "./timeline.ts";

export interface StoryOptions {
  /** Looks and acts as a person with kubectl would; it is not the operator's own client. */
  readonly client: Client;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long each step may take. @default 60 seconds */
  readonly deadlineMs?: number;
  readonly report: (line: string) => void;
}

const NAMESPACE = "default";
const FIELD_MANAGER = "sample-story";

/** The sample objects that ship with this operator. */
export async function sampleObjects(): Promise<Memcached[]> {
  const text = await readFile(new URL("../samples/memcached.yaml", import.meta.url), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as Memcached);
}

/**
 * The life of a Memcached, from creation to cleanup: every step waits for its effect and fails by name when it does not
 * come. Returns how long each step took. Needs a cluster whose CRD is installed and where the operator runs.
 */
export async function tellStory({
  client,
  clock,
  signal,
  deadlineMs = 60_000,
  report,
}: StoryOptions): Promise<{ entries: readonly TimelineEntry[]; rendered: string }> {
  const timeline = new Timeline({ clock, signal, deadlineMs, report });
  const samples = await sampleObjects();
  const [first, second] = samples;
  if (first === undefined || second === undefined) throw new StepError("samples/memcached.yaml: the story needs two Memcacheds");
  const ref = { namespace: NAMESPACE, name: first.metadata.name };
  const admin = client.with({ signal, fieldManager: FIELD_MANAGER });

  const waitUntilReady = (names: readonly string[]) =>
    timeline.waitFor({
      what: `${names.join(" and ")} to be Ready (Available=True, status.ready equal to spec.size)`,
      look: () => Promise.all(names.map((name) => admin.get(Memcached, { namespace: NAMESPACE, name }))),
      until: (seen) => seen.every(isReady),
      describe: (seen) => seen.map(describe).join("; "),
    });
  const waitUntilGone = (what: string, look: () => Promise<string[]>) =>
    timeline.waitFor({
      what: `${what} to be gone`,
      look,
      until: (left) => left.length === 0,
      describe: (left) => `${left.join(", ")} still there`,
    });

  await timeline.step(`create ${samples.length} Memcacheds from samples/memcached.yaml and wait until they are Ready`, async () => {
    for (const sample of samples) await admin.apply(sample);
    await waitUntilReady(samples.map(({ metadata }) => metadata.name));
  });

  await timeline.step(`scale ${ref.name} from ${first.spec.size} to 4`, async () => {
    await admin.patch(Memcached, ref, { type: "merge", body: { spec: { size: 4 } } });
    const [scaled] = await waitUntilReady([ref.name]);
    await timeline.waitFor({
      what: "four endpoints in its status",
      look: () => admin.get(Memcached, ref),
      until: (seen) => seen.status?.endpoints?.length === 4,
      describe: (seen) => `${seen.status?.endpoints?.length ?? 0} endpoints`,
    });
    if (scaled?.status?.observedGeneration !== scaled?.metadata.generation)
      throw new StepError(`${ref.name} is Ready for an older generation: ${describe(scaled ?? first)}`);
  });

  await timeline.step("try a bad spec: size 0", async () => {
    const refused = await admin.patch(Memcached, ref, { type: "merge", body: { spec: { size: 0 } } }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!isInvalid(refused)) throw new StepError(`size 0 was not refused as Invalid but ended with: ${String(refused ?? "success")}`);
    report(`  refused by the API: ${(refused as Error).message}`);
  });

  await timeline.step(`delete the Deployment of ${ref.name}; the operator brings it back`, async () => {
    const before = await admin.get(Deployment, ref);
    await admin.delete(Deployment, ref, { propagationPolicy: "Background" });
    await timeline.waitFor({
      what: "a new Deployment of the same name",
      look: () => orUndefined(admin.get(Deployment, ref)),
      until: (seen) => seen !== undefined && seen.metadata.uid !== before.metadata.uid,
      describe: (seen) => (seen === undefined ? "none" : "still the old one"),
    });
    await waitUntilReady([ref.name]);
  });

  await timeline.step(`delete ${ref.name}: cleanup runs, its finalizer goes, its children are collected`, async () => {
    await admin.delete(Memcached, ref);
    await waitUntilGone(`Memcached ${ref.name}`, async () =>
      (await orUndefined(admin.get(Memcached, ref))) === undefined ? [] : [`Memcached ${ref.name}`],
    );
    const addresses = await admin.get(ConfigMap, { namespace: NAMESPACE, name: ADDRESSES });
    if (addresses.data?.[ref.name] !== undefined)
      throw new StepError(`${ref.name} is gone but its entry in ConfigMap ${ADDRESSES} was not given back`);
    if (addresses.data?.[second.metadata.name] === undefined)
      throw new StepError(`the entry of ${second.metadata.name} in ConfigMap ${ADDRESSES} went with ${ref.name}'s`);
    await waitUntilGone(`what belonged to ${ref.name}`, async () => {
      const labelSelector = `app.kubernetes.io/instance=${ref.name}`;
      const left: string[] = [];
      for (const kind of [Deployment, ReplicaSet, Pod, Service, EndpointSlice]) {
        for await (const { metadata } of admin.list<KubernetesObject>(kind, { namespace: NAMESPACE, labelSelector }))
          left.push(`${kind.kind} ${metadata.name}`);
      }
      return left;
    });
  });

  await timeline.step(`${second.metadata.name} was not touched`, async () => {
    await waitUntilReady([second.metadata.name]);
  });

  return { entries: timeline.entries, rendered: timeline.render() };
}

function isReady(memcached: Memcached): boolean {
  return (
    findCondition(memcached.status?.conditions, "Available")?.status === "True" &&
    memcached.status?.ready === memcached.spec.size &&
    memcached.status.observedGeneration === memcached.metadata.generation
  );
}

function describe(memcached: Memcached): string {
  const available = findCondition(memcached.status?.conditions, "Available");
  return `${memcached.metadata.name} has ${memcached.status?.ready ?? 0} of ${memcached.spec.size} ready, Available=${available?.status ?? "unknown"}${available === undefined ? "" : ` (${available.message})`}`;
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
