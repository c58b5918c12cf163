import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATCHES, RawApi } from "../testing/raw-api.ts";
import { MAX_NESTING } from "./nesting.ts";

const apiVersion = "deep.example.com/v1";
const PATH = `/apis/${apiVersion}/deeps`;
const names = { plural: "deeps", singular: "deep", kind: "Deep", listKind: "DeepList" };
const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const crd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "deeps.deep.example.com" },
  spec: {
    group: "deep.example.com",
    scope: "Cluster",
    names,
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
  },
};

/** As text, since it is deeper than what `JSON.stringify` walks. */
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const deep = (name: string, levels: number): string =>
  `{"apiVersion":"${apiVersion}","kind":"Deep","metadata":{"name":"${name}"},"x":${nested(levels)}}`;

describe("levels", () => {
  let api: RawApi;
  beforeAll(async () => {
    api = await RawApi.start();
    await api.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd);
    while ((await api.get(PATH)).status !== 200);
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("as many as an object may have come back, with what the server says of their owners, and can be written again", async () => {
    expect((await api.post(PATH, deep("most", MAX_NESTING - 1))).status).toBe(201);
    const { text } = await api.get(`${PATH}/most`);
    expect((await api.put(`${PATH}/most`, text.replace('"x":', '"y":1,"x":'))).status).toBe(200);
    expect((await api.get(PATH)).text).toContain(nested(MAX_NESTING - 1));
    const apply = { headers: { "content-type": PATCHES.apply } };
    for (const status of [201, 200]) {
      const answer = await api.request("PATCH", `${PATH}/applied?fieldManager=me`, deep("applied", MAX_NESTING - 1), apply);
      expect(answer.status).toBe(status);
    }
  });

  it.each([
    ["some more", MAX_NESTING + 1],
    ["more than Go's decoder takes", 20_000],
  ])("%s are refused, as JSON, as YAML and in every patch", async (_title, levels) => {
    const answers = [
      await api.post(PATH, deep("b", levels)),
      await api.post("/api/v1/namespaces/default/configmaps", `{"metadata":{"name":"b"},"x":${nested(levels)}}`),
      await api.post(PATH, deep("b", levels), { headers: { "content-type": "application/yaml" } }),
      await api.request("PATCH", `${PATH}/b?fieldManager=me`, deep("b", levels), { headers: { "content-type": PATCHES.apply } }),
      await api.request("PATCH", `${PATH}/most`, `{"z":${nested(levels)}}`, { headers: { "content-type": PATCHES.merge } }),
      await api.request("PATCH", `${PATH}/most`, `[{"op":"add","path":"/z","value":${nested(levels)}}]`, {
        headers: { "content-type": PATCHES.json },
      }),
    ];
    for (const { status, text } of answers) {
      expect([400, 422]).toContain(status);
      expect(text).toContain("exceeded max depth");
    }
    expect((await api.get(`${PATH}/b`)).status).toBe(404);
  });

  it("that copies add up to are refused", async () => {
    await api.post(PATH, deep("c", MAX_NESTING - 1));
    const path = `/x${"/a".repeat(MAX_NESTING - 2)}`;
    const patch = [{ op: "copy", from: "/x", path }];
    const answer = await api.request("PATCH", `${PATH}/c`, patch, { headers: { "content-type": PATCHES.json } });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("exceeded max depth");
  });
});
