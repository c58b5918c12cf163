import { StepError, Timeline, readObjects } from "@operatorkit/app-kit";
import { findCondition, isInvalid, ignoreNotFound, systemClock, type Client, type KubernetesObject } from "operatorkit";
import { ConfigMap, Deployment, EndpointSlice, Pod, ReplicaSet, Service } from "operatorkit/kinds";
import { ADDRESSES } from "../children.ts";
import { Memcached } from "../memcached.ts";
import { samples } from "../samples.ts";

export interface StoryOptions {
  /** Looks and acts as a person with kubectl would; it is not the operator's own client. */
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  /** Where they live. @default "default" */
  readonly namespace?: string;
}

/** For each step. */
const DEADLINE_MS = 60_000;

/**
 * The life of a Memcached, from creation to cleanup: every step waits for its effect and fails by name when it does not
 * come. Prints how long each step took. Needs a cluster whose CRD is installed and where the operator runs.
 */
export async function tellStory({ client, signal, print, namespace = "default" }: StoryOptions): Promise<void> {
  const timeline = new Timeline({ clock: systemClock, signal, deadlineMs: DEADLINE_MS, report: print });
  const memcacheds = ((await readObjects(samples)) as Memcached[]).map((each) => ({ ...each, metadata: { ...each.metadata, namespace } }));
  const [first, second] = memcacheds;
  if (first === undefined || second === undefined) throw new StepError("samples/memcached.yaml: the story needs two Memcacheds");
  const ref = { namespace, name: first.metadata.name };
  const admin = client.with({ signal, fieldManager: "sample-story" });

  const waitUntilReady = (names: readonly string[]) =>
    timeline.waitFor({
      what: `${names.join(" and ")} to be Ready (Available=True, status.ready equal to spec.size)`,
      look: () => Promise.all(names.map((name) => admin.get(Memcached, { namespace, name }))),
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

  await timeline.step(`create ${memcacheds.length} Memcacheds from samples/memcached.yaml and wait until they are Ready`, async () => {
    // Those of an earlier run may still be on their way out.
    for (const { metadata } of memcacheds) {
      await timeline.waitFor({
        what: `the ${metadata.name} of an earlier run to be gone`,
        look: () => ignoreNotFound(admin.get(Memcached, { namespace, name: metadata.name })),
        until: (seen) => seen?.metadata.deletionTimestamp === undefined,
        describe: (seen) => `it waits for ${seen?.metadata.finalizers?.join(", ") ?? "nothing"}`,
      });
    }
    for (const sample of memcacheds) await admin.apply(sample);
    await waitUntilReady(memcacheds.map(({ metadata }) => metadata.name));
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
    print(`  refused by the API: ${(refused as Error).message}`);
  });

  await timeline.step(`delete the Deployment of ${ref.name}; the operator brings it back`, async () => {
    const before = await admin.get(Deployment, ref);
    await admin.delete(Deployment, ref, { propagationPolicy: "Background" });
    await timeline.waitFor({
      what: "a new Deployment of the same name",
      look: () => ignoreNotFound(admin.get(Deployment, ref)),
      until: (seen) => seen !== undefined && seen.metadata.uid !== before.metadata.uid,
      describe: (seen) => (seen === undefined ? "none" : "still the old one"),
    });
    await waitUntilReady([ref.name]);
  });

  await timeline.step(`delete ${ref.name}: cleanup runs, its finalizer goes, its children are collected`, async () => {
    await admin.delete(Memcached, ref);
    await waitUntilGone(`Memcached ${ref.name}`, async () =>
      (await ignoreNotFound(admin.get(Memcached, ref))) === undefined ? [] : [`Memcached ${ref.name}`],
    );
    const addresses = await admin.get(ConfigMap, { namespace, name: ADDRESSES });
    if (addresses.data?.[ref.name] !== undefined)
      throw new StepError(`${ref.name} is gone but its entry in ConfigMap ${ADDRESSES} was not given back`);
    if (addresses.data?.[second.metadata.name] === undefined)
      throw new StepError(`the entry of ${second.metadata.name} in ConfigMap ${ADDRESSES} went with ${ref.name}'s`);
    await waitUntilGone(`what belonged to ${ref.name}`, async () => {
      const labelSelector = `app.kubernetes.io/instance=${ref.name}`;
      const left: string[] = [];
      for (const kind of [Deployment, ReplicaSet, Pod, Service, EndpointSlice]) {
        for await (const { metadata } of admin.list<KubernetesObject>(kind, { namespace, labelSelector }))
          left.push(`${kind.kind} ${metadata.name}`);
      }
      return left;
    });
  });

  await timeline.step(`${second.metadata.name} was not touched`, async () => {
    await waitUntilReady([second.metadata.name]);
  });

  print(`\n${timeline.render()}`);
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
