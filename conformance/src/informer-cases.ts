import assert from "node:assert/strict";
import type { KubernetesClient } from "@operatorkit/client";
import { Controller, IndexedInformer, onlyMetadata } from "@operatorkit/controller";
import { DeterministicInformer, Informer } from "@operatorkit/informer";
import { ConfigMap, Secret } from "@operatorkit/object/kinds";
import type { CaseContext } from "./api-case.ts";

export interface InformerCase {
  /** A sentence about behaviour; unique among all cases. */
  readonly name: string;
  run(context: InformerContext): Promise<void>;
}

export interface InformerContext {
  readonly api: CaseContext;
  readonly client: KubernetesClient;
  /** Ends what the case runs. */
  readonly stop: AbortController;
  /** Ends too when the case takes too long. */
  readonly signal: AbortSignal;
}

const metadataOnly = (useWatchList: boolean): InformerCase => ({
  name: `an informer of metadata alone follows every change by ${useWatchList ? "WatchList" : "lists"}, and sees nothing else`,
  async run({ api, client, stop, signal }) {
    const namespace = await api.namespace();
    await client.create(configMap(namespace, "one", { team: "a" }));
    const informer = new Informer({ listWatch: client.listWatch(ConfigMap, { namespace, metadataOnly: true }), useWatchList });
    const told: string[] = [];
    const gone = Promise.withResolvers<void>();
    informer.addEventHandler({
      add: ({ metadata }) => void told.push(`add ${metadata.name} ${metadata.labels?.["team"]}`),
      update: (old, { metadata }) =>
        void told.push(`update ${metadata.name} ${old.metadata.labels?.["team"]} ${metadata.labels?.["team"]}`),
      delete: ({ metadata }) => {
        told.push(`delete ${metadata.name}`);
        gone.resolve();
      },
    });
    const running = informer.run({ signal });
    await informer.synced({ signal });
    const after = await client.update({ ...configMap(namespace, "one", { team: "b" }), data: { color: "red" } });
    await api.eventually(async () => assert.equal(told.length, 2));
    const { uid, resourceVersion, creationTimestamp } = after.metadata;
    assert.deepEqual(informer.lister.get({ namespace, name: "one" }), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "one", namespace, uid, resourceVersion, creationTimestamp, labels: { team: "b" } },
    });
    assert.deepEqual(await informer.verify({ signal }), []);
    await client.delete(ConfigMap, { namespace, name: "one" });
    await orStopped(gone.promise, signal);
    assert.deepEqual(told, ["add one a", "update one a b", "delete one"]);
    stop.abort();
    await running;
  },
});

