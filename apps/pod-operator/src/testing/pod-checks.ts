import { expectEqual, type AppCheck, type World } from "@operatorkit/app-kit/testing";
import { Jinghzhu } from "@operatorkit/replicaset-operator/jinghzhu";
import { jinghzhuController } from "@operatorkit/replicaset-operator/jinghzhu-controller";
import { Operator } from "operatorkit";
import { Event, Pod } from "operatorkit/kinds";
import { podOperator, type PodOperatorOptions } from "../pod-operator.ts";

function start(world: World, options: Partial<PodOperatorOptions> = {}): void {
  world.start("pod-operator", (context) => podOperator({ ...context, namespace: world.namespace, ...options }));
}

function createPod(
  world: World,
  name: string,
  { labels = {}, spec = {} }: { labels?: Record<string, string>; spec?: object } = {},
): Promise<Pod> {
  return world.admin.create<Pod>({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: world.namespace, labels },
    spec: { containers: [{ name: "c", image: "busybox:1.36" }], ...spec },
  });
}

function createJinghzhu(world: World, desired: number): Promise<Jinghzhu> {
  const metadata = { name: "a", namespace: world.namespace };
  return world.admin.create<Jinghzhu>({ apiVersion: "jinghzhu.io/v1", kind: "Jinghzhu", metadata, spec: { desired } });
}

async function losses(world: World): Promise<string[]> {
  const events = await world.admin.list(Event, { namespace: world.namespace }).toArray();
  return events.filter(({ reason }) => reason === "PodLost").map(({ message }) => message ?? "");
}

/** What the Pod operator does, told in checks that run on the embedded cluster and on a real API server. */
export const podChecks: readonly AppCheck[] = [
  {
    name: "pod: tells of pods that come, change their phase and go",
    async run(world) {
      start(world);
      await createPod(world, "p");
      await world.until("the add", () =>
        world.lines.some((line) => line.startsWith("\nFind a Pod add event.\n\tName: p\n\tResource Version: ")),
      );
      await world.until("the pod to run", async () => (await world.admin.get(Pod, world.ref("p"))).status?.phase === "Running");
      await world.admin.patch(Pod, world.ref("p"), { type: "merge", body: { metadata: { labels: { a: "b" } } } });
      await world.quiet();
      const before = world.lines.length;
      await world.admin.patch(Pod, world.ref("p"), { type: "merge", body: { status: { phase: "Failed" } } }, { subresource: "status" });
      await world.printed("\nFind a Pod update event.\n\tName: p\n\tOld Status: Running\n\tNew Status: Failed");
      await world.admin.delete(Pod, world.ref("p"));
      await world.until("the delete", () => world.lines.some((line) => line.startsWith("\nFind a Pod delete event.\n\tName: p\n")));
      expectEqual("how much was told since it ran", world.lines.length - before, 2);
    },
  },
  {
    name: "pod: says in an Event of its Jinghzhu that a pod is lost, and says nothing of a scale-in",
    async run(world) {
      await createJinghzhu(world, 1);
      await createPod(world, "first", { labels: { crd: "a" } });
      await createPod(world, "second", { labels: { crd: "a" } });
      start(world);
      await world.until("both", () => world.lines.filter((line) => line.includes("Pod add event")).length === 2);
      await world.admin.delete(Pod, world.ref("first"));
      await world.until("the delete", () => world.lines.some((line) => line.includes("delete event.\n\tName: first")));
      await world.quiet();
      expectEqual("losses after one too many", await losses(world), []);
      await world.admin.delete(Pod, world.ref("second"));
      await world.until("the event", async () => (await losses(world)).length > 0);
      expectEqual("losses", await losses(world), ["Need to do HA: pod second is gone, 0 of 1 are alive"]);

      // The same loss again is counted, not told in an Event of its own.
      await createPod(world, "second", { labels: { crd: "a" } });
      await world.until("the third pod", () => world.lines.filter((line) => line.includes("Pod add event")).length === 3);
      await world.admin.delete(Pod, world.ref("second"));
      await world.until("the count", async () => {
        const events = await world.admin.list(Event, { namespace: world.namespace }).toArray();
        return events.some(({ reason, count }) => reason === "PodLost" && count === 2);
      });
    },
  },
  {
    name: "pod: deletes a pod that is Pending for too long, and leaves one that runs",
    async run(world) {
      start(world, { deletePendingAfterMs: 1_500 });
      await createPod(world, "runs");
      await createPod(world, "waits", { spec: { schedulingGates: [{ name: "example.com/never" }] } });
      await world.printed("Pod waits has been Pending for 1.5 s: deleting it");
      await world.until("waits to be gone", async () => !(await world.exists(Pod, "waits")));
      expectEqual("runs is there", await world.exists(Pod, "runs"), true);
    },
  },
  {
    name: "pod: with the ReplicaSet operator beside it, deleted pods are replaced and told, and scaling in ends without a loss",
    async run(world) {
      start(world);
      world.start("replicaset-operator", async ({ client, signal, logger }) => {
        await new Operator({ client, logger, runnables: [jinghzhuController()], handleSignals: false }).run({ signal });
      });
      await createJinghzhu(world, 3);
      const count = (what: string): number => world.lines.filter((line) => line.startsWith(`\nFind a Pod ${what} event.`)).length;
      await world.until("three adds", () => count("add") === 3);
      await world.admin.deleteCollection(Pod, { namespace: world.namespace });
      await world.until("three deletes and three adds", () => count("delete") === 3 && count("add") === 6);
      await world.quiet();
      const before = (await losses(world)).length;
      await world.admin.patch(Jinghzhu, world.ref("a"), { type: "merge", body: { spec: { desired: 1 } } });
      await world.until("two deletes", () => count("delete") === 5);
      await world.quiet();
      expectEqual("adds and deletes", [count("add"), count("delete")], [6, 5]);
      expectEqual("losses of a scale-in", (await losses(world)).length, before);
    },
  },
];
