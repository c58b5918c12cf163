import { expectEqual, outrun, type AppCheck, type RunningOperator, type World } from "@operatorkit/app-kit/testing";
import { findCondition, isConditionTrue, Operator, type Client } from "operatorkit";
import { ConfigMap, Deployment, Event, Service } from "operatorkit/kinds";
import { ADDRESSES } from "../children.ts";
import { tellStory } from "../demo/story.ts";
import { Memcached } from "../memcached.ts";
import { memcachedController } from "../memcached-controller.ts";

const FINALIZER = "cache.example.com/memcached";

function start(world: World, as: (client: Client) => Client = (client) => client): RunningOperator {
  return world.start("memcached-operator", ({ client, signal, logger }) =>
    new Operator({ client: as(client), runnables: [memcachedController()], logger, handleSignals: false }).run({ signal }),
  );
}

function create(world: World, name: string, size: number, finalizers: readonly string[] = []): Promise<Memcached> {
  const metadata = { name, namespace: world.namespace, finalizers };
  return world.admin.create<Memcached>({ apiVersion: "cache.example.com/v1alpha1", kind: "Memcached", metadata, spec: { size } });
}

function get(world: World, name: string): Promise<Memcached> {
  return world.admin.get(Memcached, world.ref(name));
}

async function ready(world: World, name: string): Promise<Memcached> {
  let memcached = await get(world, name);
  await world.until(`${name} to be Ready`, async () => {
    memcached = await get(world, name);
    const { spec, status, metadata } = memcached;
    const isReady =
      status?.ready === spec.size && status.observedGeneration === metadata.generation && isConditionTrue(status.conditions, "Available");
    return isReady && status.endpoints?.length === spec.size;
  });
  return memcached;
}

