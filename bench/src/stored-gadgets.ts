import { RawHttp } from "../../conformance/src/raw-http.ts";
import type { RealCluster } from "../../conformance/src/real-server/real-cluster.ts";

const GROUP = "bench.operatorkit.dev";
const PREFIX = `/registry/${GROUP}/gadgets/`;
const PAGE = 500;
const PUTS = 100;

/** What etcd keeps of a key, as its JSON gateway says it. */
interface Stored {
  readonly key: string;
  readonly value: string;
  /** How often it was written since it was created. */
  readonly version: string;
}

/**
 * The custom resources that are reconciled, without a status. They are made through the API once; before each run etcd is given the
 * same bytes again, which takes a second where deleting and creating ten thousand takes twenty. What is in etcd also says, without
 * asking anybody who is measured, how often each object was written.
 */
export class StoredGadgets {
  readonly #cluster: RealCluster;
  readonly #etcd: RawHttp;
  #fresh: readonly Stored[] = [];
  #before = new Map<string, number>();

  constructor(cluster: RealCluster) {
    this.#cluster = cluster;
    this.#etcd = new RawHttp({ url: cluster.etcdUrl });
  }

  async create(count: number): Promise<void> {
    await this.#post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition());
    const path = `/apis/${GROUP}/v1/namespaces/default/gadgets`;
    for (let status = 0; status !== 200;) ({ status } = await this.#cluster.http.request("GET", path));
    let next = 0;
    const creator = async (): Promise<void> => {
      for (let i = next++; i < count; i = next++) await this.#post(path, gadget(i));
    };
    await Promise.all(Array.from({ length: 16 }, creator));
    this.#fresh = await this.#stored();
    if (this.#fresh.length !== count) throw new Error(`etcd has ${this.#fresh.length} gadgets, not ${count}`);
  }

  /** Puts them back as they were created. */
  async reset(): Promise<void> {
    let revision = "";
    for (let from = 0; from < this.#fresh.length; from += PUTS) {
      const success = this.#fresh.slice(from, from + PUTS).map(({ key, value }) => ({ requestPut: { key, value } }));
      const answer = await this.#etcd.request("POST", "/v3/kv/txn", { body: { success } });
      if (answer.status !== 200) throw new Error(`put gadgets into etcd: ${answer.status} ${answer.text}`);
      ({ revision } = (answer.json as { header: { revision: string } }).header);
    }
    await this.#shown(revision);
    this.#before = versionsOf(await this.#stored());
  }

  /** How often all were written since they were put back, and how many of them exactly once. */
  async written(): Promise<{ readonly writes: number; readonly writtenOnce: number }> {
    const counts = [...versionsOf(await this.#stored())].map(([key, version]) => version - (this.#before.get(key) ?? Number.NaN));
    return { writes: counts.reduce((sum, count) => sum + count, 0), writtenOnce: counts.filter((count) => count === 1).length };
  }

  /** A client that lists from the API server's cache must not be given what was there before. */
  async #shown(revision: string): Promise<void> {
    const path = `/apis/${GROUP}/v1/namespaces/default/gadgets/gadget-00000?resourceVersion=${revision}`;
    // It waits for a few seconds itself, then says that it knows no such version yet.
    for (let tries = 0; tries < 20; tries += 1) if ((await this.#cluster.http.request("GET", path)).status === 200) return;
    throw new Error(`the API server does not show version ${revision}`);
  }

  async #stored(): Promise<Stored[]> {
    const all: Stored[] = [];
    const end = base64(`${PREFIX.slice(0, -1)}0`);
    for (let key = base64(PREFIX), more = true; more;) {
      const answer = await this.#etcd.request("POST", "/v3/kv/range", { body: { key, range_end: end, limit: String(PAGE) } });
      const { kvs = [], more: isMore = false } = answer.json as { kvs?: Stored[]; more?: boolean };
      all.push(...kvs);
      more = isMore;
      key = base64(`${Buffer.from(kvs.at(-1)?.key ?? "", "base64").toString()}\0`);
    }
    return all;
  }

  async #post(path: string, body: unknown): Promise<void> {
    const answer = await this.#cluster.http.request("POST", path, { body });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  }
}

function versionsOf(stored: readonly Stored[]): Map<string, number> {
  return new Map(stored.map(({ key, version }) => [key, Number(version)]));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function gadget(i: number): object {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: "Gadget",
    metadata: { name: `gadget-${String(i).padStart(5, "0")}`, namespace: "default", labels: { app: "gadget", shard: `s${i % 10}` } },
    spec: { replicas: i % 7, image: `registry.example.com/gadgets/server:v1.${i % 20}` },
  };
}

function definition(): object {
  const object = (properties: object): object => ({ type: "object", properties });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `gadgets.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { kind: "Gadget", plural: "gadgets", singular: "gadget", listKind: "GadgetList" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: object({
              spec: object({ replicas: { type: "integer" }, image: { type: "string" } }),
              status: object({ observedGeneration: { type: "integer" }, ready: { type: "integer" } }),
            }),
          },
        },
      ],
    },
  };
}
