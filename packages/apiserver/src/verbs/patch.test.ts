import { expect, it } from "vitest";
import { RawApi } from "../testing/raw-api.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

it.each([
  ["merge", { data: { x: null, y: "2" } }, { y: "2" }],
  ["json", [{ op: "replace", path: "/data/x", value: "3" }], { x: "3" }],
  ["json", [{ op: "replace", path: "/data/new", value: "3" }], { x: "1", new: "3" }],
  ["strategic", { data: { y: "2" } }, { x: "1", y: "2" }],
  ["merge", { data: null }, undefined],
] as const)("a %s patch %j leaves the data %j", async (type, patch, data) => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a" }, data: { x: "1" } });
  const { status, json } = await api.patch(type, `${MAPS}/a`, patch);
  expect([status, json["data"]]).toEqual([200, data]);
});

it.each([
  ["json", [{ op: "test", path: "/data/x", value: "9" }], 422, "the server rejected our request due to an error in our request"],
  ["json", { op: "remove" }, 400, "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"],
  ["merge", [], 400, "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"],
  ["merge", "garbage", 400, "error decoding patch: invalid character 'g' looking for beginning of value"],
  ["merge", { data: 1 }, 422, "json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string"],
  ["merge", { metadata: { uid: "other" } }, 422, 'ConfigMap "a" is invalid: metadata.uid: Invalid value: "other": field is immutable'],
  ["merge", { metadata: { name: "b" } }, 400, "the name of the object (b) does not match the name on the URL (a)"],
  ["merge", { metadata: { resourceVersion: "1" } }, 409, "the object has been modified"],
  ["merge", { metadata: { labels: { "a b": "c" } } }, 422, 'metadata.labels: Invalid value: "a b": name part must consist of'],
] as const)("a %s patch %j is refused with %i", async (type, patch, status, message) => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a" }, data: { x: "1" } });
  const answer = await api.patch(type, `${MAPS}/a`, patch);
  expect(answer.status).toBe(status);
  expect(answer.json["message"]).toContain(message);
});

it("a strategic merge patch merges containers by name", async () => {
  await using api = await RawApi.start();
  const deployments = "/apis/apps/v1/namespaces/default/deployments";
  const labels = { a: "b" };
  const containers = [
    { name: "one", image: "one:1", ports: [{ containerPort: 80 }] },
    { name: "two", image: "two:1" },
  ];
  await api.post(deployments, {
    metadata: { name: "d" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  const patch = { spec: { template: { spec: { containers: [{ name: "one", image: "one:2" }] } } } };
  expect((await api.patch("strategic", `${deployments}/d`, patch)).json).toMatchObject({
    spec: { template: { spec: { containers: [{ name: "one", image: "one:2", ports: [{ containerPort: 80 }] }, { name: "two" }] } } },
  });
});

it("a media type that is no patch is 415", async () => {
  await using api = await RawApi.start();
  await api.post(MAPS, { metadata: { name: "a" } });
  expect((await api.request("PATCH", `${MAPS}/a`, {})).status).toBe(415);
});

const config = (data: object): object => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data });

it("apply creates, merges, reports conflicts and takes over when forced", async () => {
  await using api = await RawApi.start();
  expect((await api.patch("apply", `${MAPS}/a?fieldManager=one`, config({ x: "1", y: "1" }))).status).toBe(201);
  const conflict = await api.patch("apply", `${MAPS}/a?fieldManager=two`, config({ x: "2" }));
  expect(conflict.json).toMatchObject({ code: 409, message: 'Apply failed with 1 conflict: conflict with "one": .data.x' });
  expect((await api.patch("apply", `${MAPS}/a?fieldManager=two&force=true`, config({ x: "2" }))).json["data"]).toEqual({ x: "2", y: "1" });
  expect((await api.patch("apply", `${MAPS}/a?fieldManager=one`, config({}))).json["data"]).toEqual({ x: "2" });
});

it.each([
  [
    "no field manager",
    "",
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
    422,
    "fieldManager: Required value: is required for apply patch",
  ],
  ["no kind", "?fieldManager=m", { metadata: { name: "a" } }, 400, "invalid object type: /, Kind="],
  [
    "a wrong type",
    "?fieldManager=m",
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: 1 } },
    500,
    "failed to create typed patch object",
  ],
  [
    "managed fields",
    "?fieldManager=m",
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", managedFields: [{}] } },
    400,
    "metadata.managedFields must be nil",
  ],
  [
    "a uid of an object that is not there",
    "?fieldManager=m",
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", uid: "1" } },
    409,
    "uid mismatch",
  ],
])("apply with %s is refused", async (_title, query, config, status, message) => {
  await using api = await RawApi.start();
  const answer = await api.patch("apply", `${MAPS}/a${query}`, config);
  expect(answer.status).toBe(status);
  expect(answer.json["message"]).toContain(message);
});

it("apply takes YAML, as kubectl sends it", async () => {
  await using api = await RawApi.start();
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  x: "yes"\n';
  expect((await api.patch("apply", `${MAPS}/a?fieldManager=m`, yaml)).json["data"]).toEqual({ x: "yes" });
});
