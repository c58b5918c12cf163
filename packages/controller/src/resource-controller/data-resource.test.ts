import { ApiError } from "@operatorkit/api";
import { ConfigMap, Event, Secret } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import { configMapResource } from "./config-map-resource.ts";
import { dataPatch } from "./data-resource.ts";
import { secretResource } from "./secret-resource.ts";
import { runController, steps } from "./testing/run-controller.ts";

type Given = Partial<Pick<ConfigMap, "data" | "binaryData">> & { metadata?: Partial<ConfigMap["metadata"]> };

function configMap(name: string, { metadata, ...given }: Given = {}): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "n", ...metadata }, ...given };
}

describe("the difference between current and desired", () => {
  it("creates what is missing, deletes what is not desired, by namespace and name", () => {
    const other = configMap("a", { metadata: { namespace: "m" } });
    expect(dataPatch([configMap("a"), configMap("b")], [configMap("b"), other], [])).toEqual({
      create: [other],
      delete: [configMap("a")],
    });
  });

  const theirs = {
    resourceVersion: "7",
    uid: "u",
    finalizers: ["a.com/a"],
    ownerReferences: [{ apiVersion: "v1", kind: "X", name: "x", uid: "y" }],
  };

  it.each<[string, Given, Given, Given | undefined]>([
    ["nothing", { data: { k: "v" } }, { data: { k: "v" } }, undefined],
    ["an empty map for none", { data: {}, metadata: { labels: {} } }, { binaryData: {}, metadata: { annotations: {} } }, undefined],
    ["what the server and others fill in", { metadata: theirs }, {}, undefined],
    ["data", { data: { k: "v" } }, { data: { k: "w" } }, { data: { k: "w" } }],
    ["data that is not desired", { data: { k: "v" } }, {}, {}],
    ["binary data", {}, { binaryData: { k: "AA==" } }, { binaryData: { k: "AA==" } }],
    ["labels", { metadata: { labels: { a: "1" } } }, { metadata: { labels: { b: "2" } } }, { metadata: { labels: { b: "2" } } }],
    ["annotations", { metadata: { annotations: { a: "1" } } }, {}, {}],
  ])("sees %s", (_what, current, desired, expected) => {
    const patch = dataPatch([configMap("a", current)], [configMap("a", desired)], []);
    const updated = expected && configMap("a", { ...expected, metadata: { labels: {}, annotations: {}, ...expected.metadata } });
    expect(patch).toEqual(updated === undefined ? {} : { update: [updated] });
  });

  it("keeps all else as it is, the version too, so that a write in between is not lost", () => {
    const current = { ...configMap("a", { data: { k: "v" }, metadata: theirs }), immutable: false };
    const { update } = dataPatch([current], [configMap("a", { data: { k: "w" } })], []);
    expect(update).toEqual([
      { ...current, data: { k: "w" }, metadata: { ...theirs, name: "a", namespace: "n", labels: {}, annotations: {} } },
    ]);
  });

  it("keeps allowed labels that others have put there, and lets desired ones win", () => {
    const current = configMap("a", { metadata: { labels: { allowed: "x", both: "old", gone: "y" } } });
    const desired = configMap("a", { metadata: { labels: { both: "new" } } });
    const before = structuredClone(desired);
    const { update } = dataPatch([current], [desired], ["allowed", "both"]);
    expect(update?.[0]?.metadata.labels).toEqual({ allowed: "x", both: "new" });
    expect(desired).toEqual(before);
    const bare = configMap("a", { metadata: { labels: { allowed: "x" } } });
    expect(dataPatch([bare], [configMap("a")], ["allowed"])).toEqual({});
  });

  it("refuses a list that has one twice", () => {
    expect(() => dataPatch([], [configMap("a"), configMap("a")], [])).toThrow("desired state: ConfigMap n/a is there twice");
  });
});

describe("configMapResource", () => {
  it("creates, updates and deletes, comes to rest, and deletes all with the object", async () => {
    let desired = [configMap("one", { data: { k: "v" } }), configMap("two")];
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    const resource = configMapResource<Echo>({
      name: "config",
      getCurrentState: ({ api }) => api.list(ConfigMap, { namespace: "n" }).toArray(),
      getDesiredState: () => desired,
    });
    const { clock, stop } = await runController({ resources: [resource], resyncMs: 60_000 }, { cluster, objects: [echo("a")] });
    const written = (): string[] => cluster.writes.splice(0).filter((write) => write.includes("ConfigMap"));
    expect(written()).toEqual(["create ConfigMap n/one as echo", "create ConfigMap n/two as echo"]);
    await clock.advance(60_000);
    expect(written()).toEqual([]);
    desired = [configMap("one", { data: { k: "w" } }), configMap("three")];
    await clock.advance(60_000);
    expect(written()).toEqual(["create ConfigMap n/three as echo", "delete ConfigMap n/two as echo", "update ConfigMap n/one as echo"]);
    cluster.remove(Echo, { namespace: "n", name: "a" });
    await steps(clock);
    expect(cluster.list(ConfigMap)).toEqual([]);
    expect(cluster.get(Echo, { namespace: "n", name: "a" })).toBeUndefined();
    await stop();
  });

  it("takes one that is there already for created, and one that is gone for deleted; a conflict of an update is a failure", async () => {
    const fail: Record<string, ApiError> = {
      create: new ApiError("create", { code: "AlreadyExists", status: 409 }),
      delete: new ApiError("delete", { code: "NotFound", status: 404 }),
      update: new ApiError("update", { code: "Conflict", status: 409 }),
    };
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    cluster.onWrite = ({ verb }) => {
      if (fail[verb] !== undefined) throw fail[verb];
    };
    const errors: unknown[] = [];
    let desired = [configMap("new")];
    const resource = configMapResource<Echo>({
      name: "config",
      getCurrentState: () => [configMap("old")],
      getDesiredState: () => desired,
    });
    const { clock, stop } = await runController(
      { resources: [resource], finalizer: false, resyncMs: 60_000, onError: (error) => errors.push(error) },
      { cluster, objects: [echo("a")] },
    );
    expect(errors).toEqual([]);
    desired = [configMap("old", { data: { k: "v" } })];
    await clock.advance(60_000);
    expect(errors).toEqual([fail.update]);
    await stop();
  });
});

describe("secretResource", () => {
  it("stores desired string data as data, so that it comes to rest", async () => {
    const cluster = new FakeCluster([Echo, Secret, Event]);
    const resource = secretResource<Echo>({
      name: "secrets",
      getCurrentState: ({ api }) => api.list(Secret).toArray(),
      getDesiredState: () => [
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "s", namespace: "n" },
          data: { kept: "AA==", both: "AA==" },
          stringData: { both: "é" },
        },
      ],
    });
    const { clock, stop } = await runController(
      { resources: [resource], finalizer: false, resyncMs: 60_000 },
      { cluster, objects: [echo("a")] },
    );
    await clock.advance(180_000);
    expect(cluster.list(Secret)).toMatchObject([{ data: { kept: "AA==", both: "w6k=" } }]);
    expect(cluster.list(Secret)[0]).not.toHaveProperty("stringData");
    expect(cluster.writes).toEqual(["create Secret n/s as echo"]);
    await stop();
  });
});