/** What the sample operator does, told in checks that run on the embedded cluster and on a real API server. */
export const memcachedChecks: readonly AppCheck[] = [
  {
    name: "makes a Deployment and a headless Service that the Memcached owns",
    async run(world) {
      start(world);
      const { metadata } = await create(world, "a", 2);
      await ready(world, "a");
      const deployment = await world.admin.get(Deployment, world.ref("a"));
      const service = await world.admin.get(Service, world.ref("a"));
      expectEqual("replicas", deployment.spec?.replicas, 2);
      expectEqual("clusterIP", service.spec?.clusterIP, "None");
      for (const child of [deployment, service]) {
        const owners = child.metadata.ownerReferences?.map(({ kind, name, uid, controller }) => ({ kind, name, uid, controller }));
        expectEqual(`owner of the ${child.kind}`, owners, [{ kind: "Memcached", name: "a", uid: metadata.uid, controller: true }]);
      }
    },
  },
  {
    name: "reports the ready count, the endpoints and the generation they are of",
    async run(world) {
      start(world);
      await create(world, "a", 3);
      const { status, metadata } = await ready(world, "a");
      expectEqual(
        "endpoints",
        status?.endpoints?.every((endpoint) => /^[0-9.]+:11211$/.test(endpoint)),
        true,
      );
      expectEqual("different endpoints", new Set(status?.endpoints).size, 3);
      const available = findCondition(status?.conditions, "Available");
      expectEqual(
        "condition",
        [available?.reason, available?.message, available?.observedGeneration],
        ["AllServersReady", "3 of 3 servers are ready", metadata.generation],
      );
    },
  },
  {
    name: "follows a change of the spec, up and down",
    async run(world) {
      start(world);
      await create(world, "a", 1);
      await ready(world, "a");
      for (const size of [3, 2]) {
        await world.admin.patch(Memcached, world.ref("a"), { type: "merge", body: { spec: { size, memoryMegabytes: 64 + size } } });
        await ready(world, "a");
        const { spec } = await world.admin.get(Deployment, world.ref("a"));
        expectEqual(
          "replicas and arguments",
          [spec?.replicas, spec?.template.spec?.containers[0]?.args],
          [size, ["-m", String(64 + size)]],
        );
      }
    },
  },
  {
    name: "puts back what somebody else changed or deleted",
    async run(world) {
      start(world);
      await create(world, "a", 1);
      await ready(world, "a");
      await world.admin.patch(Deployment, world.ref("a"), { type: "merge", body: { spec: { replicas: 5 } } });
      await world.until(
        "the replicas to be put back",
        async () => (await world.admin.get(Deployment, world.ref("a"))).spec?.replicas === 1,
      );
      const { metadata } = await world.admin.get(Service, world.ref("a"));
      await world.admin.delete(Service, world.ref("a"));
      await world.until("a new Service", async () => {
        const services = await world.admin.list(Service, { namespace: world.namespace }).toArray();
        return services.some((service) => service.metadata.name === "a" && service.metadata.uid !== metadata.uid);
      });
      await ready(world, "a");
    },
  },
  {
    name: "says in Events what it did",
    async run(world) {
      start(world);
      const { metadata } = await create(world, "a", 1);
      await ready(world, "a");
      await world.until("the events Created and Available", async () => {
        const events = await world.admin
          .list(Event, { namespace: world.namespace, fieldSelector: `involvedObject.uid=${metadata.uid ?? ""}` })
          .toArray();
        const reasons = new Set(events.map(({ reason }) => reason));
        return reasons.has("Created") && reasons.has("Available");
      });
    },
  },
  {
    name: "writes nothing when it is restarted and nothing has changed",
    async run(world) {
      const { stop } = start(world);
      await create(world, "a", 2);
      await ready(world, "a");
      await world.quiet();
      await stop();
      const versions = async () => [
        (await get(world, "a")).metadata.resourceVersion,
        (await world.admin.get(Deployment, world.ref("a"))).metadata.resourceVersion,
        (await world.admin.get(Service, world.ref("a"))).metadata.resourceVersion,
        (await world.admin.get(ConfigMap, world.ref(ADDRESSES))).metadata.resourceVersion,
        (await world.admin.list(Event, { namespace: world.namespace }).toArray()).length,
      ];
      const before = await versions();
      start(world);
      await world.quiet();
      expectEqual("versions after a restart", await versions(), before);
    },
  },
  {
    name: "catches up with what was created and deleted while it was away",
    async run(world) {
      const { stop } = start(world);
      await create(world, "old", 1);
      await ready(world, "old");
      await stop();
      await create(world, "new", 1);
      await world.admin.delete(Memcached, world.ref("old"));
      expectEqual("old waits for its cleanup", (await get(world, "old")).metadata.finalizers, [FINALIZER]);
      start(world);
      await ready(world, "new");
      await world.until("old to be gone", async () => !(await world.exists(Memcached, "old")));
    },
  },
  {
    name: "cleans up one entry of the shared address list and leaves the others",
    async run(world) {
      start(world);
      await create(world, "a", 1);
      await create(world, "b", 1);
      await ready(world, "a");
      await ready(world, "b");
      const entries = async () => Object.keys((await world.admin.get(ConfigMap, world.ref(ADDRESSES))).data ?? {}).sort();
      expectEqual("entries of both", await entries(), ["a", "b"]);
      await world.admin.delete(Memcached, world.ref("a"));
      await world.until("a to be gone", async () => !(await world.exists(Memcached, "a")));
      expectEqual("entries of what is left", await entries(), ["b"]);
      for (const kind of [Deployment, Service]) {
        await world.until(`${kind.kind} a to be collected`, async () => !(await world.exists<Deployment | Service>(kind, "a")));
      }
    },
  },
  {
    name: "keeps its own finalizer and leaves those of others alone",
    async run(world) {
      start(world);
      await create(world, "a", 1, ["example.com/theirs"]);
      expectEqual("finalizers", (await ready(world, "a")).metadata.finalizers, ["example.com/theirs", FINALIZER]);
      await world.admin.delete(Memcached, world.ref("a"));
      await world.until("our finalizer to go", async () => (await get(world, "a")).metadata.finalizers?.includes(FINALIZER) === false);
      expectEqual("what is left", (await get(world, "a")).metadata.finalizers, ["example.com/theirs"]);
      await world.admin.patch(Memcached, world.ref("a"), { type: "merge", body: { metadata: { finalizers: null } } });
      await world.until("a to be gone", async () => !(await world.exists(Memcached, "a")));
    },
  },
  {
    name: "adds its finalizer also when somebody else writes at that moment",
    async run(world) {
      const { admin } = world;
      let patches = 0;
      const late = (client: Client): Client =>
        outrun(client, async ({ verb, name }) => {
          // The first patch adds the finalizer to what it has seen, and nothing else.
          if (verb !== "patch" || (patches += 1) > 1) return;
          await admin.patch(Memcached, world.ref(name), { type: "merge", body: { metadata: { labels: { first: "yes" } } } });
        });
      start(world, late);
      await create(world, "a", 1);
      const { metadata } = await ready(world, "a");
      expectEqual("finalizers and labels", [metadata.finalizers, metadata.labels], [[FINALIZER], { first: "yes" }]);
    },
  },
  {
    name: "lives through the story that npm start -- --until-ready tells",
    async run(world) {
      start(world);
      await tellStory({ client: world.admin, signal: world.signal, print: () => {}, namespace: world.namespace });
    },
  },
];
