import { beforeEach, describe, expect, it } from "vitest";
import type { EndpointRequest } from "../handler.ts";
import { type JsonObject, valueAt } from "../json-object.ts";
import { Registry } from "../registry.ts";
import { descriptorFixture, scaleFixture, statusFixture } from "../testing/descriptor-fixture.ts";
import { referencesIn } from "./definition-names.ts";
import { openApiEndpoint } from "./open-api-endpoint.ts";
import { openApiV2Endpoint } from "./open-api-v2-endpoint.ts";

let registry: Registry;

beforeEach(() => {
  registry = new Registry();
  registry.set("built-in", [
    descriptorFixture("", "v1", "ConfigMap"),
    descriptorFixture("", "v1", "Namespace", { namespaced: false }),
    descriptorFixture("apps", "v1", "Deployment", { subresources: [scaleFixture, statusFixture("apps", "v1", "Deployment")] }),
  ]);
  addWidgets({
    type: "object",
    properties: { spec: { type: "object", properties: { size: { type: "integer", description: "how big" } } } },
    required: ["spec"],
  });
});

function addWidgets(schema: object): void {
  registry.set("widgets.example.com", [
    descriptorFixture("example.com", "v1", "Widget", {
      origin: "custom",
      schema: () => schema,
      subresources: [statusFixture("example.com", "v1", "Widget"), scaleFixture],
    }),
  ]);
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: JsonObject;
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { pathname: path, searchParams: query } = new URL(url, "http://a");
  const request: EndpointRequest = {
    request: { method: "GET", path: url, headers },
    path,
    query,
    user: { name: "test", groups: [] },
    registry,
    nowMs: 0,
  };
  const response = openApiEndpoint(request) ?? openApiV2Endpoint(request);
  if (response === undefined) throw new Error(`${path} is not OpenAPI's`);
  let text = "";
  for await (const chunk of response.body) text += Buffer.from(chunk).toString();
  return { status: response.status, headers: response.headers, text, json: text.startsWith("{") ? (JSON.parse(text) as JsonObject) : {} };
}

async function urlOf(key: string): Promise<string> {
  return String(valueAt((await get("/openapi/v3")).json, ["paths", key, "serverRelativeURL"]));
}

/** The operation ids of a document, in its order. */
async function idsOf(key: string): Promise<string[]> {
  const paths = valueAt((await get(`/openapi/v3/${key}`)).json, ["paths"]) as Record<string, JsonObject>;
  return Object.values(paths).flatMap((path) =>
    Object.values(path).flatMap((operation) => String(valueAt(operation, ["operationId"]) ?? []) || []),
  );
}

const KEY = "apis/example.com/v1";

describe("the index", () => {
  it("has a URL for each group version, which changes when its document does and only then", async () => {
    const { paths } = (await get("/openapi/v3")).json;
    expect(Object.keys(paths as JsonObject)).toEqual(["api/v1", "apis/apps/v1", KEY]);
    const [before, core] = [await urlOf(KEY), await urlOf("api/v1")];
    expect(before).toMatch(/^\/openapi\/v3\/apis\/example\.com\/v1\?hash=[0-9A-F]{128}$/);
    addWidgets({ type: "object" });
    expect(await urlOf(KEY)).not.toBe(before);
    expect(await urlOf("api/v1")).toBe(core);
    registry.set("widgets.example.com", []);
    expect((await get(`/openapi/v3/${KEY}`)).status).toBe(404);
  });
});

