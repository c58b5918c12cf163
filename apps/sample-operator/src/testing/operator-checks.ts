import { findCondition, isConditionTrue, isNotFound, Operator, silentLogger, sleep, type Client, type KubernetesObject } from "operatorkit";
import { ConfigMap, Deployment, Event, Namespace, Service } from "operatorkit/kinds";
import { ADDRESSES } from "../children.ts";
import { Memcached } from "../memcached.ts";
import { memcachedController } from "../memcached-controller.ts";

/** What a check runs against: a cluster with the CRD installed, and controllers for what the operator makes. */
export interface CheckCluster {
  /** A person with all rights. */
  readonly admin: Client;
  /** The operator's own credentials. */
  readonly operator: Client;
  readonly signal: AbortSignal;
}

/** A behaviour of the sample operator; the name is a sentence about it. */
export interface OperatorCheck {
  readonly name: string;
  /** Rejects with what is not as it should be. */
  readonly run: (world: World) => Promise<void>;
}

const DEADLINE_MS = 15_000;
const LOOK_EVERY_MS = 25;
const FINALIZER = "cache.example.com/memcached";

/** A namespace of its own, and the verbs that checks are written in. */
export class World {
  readonly admin: Client;
  readonly namespace: string;
  readonly #cluster: CheckCluster;
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(cluster: CheckCluster, namespace: string) {
    this.#cluster = cluster;
    this.admin = cluster.admin.with({ signal: cluster.signal, fieldManager: "operator-checks" });
    this.namespace = namespace;
  }

