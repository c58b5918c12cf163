import { expectEqual, outrun, type AppCheck, type World } from "@operatorkit/app-kit/testing";
import { Event, Pod } from "operatorkit/kinds";
import { Jinghzhu } from "../jinghzhu.ts";
import { replicaSet } from "../replicaset-app.ts";
import { alive } from "../scaling.ts";

function create(world: World, name: string, desired: number): Promise<Jinghzhu> {
  return world.admin.create<Jinghzhu>({
    apiVersion: "jinghzhu.io/v1",
    kind: "Jinghzhu",
    metadata: { name, namespace: world.namespace },
    spec: { desired },
  });
}

async function pods(world: World, name: string): Promise<readonly Pod[]> {
  return alive(await world.admin.list(Pod, { namespace: world.namespace, labelSelector: `crd=${name}` }).toArray());
}

/** Waits until the pods that are alive and the status agree on this many, for the present spec. */
async function settled(world: World, name: string, desired: number): Promise<readonly Pod[]> {
  let found: readonly Pod[] = [];
  await world.until(`${desired} pods of ${name}`, async () => {
    const { status, metadata } = await world.admin.get(Jinghzhu, world.ref(name));
    found = await pods(world, name);
    const names = JSON.stringify(found.map((pod) => pod.metadata.name).toSorted());
    return (
      found.length === desired && names === JSON.stringify(status?.podList.toSorted()) && status?.observedGeneration === metadata.generation
    );
  });
  return found;
}

/** What the ReplicaSet operator does, told in checks that run on the embedded cluster and on a real API server. */
export const replicaSetChecks: readonly AppCheck[] = [
  {
    name: "replicaset: makes the desired pods, labelled and owned, and says so in the status",
    async run(world) {
      world.start("replicaset-operator", replicaSet);
      const { metadata } = await create(world, "a", 2);
      for (const pod of await settled(world, "a", 2)) {
        expectEqual("name", pod.metadata.name.startsWith("jinghzhu-worker-"), true);
        expectEqual("owner", pod.metadata.ownerReferences?.[0]?.uid, metadata.uid);
      }
      const { status } = await world.admin.get(Jinghzhu, world.ref("a"));
      expectEqual("status", [status?.current, status?.state, status?.message], [2, "Running", "Starting"]);
    },
  },
  {
    name: "replicaset: replaces pods that are deleted, one for one, and says that it does",
    async run(world) {
      world.start("replicaset-operator", replicaSet);
      await create(world, "a", 3);
      const before = await settled(world, "a", 3);
      const lost = before[1]?.metadata.name ?? "";
      await world.admin.delete(Pod, world.ref(lost));
      await world.until("the loss to be seen", async () => !(await pods(world, "a")).some(({ metadata }) => metadata.name === lost));
      await settled(world, "a", 3);
      await world.admin.deleteCollection(Pod, { namespace: world.namespace });
      await world.until("other pods", async () => {
        const names = new Set(before.map(({ metadata }) => metadata.name));
        const now = await pods(world, "a");
        return now.length === 3 && now.every(({ metadata }) => !names.has(metadata.name));
      });
      await settled(world, "a", 3);
      expectEqual("message", (await world.admin.get(Jinghzhu, world.ref("a"))).status?.message, "Need to do HA");
    },
  },
  {
    name: "replicaset: scales out and in, and never takes its own deletion for a loss",
    async run(world) {
      world.start("replicaset-operator", replicaSet);
      await create(world, "a", 1);
      await settled(world, "a", 1);
      for (const desired of [4, 2, 0, 3]) {
        const before = (await pods(world, "a")).map(({ metadata }) => metadata.name);
        await world.admin.patch(Jinghzhu, world.ref("a"), { type: "merge", body: { spec: { desired } } });
        const after = (await settled(world, "a", desired)).map(({ metadata }) => metadata.name);
        const kept = after.filter((name) => before.includes(name));
        expectEqual(`pods kept at ${desired}`, kept.length, Math.min(before.length, desired));
      }
      await world.quiet();
      await settled(world, "a", 3);
      const events = await world.admin.list(Event, { namespace: world.namespace }).toArray();
      expectEqual(
        "losses",
        events.filter(({ reason }) => reason === "NeedToDoHA"),
        [],
      );
    },
  },
  {
    name: "replicaset: makes up at its start for what was lost while it was away, and then writes nothing more",
    async run(world) {
      const { stop } = world.start("replicaset-operator", replicaSet);
      await create(world, "a", 2);
      await settled(world, "a", 2);
      await stop();
      await world.admin.deleteCollection(Pod, { namespace: world.namespace });
      await world.until("no pods", async () => (await pods(world, "a")).length === 0);
      const again = world.start("replicaset-operator", replicaSet);
      await settled(world, "a", 2);
      await world.quiet();
      await again.stop();
      const versions = async (): Promise<unknown> => [
        (await world.admin.get(Jinghzhu, world.ref("a"))).metadata.resourceVersion,
        (await pods(world, "a")).map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
      ];
      const before = await versions();
      world.start("replicaset-operator", replicaSet);
      await world.quiet();
      expectEqual("versions after a restart", await versions(), before);
    },
  },
  {
    name: "replicaset: the pods go with their Jinghzhu",
    async run(world) {
      world.start("replicaset-operator", replicaSet);
      await create(world, "a", 2);
      await settled(world, "a", 2);
      await world.admin.delete(Jinghzhu, world.ref("a"));
      await world.until("the pods to be collected", async () => (await pods(world, "a")).length === 0);
    },
  },
  {
    name: "replicaset: a Jinghzhu that goes while it is worked on leaves nothing to one that takes its name",
    async run(world) {
      let statuses = 0;
      world.start("replicaset-operator", (context) =>
        replicaSet({
          ...context,
          client: outrun(context.client, async ({ subresource }) => {
            if (subresource === "status" && (statuses += 1) === 1) await world.admin.delete(Jinghzhu, world.ref("a"));
          }),
        }),
      );
      await create(world, "a", 1);
      await world.until("the first a to go", () => statuses > 0 && world.lines.some((line) => line.includes("Jinghzhu delete event")));
      const { metadata } = await create(world, "a", 3);
      for (const pod of await settled(world, "a", 3)) expectEqual("owner", pod.metadata.ownerReferences?.[0]?.uid, metadata.uid);
    },
  },
];