describe("a document", () => {
  it("is served for ever under its hash, and not again to who has it", async () => {
    const url = await urlOf(KEY);
    const first = await get(url);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "public, immutable",
      etag: `"${url.split("hash=")[1]}"`,
    });
    expect(await get(url, { "if-none-match": first.headers["etag"] ?? "" })).toMatchObject({ status: 304, text: "" });
    expect((await get(`/openapi/v3/${KEY}`)).headers["cache-control"]).toBe("no-cache, private");
  });

  it("sends who has an old hash to the new one", async () => {
    expect(await get(`/openapi/v3/${KEY}?hash=OLD`)).toMatchObject({ status: 301, headers: { location: await urlOf(KEY) } });
  });

  it("is JSON or nothing", async () => {
    expect((await get(`/openapi/v3/${KEY}`, { accept: "application/com.github.proto-openapi.spec.v3@v1.0+protobuf" })).status).toBe(406);
    expect(
      (await get(`/openapi/v3/${KEY}`, { accept: "application/com.github.proto-openapi.spec.v3@v1.0+protobuf,application/json" })).status,
    ).toBe(200);
  });

  it("is not there for a group version nobody has", async () => {
    for (const path of ["/openapi/v3/apis/nope/v1", "/openapi/v3/apis/example.com", "/openapi/v3/api", "/openapi/v3/api/v1/pods"]) {
      expect((await get(path)).status).toBe(404);
    }
  });

  it.each(["api/v1", "apis/apps/v1", KEY])("refers only to definitions it has (%s)", async (key) => {
    const { json } = await get(`/openapi/v3/${key}`);
    const schemas = valueAt(json, ["components", "schemas"]) as JsonObject;
    for (const name of referencesIn(json)) expect(schemas).toHaveProperty([name]);
    expect(Object.keys(schemas).length).toBeGreaterThan(5);
  });

  it("tells kubectl how objects are written and that fields are checked here", async () => {
    const { json } = await get(`/openapi/v3/${KEY}`);
    const one = valueAt(json, ["paths", "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"]) as JsonObject;
    expect(Object.keys(one)).toEqual(["get", "put", "delete", "patch", "parameters"]);
    expect(one["patch"]).toMatchObject({
      operationId: "patchExampleComV1NamespacedWidget",
      "x-kubernetes-action": "patch",
      "x-kubernetes-group-version-kind": { group: "example.com", version: "v1", kind: "Widget" },
      parameters: [
        { name: "dryRun" },
        { name: "fieldManager" },
        { name: "fieldValidation", in: "query", schema: { type: "string", uniqueItems: true } },
        { name: "force" },
      ],
    });
    expect(Object.keys(valueAt(one, ["patch", "requestBody", "content"]) as JsonObject)).toEqual([
      "application/apply-patch+yaml",
      "application/json-patch+json",
      "application/merge-patch+json",
    ]);
    expect(one["parameters"]).toMatchObject([{ name: "name", in: "path" }, { name: "namespace", in: "path" }, { name: "pretty" }]);
  });

  it("has a path for each thing that can be done, with the real server's names", async () => {
    expect(await idsOf("apis/apps/v1")).toEqual([
      "listAppsV1DeploymentForAllNamespaces",
      "listAppsV1NamespacedDeployment",
      "createAppsV1NamespacedDeployment",
      "deleteAppsV1CollectionNamespacedDeployment",
      "readAppsV1NamespacedDeployment",
      "replaceAppsV1NamespacedDeployment",
      "deleteAppsV1NamespacedDeployment",
      "patchAppsV1NamespacedDeployment",
      "readAppsV1NamespacedDeploymentScale",
      "replaceAppsV1NamespacedDeploymentScale",
      "patchAppsV1NamespacedDeploymentScale",
      "readAppsV1NamespacedDeploymentStatus",
      "replaceAppsV1NamespacedDeploymentStatus",
      "patchAppsV1NamespacedDeploymentStatus",
    ]);
    expect(await idsOf("api/v1")).toContain("readCoreV1Namespace");
  });

  it("describes a custom resource by its own schema, with metadata as everywhere", async () => {
    const { json } = await get(`/openapi/v3/${KEY}`);
    expect(valueAt(json, ["components", "schemas", "com.example.v1.Widget"])).toMatchObject({
      type: "object",
      required: ["spec"],
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { allOf: [{ $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" }] },
        spec: { properties: { size: { type: "integer", description: "how big" } } },
      },
      "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Widget" }],
    });
    expect(valueAt(json, ["components", "schemas", "com.example.v1.WidgetList", "properties", "items", "items"])).toEqual({
      $ref: "#/components/schemas/com.example.v1.Widget",
    });
    expect(valueAt(json, ["components", "schemas"])).toHaveProperty(["io.k8s.api.autoscaling.v1.Scale"]);
  });

  it("describes a custom resource without a schema as anything", async () => {
    registry.set("widgets.example.com", [descriptorFixture("example.com", "v1", "Widget", { origin: "custom" })]);
    const { json } = await get(`/openapi/v3/${KEY}`);
    expect(valueAt(json, ["components", "schemas", "com.example.v1.Widget", "x-kubernetes-preserve-unknown-fields"])).toBe(true);
  });
});

describe("version 2", () => {
  it("describes nothing, in JSON and in the form kubectl takes", async () => {
    expect((await get("/openapi/v2")).json).toEqual({ swagger: "2.0", info: { title: "Kubernetes", version: "v1.36.3" }, paths: {} });
    const type = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    const { headers, text } = await get("/openapi/v2", { accept: type });
    expect(headers["content-type"]).toBe(type.replace("@", "."));
    expect(text).toBe("\n\x032.0\x12\x15\n\nKubernetes\x12\x07v1.36.3");
  });
});