  /** Runs a check in a namespace of its own, and puts everything away after it. */
  static async run(check: OperatorCheck, cluster: CheckCluster, namespace: string): Promise<void> {
    const world = new World(cluster, namespace);
    await world.admin.create<Namespace>({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    try {
      await check.run(world);
    } finally {
      await world.startOperator();
      await world.admin.deleteCollection(Memcached, { namespace });
      await world.until(
        "every Memcached to be gone",
        async () => (await world.admin.list(Memcached, { namespace }).toArray()).length === 0,
      );
      for (const stop of world.#stops) await stop();
      await world.admin.delete(Namespace, { name: namespace });
    }
  }

  /** Starts the operator; stopping it twice does nothing. */
  async startOperator(): Promise<{ readonly stop: () => Promise<void> }> {
    for (const stop of this.#stops.splice(0)) await stop();
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#cluster.signal]);
    const running = new Operator({
      client: this.#cluster.operator,
      runnables: [memcachedController()],
      logger: silentLogger,
      handleSignals: false,
    }).run({ signal });
    running.catch(() => {});
    const stop = async (): Promise<void> => {
      controller.abort();
      await running;
    };
    this.#stops.push(stop);
    return { stop };
  }

  create(name: string, spec: Memcached["spec"], metadata: Partial<Memcached["metadata"]> = {}): Promise<Memcached> {
    return this.admin.create<Memcached>({
      apiVersion: "cache.example.com/v1alpha1",
      kind: "Memcached",
      metadata: { ...metadata, name, namespace: this.namespace },
      spec,
    });
  }

  ref(name: string): { readonly name: string; readonly namespace: string } {
    return { namespace: this.namespace, name };
  }

  get(name: string): Promise<Memcached> {
    return this.admin.get(Memcached, this.ref(name));
  }

  async ready(name: string): Promise<Memcached> {
    let memcached = await this.get(name);
    await this.until(`${name} to be Ready`, async () => {
      memcached = await this.get(name);
      const { spec, status, metadata } = memcached;
      const isReady =
        status?.ready === spec.size && status.observedGeneration === metadata.generation && isConditionTrue(status.conditions, "Available");
      return isReady && status.endpoints?.length === spec.size;
    });
    return memcached;
  }

  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (let waitedMs = 0; !(await isSo()); waitedMs += LOOK_EVERY_MS) {
      if (waitedMs > DEADLINE_MS) throw new Error(`waited ${DEADLINE_MS / 1000} s for ${what}`);
      await sleep(LOOK_EVERY_MS, { signal: this.#cluster.signal });
    }
  }

  /** Long enough for anything that is going to happen to have happened. */
  async quiet(): Promise<void> {
    await sleep(500, { signal: this.#cluster.signal });
  }
}

async function exists(get: Promise<KubernetesObject>): Promise<boolean> {
  try {
    await get;
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

/** What the sample operator does, told in checks that run on the embedded cluster and on a real API server. */
export const operatorChecks: readonly OperatorCheck[] = [
  {
    name: "makes a Deployment and a headless Service that the Memcached owns",
    async run(world) {
      await world.startOperator();
      const { metadata } = await world.create("a", { size: 2 });
      await world.ready("a");
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
      await world.startOperator();
      await world.create("a", { size: 3 });
      const { status, metadata } = await world.ready("a");
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
      await world.startOperator();
      await world.create("a", { size: 1 });
      await world.ready("a");
      for (const size of [3, 2]) {
        await world.admin.patch(Memcached, world.ref("a"), { type: "merge", body: { spec: { size, memoryMegabytes: 64 + size } } });
        await world.ready("a");
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
      await world.startOperator();
      await world.create("a", { size: 1 });
      await world.ready("a");
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
      await world.ready("a");
    },
  },
  {
    name: "says in Events what it did",
    async run(world) {
      await world.startOperator();
      const { metadata } = await world.create("a", { size: 1 });
      await world.ready("a");
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
      const { stop } = await world.startOperator();
      await world.create("a", { size: 2 });
      await world.ready("a");
      await world.quiet();
      await stop();
      const versions = async () => [
        (await world.get("a")).metadata.resourceVersion,
        (await world.admin.get(Deployment, world.ref("a"))).metadata.resourceVersion,
        (await world.admin.get(Service, world.ref("a"))).metadata.resourceVersion,
        (await world.admin.get(ConfigMap, world.ref(ADDRESSES))).metadata.resourceVersion,
        (await world.admin.list(Event, { namespace: world.namespace }).toArray()).length,
      ];
      const before = await versions();
      await world.startOperator();
      await world.quiet();
      expectEqual("versions after a restart", await versions(), before);
    },
  },
  {
    name: "catches up with what was created and deleted while it was away",
    async run(world) {
      const { stop } = await world.startOperator();
      await world.create("old", { size: 1 });
      await world.ready("old");
      await stop();
      await world.create("new", { size: 1 });
      await world.admin.delete(Memcached, world.ref("old"));
      expectEqual("old waits for its cleanup", (await world.get("old")).metadata.finalizers, [FINALIZER]);
      await world.startOperator();
      await world.ready("new");
      await world.until("old to be gone", async () => !(await exists(world.get("old"))));
    },
  },
  {
    name: "cleans up one entry of the shared address list and leaves the others",
    async run(world) {
      await world.startOperator();
      await world.create("a", { size: 1 });
      await world.create("b", { size: 1 });
      await world.ready("a");
      await world.ready("b");
      const entries = async () => Object.keys((await world.admin.get(ConfigMap, world.ref(ADDRESSES))).data ?? {}).sort();
      expectEqual("entries of both", await entries(), ["a", "b"]);
      await world.admin.delete(Memcached, world.ref("a"));
      await world.until("a to be gone", async () => !(await exists(world.get("a"))));
      expectEqual("entries of what is left", await entries(), ["b"]);
      for (const kind of [Deployment, Service]) {
        await world.until(
          `${kind.kind} a to be collected`,
          async () => !(await exists(world.admin.get<KubernetesObject>(kind, world.ref("a")))),
        );
      }
    },
  },
  {
    name: "keeps its own finalizer and leaves those of others alone",
    async run(world) {
      await world.startOperator();
      await world.create("a", { size: 1 }, { finalizers: ["example.com/theirs"] });
      expectEqual("finalizers", (await world.ready("a")).metadata.finalizers, ["example.com/theirs", FINALIZER]);
      await world.admin.delete(Memcached, world.ref("a"));
      await world.until("our finalizer to go", async () => (await world.get("a")).metadata.finalizers?.includes(FINALIZER) === false);
      expectEqual("what is left", (await world.get("a")).metadata.finalizers, ["example.com/theirs"]);
      await world.admin.patch(Memcached, world.ref("a"), { type: "merge", body: { metadata: { finalizers: null } } });
      await world.until("a to be gone", async () => !(await exists(world.get("a"))));
    },
  },
];
