import { ignoreNotFound } from "@operatorkit/api";
import { connect, ensureCustomResources, type KubernetesClient } from "@operatorkit/client";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { ConfigMap, Deployment, EndpointSlice, Namespace, Pod, ReplicaSet, Service } from "@operatorkit/object/kinds";
import { sleep } from "@operatorkit/observe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DevCluster } from "./dev-cluster.ts";
import { READY_AFTER_ANNOTATION } from "./pod/pod-status.ts";

const deployment = (
  name: string,
  replicas: number,
  { image = "one", annotations = {} }: { image?: string; annotations?: Record<string, string> } = {},
): Deployment => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "default" },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, annotations },
      spec: { containers: [{ name: "c", image, ports: [{ name: "http", containerPort: 8080 }] }] },
    },
  },
});

async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (let looks = 0; ; looks += 1) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (looks > 400) throw new Error(`it did not come to be; last seen: ${JSON.stringify(seen)}`);
    await sleep(10);
  }
}

describe("DevCluster", () => {
  let cluster: DevCluster;
  let client: KubernetesClient;
  beforeAll(async () => {
    cluster = await DevCluster.start({ tls: false, podReadyDelayMs: 10 });
    client = await connect({ transport: cluster.transport(), fieldManager: "test" });
  });
  afterAll(async () => {
    await client.close();
    await cluster.close();
  });

  const ref = (name: string) => ({ namespace: "default", name });
  const podsOf = (name: string) => client.list(Pod, { namespace: "default", labelSelector: `app=${name}` }).toArray();
  const ready = (name: string, replicas: number) =>
    until(
      () => client.get(Deployment, ref(name)),
      ({ status, metadata }) =>
        status?.observedGeneration === metadata.generation &&
        status?.readyReplicas === replicas &&
        status.replicas === replicas &&
        status.updatedReplicas === replicas,
    );

  it("brings a Deployment to life, scales it, and collects all of it", async () => {
    await client.apply(deployment("web", 3));
    await ready("web", 3);
    expect(new Set((await podsOf("web")).map(({ status }) => status?.podIP)).size).toBe(3);
    await client.patch(Deployment, ref("web"), { type: "merge", body: { spec: { replicas: 1 } } });
    await ready("web", 1);
    await client.delete(Deployment, ref("web"), { propagationPolicy: "Background" });
    const left = async () => [
      ...(await podsOf("web")),
      ...(await client.list(ReplicaSet, { namespace: "default", labelSelector: "app=web" }).toArray()),
    ];
    await until(left, (seen) => seen.length === 0);
  });

  it("rolls out a new template and keeps the old, empty ReplicaSet", async () => {
    await client.apply(deployment("roll", 3));
    await ready("roll", 3);
    await client.apply(deployment("roll", 3, { image: "two" }));
    await until(
      () => podsOf("roll"),
      (pods) => pods.length === 3 && pods.every(({ spec }) => spec?.containers[0]?.image === "two"),
    );
    await ready("roll", 3);
    const sets = await client.list(ReplicaSet, { namespace: "default", labelSelector: "app=roll" }).toArray();
    expect(new Set(sets.map(({ spec }) => spec?.replicas))).toEqual(new Set([0, 3]));
  });

  it("replaces a pod that is deleted", async () => {
    await client.apply(deployment("heal", 1));
    await ready("heal", 1);
    const [before] = await podsOf("heal");
    await client.delete(Pod, ref(before?.metadata.name ?? ""));
    await until(
      () => podsOf("heal"),
      (pods) => pods.length === 1 && pods[0]?.metadata.uid !== before?.metadata.uid,
    );
  });

  it("leaves a pod with scheduling gates Pending until they are taken off", async () => {
    const gated = { containers: [{ name: "c", image: "one" }], schedulingGates: [{ name: "example.com/wait" }] };
    await client.create<Pod>({ apiVersion: "v1", kind: "Pod", metadata: ref("gated"), spec: gated });
    await client.create<Pod>({ apiVersion: "v1", kind: "Pod", metadata: ref("free"), spec: { containers: gated.containers } });
    const phase = async (name: string) => (await client.get(Pod, ref(name))).status?.phase;
    await until(
      () => phase("free"),
      (seen) => seen === "Running",
    );
    expect(await phase("gated")).toBe("Pending");
    await client.patch(Pod, ref("gated"), { type: "merge", body: { spec: { schedulingGates: null } } });
    await until(
      () => phase("gated"),
      (seen) => seen === "Running",
    );
  });

  it("lists ready pods in the Service's EndpointSlice, and pods that never become ready as not ready", async () => {
    const service = (name: string): Service => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "default" },
      spec: { clusterIP: "None", selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    });
    const endpoints = async (name: string) =>
      (await client.list(EndpointSlice, { namespace: "default", labelSelector: `kubernetes.io/service-name=${name}` }).toArray()).flatMap(
        (slice) => slice.endpoints ?? [],
      );
    await client.apply(service("good"));
    await client.apply(deployment("good", 2));
    await until(
      () => endpoints("good"),
      (seen) => seen.length === 2 && seen.every(({ conditions }) => conditions?.ready === true),
    );
    await client.apply(service("never"));
    await client.apply(deployment("never", 1, { annotations: { [READY_AFTER_ANNOTATION]: "never" } }));
    await until(
      () => endpoints("never"),
      (seen) => seen.length === 1 && seen[0]?.conditions?.ready === false,
    );
  });

  const child = (name: string, owner: KubernetesObject, more: object = {}): ConfigMap => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      namespace: "default",
      ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: owner.metadata.name, uid: owner.metadata.uid ?? "", ...more }],
    },
  });
  const configMap = (name: string): ConfigMap => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });
  const orUndefined = (name: string): Promise<ConfigMap | undefined> => ignoreNotFound(client.get(ConfigMap, ref(name)));

  it("collects what belongs to a custom resource, also one that goes right after its kind came", async () => {
    const thing: Kind = {
      group: "example.com",
      version: "v1",
      apiVersion: "example.com/v1",
      kind: "Thing",
      plural: "things",
      singular: "thing",
      listKind: "ThingList",
      namespaced: true,
      shortNames: [],
      categories: [],
    };
    await ensureCustomResources(client, [
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "things.example.com" },
        spec: {
          group: thing.group,
          scope: "Namespaced",
          names: { kind: thing.kind, plural: thing.plural, singular: thing.singular },
          versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
        },
      },
    ]);
    for (const name of ["first", "second"]) {
      const owner = await client.create<KubernetesObject>({
        apiVersion: "example.com/v1",
        kind: "Thing",
        metadata: { name, namespace: "default" },
      });
      const reference = { apiVersion: "example.com/v1", kind: "Thing", name, uid: owner.metadata.uid ?? "" };
      await client.create<ConfigMap>({ ...configMap(name), metadata: { ...configMap(name).metadata, ownerReferences: [reference] } });
      await client.delete(thing, ref(name));
      await until(
        () => orUndefined(name),
        (seen) => seen === undefined,
      );
    }
  });

  it("collects in the foreground: the owner goes after what blocks it", async () => {
    const owner = await client.create<ConfigMap>(configMap("fg-owner"));
    await client.create<ConfigMap>(child("fg-child", owner, { blockOwnerDeletion: true }));
    await client.delete(ConfigMap, ref("fg-owner"), { propagationPolicy: "Foreground" });
    await until(
      () => orUndefined("fg-owner"),
      (seen) => seen === undefined,
    );
    expect(await orUndefined("fg-child")).toBeUndefined();
  });

  it("orphans: what is left forgets its owner", async () => {
    const owner = await client.create<ConfigMap>(configMap("or-owner"));
    await client.create<ConfigMap>(child("or-child", owner));
    // The collector must know the child before it can let go of it.
    await sleep(50);
    await client.delete(ConfigMap, ref("or-owner"), { propagationPolicy: "Orphan" });
    await until(
      () => orUndefined("or-owner"),
      (seen) => seen === undefined,
    );
    expect((await orUndefined("or-child"))?.metadata.ownerReferences ?? []).toEqual([]);
  });

  it("empties a namespace and lets it go", async () => {
    await client.create<Namespace>({ apiVersion: "v1", kind: "Namespace", metadata: { name: "short" } });
    await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "in-it", namespace: "short" } });
    await client.apply<Deployment>({ ...deployment("in-it", 1), metadata: { name: "in-it", namespace: "short" } });
    await client.delete(Namespace, { name: "short" });
    await until(
      async () => (await client.list(Namespace).toArray()).map(({ metadata }) => metadata.name),
      (names) => !names.includes("short"),
    );
  });
});

it("frees its port when it is closed, and starts again on it", async () => {
  const first = await DevCluster.start({ tls: false });
  const port = Number(new URL(first.url).port);
  await expect(DevCluster.start({ tls: false, port })).rejects.toThrow(String(port));
  await first.close();
  const second = await DevCluster.start({ tls: false, port });
  expect(new URL(second.url).port).toBe(String(port));
  await second.close();
});
