import assert from "node:assert/strict";
import { isApiError } from "@operatorkit/api";
import { Informer } from "@operatorkit/informer";
import type { KubernetesObject } from "@operatorkit/object";
import { CRDS, type CustomKind } from "./api-case.ts";
import type { InformerCase, InformerContext } from "./informer-cases.ts";

interface Widget extends KubernetesObject {
  readonly spec?: { readonly text?: string; readonly color?: string };
}

/** etcd takes 1.5 MiB a request, of which this leaves a KiB for the rest of the object. */
const LARGEST_KIB = 1535;

/** Informers over the network while their kind itself changes, and with objects as large as they may be. */
export const kindCases: readonly InformerCase[] = [
  {
    name: "an object as large as the server takes is created, listed, watched and changed; a larger one is refused with a reason",
    async run(context) {
      const { api, client } = context;
      const namespace = await api.namespace();
      const custom = await api.customKind();
      const textOf = (kib: number, letter: string): string => letter.repeat(kib * 1024);
      await client.create(widget(custom, namespace, "large", { text: textOf(LARGEST_KIB, "a") }));
      const followed = await follow(context, custom, namespace);
      assert.equal(followed.text("large"), textOf(LARGEST_KIB, "a"));
      await client.patch(
        followed.kind,
        { namespace, name: "large" },
        { type: "merge", body: { spec: { text: textOf(LARGEST_KIB, "b") } } },
      );
      await client.create(widget(custom, namespace, "large-too", { text: textOf(LARGEST_KIB, "c") }));
      await api.eventually(async () => {
        assert.equal(followed.text("large")?.[0], "b");
        assert.equal(followed.text("large-too"), textOf(LARGEST_KIB, "c"));
      });
      const refused = await client
        .create(widget(custom, namespace, "larger", { text: textOf(4 * 1024, "a") }))
        .catch((error: unknown) => error);
      assert.ok(isApiError(refused) && refused.status === 413, String(refused));
      assert.match(refused.message, /too large: limit is 3145728/);
      await followed.end();
    },
  },
  {
    name: "an informer whose kind is deleted tells of every deletion, and follows the kind when it is made again",
    async run(context) {
      const { api, client } = context;
      const custom = await api.customKind();
      await client.create(widget(custom, "default", "one", {}));
      await client.create(widget(custom, "default", "two", {}));
      const followed = await follow(context, custom, "default");
      const definition = (await api.get(`${CRDS}/${custom.crdName}`)).json;
      await api.delete(`${CRDS}/${custom.crdName}`);
      await followed.until(() => assert.deepEqual(followed.told.slice(2).toSorted(), ["delete one", "delete two"]));
      await followed.until(async () => assert.equal((await api.get(`${CRDS}/${custom.crdName}`)).status, 404));
      const { name } = definition.metadata;
      await api.create(CRDS, { ...definition, metadata: { name }, status: undefined });
      await followed.until(() => client.create(widget(custom, "default", "one", { color: "red" })));
      await followed.until(() => assert.deepEqual(followed.told.slice(4), ["add one"]));
      await followed.end();
    },
  },
  {
    name: "an informer goes on when the schema of its kind changes, and sees what is written by the new one",
    async run(context) {
      const { api, client } = context;
      const namespace = await api.namespace();
      const schemaWith = (...fields: readonly string[]): object => ({
        type: "object",
        properties: { spec: { type: "object", properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])) } },
      });
      const custom = await api.customKind({ schema: schemaWith("text", "color") });
      await client.create(widget(custom, namespace, "one", { text: "a", color: "red" }));
      const followed = await follow(context, custom, namespace);
      const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schemaWith("text") } }];
      await api.patch("merge", `${CRDS}/${custom.crdName}`, { spec: { versions } });
      await followed.until(async () => {
        const probe = await api.post(`${custom.path(namespace)}?dryRun=All`, widget(custom, namespace, "probe", { color: "red" }));
        assert.deepEqual([probe.status, probe.json.spec], [201, {}]);
      });
      await client.create(widget(custom, namespace, "two", { text: "b", color: "red" }));
      await client.patch(followed.kind, { namespace, name: "one" }, { type: "merge", body: { spec: { text: "c" } } });
      await followed.until(() => {
        // In which order depends on whether a list came in between.
        assert.deepEqual(followed.told.toSorted(), ["add one", "add two", "update one"]);
        assert.deepEqual([followed.get("one")?.spec, followed.get("two")?.spec], [{ text: "c" }, { text: "b" }]);
      });
      await followed.end();
    },
  },
  {
    name: "an informer waits while its version is not served, and then tells what has changed meanwhile",
    async run(context) {
      const { api, client } = context;
      const namespace = await api.namespace();
      const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
      const versions = (isServed: boolean): object[] => [
        { name: "v1", served: isServed, storage: false, schema },
        { name: "v2", served: true, storage: true, schema },
      ];
      const custom = await api.customKind({ spec: { versions: versions(true) } });
      await client.create(widget(custom, namespace, "one", {}));
      await client.create(widget(custom, namespace, "two", {}));
      const followed = await follow(context, custom, namespace);
      await api.patch("merge", `${CRDS}/${custom.crdName}`, { spec: { versions: versions(false) } });
      await followed.until(async () => assert.equal((await api.get(custom.path())).status, 404));
      const later = (name: string): string => custom.path(namespace, name).replace("/v1/", "/v2/");
      assert.equal((await api.patch("merge", later("one"), { spec: { color: "red" } })).status, 200);
      assert.equal((await api.delete(later("two"))).status, 200);
      await api.patch("merge", `${CRDS}/${custom.crdName}`, { spec: { versions: versions(true) } });
      await followed.until(() => {
        assert.deepEqual(followed.told.slice(2).toSorted(), ["delete two", "update one"]);
        assert.equal(followed.get("one")?.spec?.color, "red");
      });
      await followed.end();
    },
  },
];

function widget({ apiVersion, kind }: CustomKind, namespace: string, name: string, spec: NonNullable<Widget["spec"]>): Widget {
  return { apiVersion, kind, metadata: { name, namespace }, spec };
}

/** An informer of the kind that has synced, with what it has told. */
async function follow({ api, client, stop, signal }: InformerContext, custom: CustomKind, namespace: string) {
  const kind = await client.resolve({ apiVersion: custom.apiVersion, kind: custom.kind });
  const informer = new Informer<Widget>({ listWatch: client.listWatch<Widget>(kind as never, { namespace }), onError: () => {} });
  const told: string[] = [];
  informer.addEventHandler({
    add: ({ metadata }) => void told.push(`add ${metadata.name}`),
    update: (_old, { metadata }) => void told.push(`update ${metadata.name}`),
    delete: ({ metadata }) => void told.push(`delete ${metadata.name}`),
  });
  const running = informer.run({ signal });
  await informer.synced({ signal });
  const get = (name: string): Widget | undefined => informer.lister.get({ namespace, name });
  return {
    kind,
    told,
    get,
    text: (name: string) => get(name)?.spec?.text,
    /** Tries again until the case's time is up. */
    async until(check: () => unknown): Promise<void> {
      for (;;) {
        try {
          await check();
          return;
        } catch (error) {
          if (signal.aborted) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    },
    async end(): Promise<void> {
      await api.eventually(async () => assert.deepEqual(await informer.verify({ signal }), []));
      stop.abort();
      await running;
    },
  };
}
