import { expect, it } from "vitest";
import { RawApi } from "../testing/raw-api.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const PODS = "/api/v1/namespaces/default/pods";

it("what nothing holds is gone; the answer is a Status with its uid", async () => {
  await using api = await RawApi.start();
  const { json } = await api.post(MAPS, { metadata: { name: "a" } });
  expect((await api.delete(`${MAPS}/a`)).json).toEqual({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name: "a", kind: "configmaps", uid: json["metadata"]?.["uid"] },
  });
  expect((await api.delete(`${MAPS}/a`)).status).toBe(404);
});

it("a finalizer keeps an object, and taking the last one away removes it", async () => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a", finalizers: ["a/b"] } });
  const version = api.server.resourceVersion;
  const marked = await api.delete(`${MAPS}/a`);
  expect(marked.json["metadata"]).toMatchObject({ finalizers: ["a/b"], deletionGracePeriodSeconds: 0 });
  expect((await api.post(MAPS, { metadata: { name: "a" } })).json["message"]).toBe(
    'object is being deleted: configmaps "a" already exists',
  );
  expect((await api.patch("merge", `${MAPS}/a`, { metadata: { finalizers: ["a/b", "c/d"] } })).json["message"]).toContain(
    'no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d"}',
  );
  const released = await api.patch("merge", `${MAPS}/a`, { metadata: { finalizers: null } });
  expect(released.json["metadata"]?.["finalizers"]).toBeUndefined();
  expect((await api.get(`${MAPS}/a`)).status).toBe(404);
  const events = await api.watch(`${MAPS}?watch=1&resourceVersion=${version}&timeoutSeconds=1`);
  expect(events.map(({ type, object }) => [type, object?.["metadata"]?.["finalizers"]])).toEqual([
    ["MODIFIED", ["a/b"]],
    ["DELETED", ["a/b"]],
  ]);
});

it.each([
  [
    { preconditions: { uid: "other" } },
    409,
    'Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match',
  ],
  [{ preconditions: { resourceVersion: "1" } }, 409, "the ResourceVersion in the precondition (1) does not match"],
  [{ propagationPolicy: "Maybe" }, 422, "DeleteOptions.meta.k8s.io"],
  ["garbage", 400, "couldn't get version/kind; json parse error: invalid character 'g' looking for beginning of value"],
])("options %j are answered %i", async (options, status, message) => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a" } });
  const answer = await api.delete(`${MAPS}/a`, options);
  expect(answer.status).toBe(status);
  expect(answer.json["message"]).toContain(message);
  expect((await api.get(`${MAPS}/a`)).status).toBe(200);
});

it.each([
  ["Foreground", ["foregroundDeletion"]],
  ["Orphan", ["orphan"]],
])("policy %s leaves finalizers %j to the garbage collector", async (policy, finalizers) => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a" } });
  expect((await api.delete(`${MAPS}/a?propagationPolicy=${policy}`)).json["metadata"]).toMatchObject({ finalizers });
});

const pod = (name: string, more: object): object => ({
  metadata: { name },
  spec: { containers: [{ name: "c", image: "i:1" }], ...more },
});

it("a Pod on a node is given time, another one is not", async () => {
  await using api = await RawApi.start();
  await api.post(PODS, pod("bound", { nodeName: "n" }));
  await api.post(PODS, pod("free", {}));
  expect((await api.delete(`${PODS}/bound`)).json["metadata"]).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 });
  expect((await api.get(`${PODS}/bound`)).status).toBe(200);
  expect((await api.delete(`${PODS}/bound?gracePeriodSeconds=0`)).json["kind"]).toBe("Pod");
  expect((await api.get(`${PODS}/bound`)).status).toBe(404);
  expect((await api.delete(`${PODS}/free`)).json).toMatchObject({ kind: "Pod", metadata: { deletionGracePeriodSeconds: 0 } });
  expect((await api.get(`${PODS}/free`)).status).toBe(404);
});

it("deleting a collection deletes what its selector chooses, and a dry run nothing", async () => {
  await using api = await RawApi.start();
  for (const name of ["a", "b", "c"]) await api.post(MAPS, { metadata: { name, labels: { odd: String(name !== "b") } } });
  const names = async (): Promise<unknown> =>
    ((await api.get(MAPS)).json["items"] as unknown as { metadata: { name: string } }[]).map((item) => item.metadata.name);
  await api.delete(`${MAPS}?labelSelector=odd=true&dryRun=All`);
  expect(await names()).toEqual(["a", "b", "c"]);
  const answer = await api.delete(`${MAPS}?labelSelector=odd=true`);
  expect([answer.json["kind"], (answer.json["items"] as unknown as unknown[]).length]).toEqual(["ConfigMapList", 2]);
  expect(await names()).toEqual(["b"]);
});

it("a namespace stays until it is finalized; the first ones cannot be deleted", async () => {
  await using api = await RawApi.start();
  await api.post("/api/v1/namespaces", { metadata: { name: "n" } });
  expect((await api.delete("/api/v1/namespaces/n")).json).toMatchObject({
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Terminating" },
  });
  expect((await api.get("/api/v1/namespaces/n")).status).toBe(200);
  expect((await api.put("/api/v1/namespaces/n/finalize", { metadata: { name: "n" }, spec: { finalizers: [] } })).status).toBe(200);
  expect((await api.get("/api/v1/namespaces/n")).status).toBe(404);
  expect((await api.delete("/api/v1/namespaces/default")).json["message"]).toBe(
    'namespaces "default" is forbidden: this namespace may not be deleted',
  );
});