/** Every case, in the order they run. */
export const informerCases: readonly InformerCase[] = [
  metadataOnly(false),
  metadataOnly(true),
  {
    name: "an informer of metadata alone is for custom resources too",
    async run({ api, client, stop, signal }) {
      const namespace = await api.namespace();
      const { group, kind, plural, path } = await api.customKind();
      const body = { apiVersion: `${group}/v1`, kind, metadata: { name: "one", annotations: { note: "größer" } }, spec: { size: 3 } };
      const made = await api.create(path(namespace), body);
      const resolved = await client.resolve({ apiVersion: `${group}/v1`, kind });
      assert.equal(resolved.plural, plural);
      const informer = new Informer({ listWatch: client.listWatch(resolved, { metadataOnly: true }) });
      const running = informer.run({ signal });
      await informer.synced({ signal });
      const { managedFields: _left, ...metadata } = made["metadata"] as Record<string, unknown>;
      assert.deepEqual(informer.lister.list(), [{ apiVersion: `${group}/v1`, kind, metadata }]);
      stop.abort();
      await running;
    },
  },
  {
    name: "the deterministic informer tells what is there, what changes, what is going and what is gone, each once",
    async run({ api, client, stop, signal }) {
      const namespace = await api.namespace();
      await client.create(configMap(namespace, "one"));
      const informer = new DeterministicInformer({ listWatch: client.listWatch(ConfigMap, { namespace }) });
      const running = informer.run({ signal });
      const { updates, deletes, errors } = await informer.watch({ signal });
      const told: string[] = [];
      const readErrors = (async () => {
        for await (const { error } of errors) told.push(String(error));
      })();
      const readDeletes = (async () => {
        for await (const { object, isGone } of deletes) {
          told.push(`${object.metadata.name} is ${isGone ? "gone" : "going"}`);
          if (!isGone) await client.patch(ConfigMap, object.metadata, { type: "merge", body: { metadata: { finalizers: null } } });
          else if (object.metadata.name === "two") stop.abort();
        }
      })();
      for await (const { object, isReplay } of updates) {
        const { name, finalizers = [] } = object.metadata;
        told.push(`${name} is there${isReplay ? ", replayed" : ""}${finalizers.length > 0 ? ", with a finalizer" : ""}`);
        if (name === "one" && isReplay) {
          await client.patch(ConfigMap, object.metadata, { type: "merge", body: { data: { color: "red" } } });
        } else if (name === "one") {
          await client.delete(ConfigMap, object.metadata);
          const manifest = configMap(namespace, "two");
          await client.create({ ...manifest, metadata: { ...manifest.metadata, finalizers: ["example.com/case"] } });
        } else {
          await client.delete(ConfigMap, object.metadata);
        }
      }
      await Promise.all([running, readDeletes, readErrors]);
      // Of two streams the order is known within each alone.
      assert.deepEqual(
        told.filter((line) => line.includes("there")),
        ["one is there, replayed", "one is there", "two is there, with a finalizer"],
      );
      assert.deepEqual(
        told.filter((line) => !line.includes("there")),
        ["one is gone", "two is going", "two is gone"],
      );
    },
  },
  {
    name: "the indexed informer gives every key its turns, tries again what failed, and reads by index",
    async run({ api, client, stop, signal }) {
      const namespace = await api.namespace();
      await client.create(configMap(namespace, "one", { team: "a" }));
      const turns: string[] = [];
      const informer = new IndexedInformer({
        listWatch: client.listWatch(ConfigMap, { namespace }),
        indexes: { team: ({ metadata }) => metadata.labels?.["team"] },
        async process({ object, failures, lister }) {
          turns.push(`${object?.metadata.name ?? "gone"} ${failures} ${lister.byIndex("team", "a").length}`);
          if (object !== undefined && failures === 0) throw new Error("the first try fails");
          if (object === undefined) stop.abort();
          else await client.delete(ConfigMap, object.metadata);
        },
      });
      await informer.run({ signal });
      assert.deepEqual(turns, ["one 0 1", "one 1 1", "gone 0 0"]);
    },
  },
  {
    name: "a controller that owns a kind by its metadata alone is woken by it, and sees what it wrote",
    async run({ api, client, stop, signal }) {
      const namespace = await api.namespace();
      await client.create(configMap(namespace, "one"));
      const turns: string[] = [];
      const controller = new Controller<ConfigMap>({
        name: "case",
        for: ConfigMap,
        namespace,
        owns: [onlyMetadata(Secret)],
        async reconcile({ object, api: own, own: owned, cache }) {
          const secrets = cache.metadata.owned(Secret);
          turns.push(secrets.map((secret) => `${secret.metadata.name} ${Object.keys(secret).length}`).join());
          const manifest: Secret = {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "made" },
            stringData: { of: object.metadata.name },
          };
          if (turns.length === 1) await own.apply(owned(manifest));
          else if (secrets.length > 0) await client.delete(Secret, { namespace, name: "made" });
          else stop.abort();
        },
      });
      await controller.run({ client, signal });
      assert.deepEqual(turns, ["", "made 3", ""]);
    },
  },
];

function configMap(namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels } };
}

/** Rejects when it was stopped before. */
async function orStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const onAbort = (): void => stopped.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
