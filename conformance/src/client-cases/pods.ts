import assert from "node:assert/strict";
import { isNotFound } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { ConfigMap, Deployment, Pod, PodDisruptionBudget, type Scale } from "@operatorkit/object/kinds";
import { rejection, type ClientCase, type ClientContext } from "../client-case.ts";
import { deployment, pod } from "../cases/sample-objects.ts";
import { connectAsServiceAccount } from "../service-account.ts";

async function somePod({ client }: ClientContext, namespace: string, name = "one"): Promise<Pod> {
  return await client.create<Pod>({ ...pod(name), metadata: { name, namespace } } as Pod);
}

/** Parts of objects: evictions, scales, tokens, logs. */
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
    name: "the client is told at once when a disruption budget keeps a pod, and takes what it allows",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      await client.create({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "all-stay", namespace },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "kept" } } },
      });
      await client.create<Pod>({ ...pod("one"), metadata: { name: "one", namespace, labels: { app: "kept" } } } as Pod);
      // As a kubelet and the disruption controller would: it runs, and none may go. Pods that do not run are nobody's loss.
      const running = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
      await client.patch(Pod, { name: "one", namespace }, { type: "merge", body: running }, { subresource: "status" });
      const none = { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
      const budget = { name: "all-stay", namespace };
      await client.patch(PodDisruptionBudget, budget, { type: "merge", body: { status: none } }, { subresource: "status" });
      const error = await rejection(client.evict({ name: "one", namespace }));
      assert.equal(error["code"], "TooManyRequests", error.message);
      assert.match(error.message, /^evict Pod .*\/one: Cannot evict pod as it would violate the pod's disruption budget\.$/);
      assert.deepEqual(error["causes"], [
        { reason: "DisruptionBudget", message: "The disruption budget all-stay needs 1 healthy pods and has 1 currently" },
      ]);
      await client.patch(
        PodDisruptionBudget,
        budget,
        { type: "merge", body: { status: { disruptionsAllowed: 1 } } },
        { subresource: "status" },
      );
      await client.evict({ name: "one", namespace }, { dryRun: true });
      assert.equal((await client.get(PodDisruptionBudget, budget)).status?.disruptionsAllowed, 1);
      await client.evict({ name: "one", namespace });
      const { status } = await client.get(PodDisruptionBudget, budget);
      assert.equal(status?.disruptionsAllowed, 0);
      assert.deepEqual(Object.keys(status?.disruptedPods ?? {}), ["one"]);
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
    name: "the client writes to parts that speak a kind of their own: a token of a ServiceAccount, the binding of a pod, a scale",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      const ref = { name: "one", namespace };
      await client.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: ref });
      await using asOne = await connectAsServiceAccount(client, context.target, ref);
      const refused = await rejection(asOne.list(ConfigMap, { namespace }).toArray());
      assert.match(refused.message, new RegExp(`User "system:serviceaccount:${namespace}:one" cannot list`));
      const missing = await rejection(connectAsServiceAccount(client, context.target, { name: "two", namespace }));
      assert.equal(missing["code"], "NotFound");
      assert.equal(missing.message, `create token of ServiceAccount ${namespace}/two: serviceaccounts "two" not found`);

      await somePod(context, namespace);
      const binding = { apiVersion: "v1", kind: "Binding", metadata: ref, target: { apiVersion: "v1", kind: "Node", name: "some-node" } };
      const answer: KubernetesObject = await client.create(binding, { subresource: "binding", of: { apiVersion: "v1", kind: "Pod" } });
      assert.equal(answer.kind, "Status");
      assert.equal((await client.get(Pod, ref)).spec?.nodeName, "some-node");

      await client.create({ ...deployment("one"), metadata: ref });
      const part = { subresource: "scale", of: Deployment };
      const scale = await client.getScale(Deployment, ref);
      assert.equal((await client.update({ ...scale, spec: { replicas: 2 } }, part)).spec?.replicas, 2);
      const applied: Scale = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: ref, spec: { replicas: 5 } };
      assert.equal((await client.apply(applied, part)).spec?.replicas, 5);
      assert.equal((await client.get(Deployment, ref)).spec?.replicas, 5);
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
