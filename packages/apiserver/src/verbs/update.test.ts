import { expect, it } from "vitest";
import { RawApi } from "../testing/raw-api.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

it("without a version a ConfigMap is overwritten, a Lease is not", async () => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a" }, data: { x: "1" } });
  expect((await api.put(`${MAPS}/a`, { metadata: { name: "a" }, data: { x: "2" } })).json["data"]).toEqual({ x: "2" });
  await api.post(LEASES, { metadata: { name: "l" } });
  expect((await api.put(`${LEASES}/l`, { metadata: { name: "l" } })).json).toMatchObject({
    code: 422,
    details: {
      kind: "leases",
      causes: [{ field: "metadata.resourceVersion", message: "Invalid value: 0: must be specified for an update" }],
    },
  });
});

it("of what is missing, a Lease is created and a ConfigMap is not", async () => {
  await using api = await RawApi.start();
  expect((await api.put(`${LEASES}/l`, { metadata: { name: "l" } })).status).toBe(201);
  expect((await api.put(`${MAPS}/a`, { metadata: { name: "a" } })).status).toBe(404);
});

it.each([
  [
    "an old version",
    { resourceVersion: "1" },
    409,
    "the object has been modified; please apply your changes to the latest version and try again",
  ],
  ["a version that is no number", { resourceVersion: "abc" }, 500, 'strconv.ParseUint: parsing "abc": invalid syntax'],
  ["another uid", { uid: "other" }, 409, "Precondition failed: UID in precondition: other"],
  ["another name", { name: "b" }, 400, "the name of the object (b) does not match the name on the URL (a)"],
  ["no name", { name: "" }, 400, "the name of the object (a based on URL) was undeterminable: name must be provided"],
])("%s is refused", async (_title, metadata, status, message) => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a" } });
  const answer = await api.put(`${MAPS}/a`, { metadata: { name: "a", ...metadata } });
  expect(answer.status).toBe(status);
  expect(answer.json["message"]).toContain(message);
});

it("an update that changes nothing makes no version", async () => {
  await using api = await RawApi.start();
  const { json } = await api.post(MAPS, { metadata: { name: "a" }, data: { x: "1" } });
  const version = api.server.resourceVersion;
  expect((await api.put(`${MAPS}/a`, { metadata: { name: "a" }, data: { x: "1" } })).json["metadata"]).toEqual(json["metadata"]);
  expect(api.server.resourceVersion).toBe(version);
});

it("the generation of a Deployment rises with its spec, not with its status", async () => {
  await using api = await RawApi.start();
  const labels = { a: "b" };
  const spec = {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "i:1" }] } },
  };
  await api.post(DEPLOYMENTS, { metadata: { name: "d" }, spec });
  const status = await api.put(`${DEPLOYMENTS}/d/status`, {
    metadata: { name: "d" },
    spec: { ...spec, replicas: 9 },
    status: { replicas: 3 },
  });
  expect(status.json).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 1 }, status: { replicas: 3 } });
  const scaled = await api.patch("merge", `${DEPLOYMENTS}/d`, { spec: { replicas: 2 }, status: { replicas: 8 } });
  expect(scaled.json).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 2 }, status: { replicas: 3 } });
  const selector = await api.patch("merge", `${DEPLOYMENTS}/d`, { spec: { selector: { matchLabels: { a: "c" } } } });
  expect(selector.json["message"]).toContain("spec.selector: Invalid value: ");
});

it("a scale reads and writes the number alone", async () => {
  await using api = await RawApi.start();
  const labels = { a: "b" };
  const spec = {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "i:1" }] } },
  };
  await api.post(DEPLOYMENTS, { metadata: { name: "d" }, spec });
  expect((await api.get(`${DEPLOYMENTS}/d/scale`)).json).toMatchObject({
    kind: "Scale",
    spec: { replicas: 1 },
    status: { replicas: 0, selector: "a=b" },
  });
  const scaled = await api.patch("merge", `${DEPLOYMENTS}/d/scale`, { spec: { replicas: 5 } });
  expect(scaled.json["spec"]).toEqual({ replicas: 5 });
  expect((await api.get(`${DEPLOYMENTS}/d`)).json).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5 } });
});

it("an update cannot take back what the server gave", async () => {
  await using api = await RawApi.start();
  const { json } = await api.post(MAPS, { metadata: { name: "a" } });
  const answer = await api.put(`${MAPS}/a`, { metadata: { name: "a", creationTimestamp: "2001-01-01T00:00:00Z" }, data: { x: "1" } });
  expect(answer.json["metadata"]).toMatchObject({
    uid: json["metadata"]?.["uid"],
    creationTimestamp: json["metadata"]?.["creationTimestamp"],
  });
});
