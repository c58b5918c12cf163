import assert from "node:assert/strict";
import { assertCode, type ApiCase, type CaseContext, type CustomKind } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";

const number = { type: "object", properties: { replicas: { type: "integer" } } };

function scalable(api: CaseContext): Promise<CustomKind> {
  const scale = { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" };
  return api.customKind({
    schema: { type: "object", properties: { spec: number, status: number } },
    version: { subresources: { status: {}, scale } },
  });
}

async function madeWidget(api: CaseContext, spec: object, by: "create" | "apply" = "create"): Promise<string> {
  const kind = await scalable(api);
  const ns = await api.namespace();
  const widget = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "w" }, spec };
  if (by === "apply") assertCode(await api.apply(kind.path(ns, "w"), "maker", widget), 201);
  else await api.create(`${kind.path(ns)}?fieldManager=maker`, widget);
  return kind.path(ns, "w");
}

const scaleTo = async (api: CaseContext, path: string, replicas: number, manager = "scaler"): Promise<JsonBody> =>
  assertCode(await api.patch("merge", `${path}/scale?fieldManager=${manager}`, { spec: { replicas } }), 200);

/** Who owns what, and whether the entry says since when. */
async function owners(api: CaseContext, path: string): Promise<readonly JsonBody[]> {
  const { metadata } = assertCode(await api.get(path), 200);
  return (metadata.managedFields ?? []).map((entry: JsonBody) => [
    `${entry.manager} ${entry.operation} ${entry.subresource ?? ""}`.trim(),
    entry.time === undefined ? "no time" : "time",
    entry.fieldsV1,
  ]);
}

const REPLICAS = { "f:spec": { "f:replicas": {} } };
const versionOf = async (api: CaseContext, path: string): Promise<string> => assertCode(await api.get(path), 200).metadata.resourceVersion;

export const scalingCases: readonly ApiCase[] = [
  {
    name: "a scale that changes nothing writes all the same, and moves the number to an entry of its updater",
    async run(api) {
      const path = await madeWidget(api, { replicas: 2 });
      const before = await versionOf(api, path);
      const { metadata } = await scaleTo(api, path, 2);
      assert.notEqual(metadata.resourceVersion, before);
      assert.deepEqual(await owners(api, path), [
        ["maker Update", "no time", REPLICAS],
        ["maker Update", "time", { "f:spec": {} }],
      ]);
      // The two entries are read as one owner, the later one: now nobody owns the number, nobody comes to, and nothing is written.
      await scaleTo(api, path, 2);
      const lost = [["maker Update", "time", { "f:spec": {} }]];
      assert.deepEqual(await owners(api, path), lost);
      const last = await versionOf(api, path);
      await scaleTo(api, path, 2);
      assert.equal(await versionOf(api, path), last);
      await scaleTo(api, path, 3);
      assert.deepEqual(await owners(api, path), lost);
    },
  },
  {
    name: "a scale takes the number from its updater, and another one takes it on",
    async run(api) {
      const path = await madeWidget(api, { replicas: 2 });
      await scaleTo(api, path, 3);
      assert.deepEqual(await owners(api, path), [
        ["scaler Update scale", "no time", REPLICAS],
        ["maker Update", "time", { "f:spec": {} }],
      ]);
      await scaleTo(api, path, 4, "other");
      assert.deepEqual(await owners(api, path), [
        ["other Update scale", "no time", REPLICAS],
        ["maker Update", "time", { "f:spec": {} }],
      ]);
      await scaleTo(api, path, 0);
      assert.deepEqual(await owners(api, path), [["maker Update", "time", { "f:spec": {} }]]);
    },
  },
  {
    name: "an applier keeps a number that a scale does not change, and loses one that it does",
    async run(api) {
      const path = await madeWidget(api, { replicas: 2 }, "apply");
      const before = await versionOf(api, path);
      await scaleTo(api, path, 2);
      assert.deepEqual([await versionOf(api, path), await owners(api, path)], [before, [["maker Apply", "time", REPLICAS]]]);
      await scaleTo(api, path, 3);
      assert.deepEqual(await owners(api, path), [["scaler Update scale", "no time", REPLICAS]]);
    },
  },
  {
    name: "a Deployment's scale that changes nothing writes all the same",
    async run(api) {
      const ns = await api.namespace();
      const path = `/apis/apps/v1/namespaces/${ns}/deployments`;
      const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "a", image: "a" }] } };
      await api.create(path, { metadata: { name: "d" }, spec: { replicas: 2, selector: { matchLabels: { a: "b" } }, template } });
      const before = await versionOf(api, `${path}/d`);
      await scaleTo(api, `${path}/d`, 2);
      const after = assertCode(await api.get(`${path}/d`), 200);
      assert.notEqual(after.metadata.resourceVersion, before);
      assert.equal(after.metadata.generation, 1);
    },
  },
];
