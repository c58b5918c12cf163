import assert from "node:assert/strict";
import { isNotFound } from "@operatorkit/api";
import { Deployment, Pod } from "@operatorkit/object/kinds";
import { rejection, type ClientCase, type ClientContext } from "../client-case.ts";
import { deployment, pod } from "../cases/sample-objects.ts";

async function somePod({ client }: ClientContext, namespace: string, name = "one"): Promise<Pod> {
  return await client.create<Pod>({ ...pod(name), metadata: { name, namespace } } as Pod);
}

/** Parts of objects: evictions, scales, logs. */
export const podCases: readonly ClientCase[] = [
  {
    name: "the client evicts a pod, and one that is not there is NotFound",
    async run(context) {
      const { client, api } = context;
      const namespace = await context.namespace();
      await somePod(context, namespace);
      await client.evict({ name: "one", namespace }, { dryRun: true });
      await client.get(Pod, { name: "one", namespace });
      await client.evict({ name: "one", namespace });
      await api.eventually(async () => {
        assert.ok(isNotFound(await rejection(client.get(Pod, { name: "one", namespace }))));
      });
      const error = await rejection(client.evict({ name: "one", namespace }));
      assert.equal(error["code"], "NotFound");
      assert.equal(error.message, `evict Pod ${namespace}/one: pods "one" not found`);
    },
  },
  {
    name: "the client evicts only the pod it means",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      await somePod(context, namespace);
      const error = await rejection(client.evict({ name: "one", namespace }, { preconditions: { uid: "another" } }));
      assert.equal(error["code"], "Conflict");
      await client.get(Pod, { name: "one", namespace });
    },
  },
  {
    name: "the client reads the scale of a Deployment and sets it, dry and for good",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      const ref = { name: "web", namespace };
      await client.create({ ...deployment("web"), metadata: ref });
      assert.equal((await client.getScale(Deployment, ref)).spec?.replicas, 1);
      assert.equal((await client.scale(Deployment, ref, 4, { dryRun: true })).spec?.replicas, 4);
      assert.equal((await client.getScale(Deployment, ref)).spec?.replicas, 1);
      assert.equal((await client.scale(Deployment, ref, 3)).spec?.replicas, 3);
      const { spec } = await client.get(Deployment, ref);
      assert.equal(spec?.replicas, 3);
      const missing = await rejection(client.scale(Deployment, { name: "other", namespace }, 1));
      assert.equal(missing["code"], "NotFound");
    },
  },
  {
    name: "the client scales a custom resource, and not one whose kind has no scale",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      const scale = { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" };
      const { kind, custom } = await context.customKind({ version: { subresources: { status: {}, scale } } });
      const ref = { name: "one", namespace };
      await client.create({ apiVersion: custom.apiVersion, kind: custom.kind, metadata: ref, spec: { size: 2 } });
      assert.equal((await client.getScale(kind, ref)).spec?.replicas, 2);
      assert.equal((await client.scale(kind, ref, 5)).spec?.replicas, 5);
      const object = (await client.get(kind, ref)) as { readonly spec?: unknown };
      assert.deepEqual(object.spec, { size: 5 });
      const plain = await context.customKind();
      await client.create({ apiVersion: plain.custom.apiVersion, kind: plain.custom.kind, metadata: ref });
      const error = await rejection(client.getScale(plain.kind, ref));
      assert.equal(error["code"], "NotFound");
      assert.match(error.message, /^get scale of Widget /);
    },
  },
  {
    name: "the client's logs of a pod on no node are empty, and of one that is not there refused in the server's words",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      await somePod(context, namespace);
      const first = (name: string): Promise<unknown> => client.logs({ name, namespace }, { tailLines: 1 }).next();
      assert.deepEqual(await first("one"), { done: true, value: undefined });
      const missing = await rejection(first("two"));
      assert.equal(missing["code"], "NotFound");
      assert.equal(missing.message, `get log of Pod ${namespace}/two: pods "two" not found`);
    },
  },
];
