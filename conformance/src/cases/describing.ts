import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, deployment, paths, pod } from "./sample-objects.ts";

const DISCOVERY_V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

function find(list: readonly JsonBody[], fields: JsonBody): JsonBody {
  const found = list.find((item) => Object.entries(fields).every(([key, value]) => item[key] === value));
  assert.ok(found, `there is no ${JSON.stringify(fields)} in ${JSON.stringify(list).slice(0, 300)}`);
  return found;
}

function columnsOf(table: JsonBody): string[] {
  return table.columnDefinitions.filter((column: JsonBody) => column.priority === 0).map((column: JsonBody) => column.name);
}

/** What the server says of itself: discovery, OpenAPI, tables. */
export const describingCases: readonly ApiCase[] = [
  {
    name: "discovery lists versions, groups and resources",
    async run(api) {
      assertIncludes(assertCode(await api.get("/api"), 200), { kind: "APIVersions", versions: ["v1"] });
      const groups = assertCode(await api.get("/apis"), 200);
      assertIncludes(groups, { kind: "APIGroupList", apiVersion: "v1" });
      const apps = find(groups.groups, { name: "apps" });
      assert.deepEqual(apps, {
        name: "apps",
        versions: [{ groupVersion: "apps/v1", version: "v1" }],
        preferredVersion: { groupVersion: "apps/v1", version: "v1" },
      });
      assert.deepEqual(assertCode(await api.get("/apis/apps"), 200), { kind: "APIGroup", apiVersion: "v1", ...apps });
      const core = assertCode(await api.get("/api/v1"), 200);
      assertIncludes(core, { kind: "APIResourceList", groupVersion: "v1" });
      const configMaps = find(core.resources, { name: "configmaps" });
      assertIncludes(configMaps, { singularName: "configmap", namespaced: true, kind: "ConfigMap", shortNames: ["cm"] });
      assert.deepEqual(configMaps.verbs, ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]);
      assertIncludes(find(core.resources, { name: "namespaces" }), { namespaced: false, shortNames: ["ns"] });
      assertIncludes(find(core.resources, { name: "pods" }), { categories: ["all"], shortNames: ["po"] });
      assertIncludes(find(core.resources, { name: "pods/status" }), { kind: "Pod", singularName: "", verbs: ["get", "patch", "update"] });
    },
  },
  {
    name: "the kinds that operators work with are served",
    async run(api) {
      const wanted: Readonly<Record<string, readonly string[]>> = {
        "/api/v1": ["namespaces", "configmaps", "secrets", "events", "services", "serviceaccounts", "pods"],
        "/apis/apps/v1": [
          "deployments",
          "deployments/status",
          "deployments/scale",
          "replicasets",
          "replicasets/status",
          "replicasets/scale",
        ],
        "/apis/coordination.k8s.io/v1": ["leases"],
        "/apis/discovery.k8s.io/v1": ["endpointslices"],
        "/apis/events.k8s.io/v1": ["events"],
        "/apis/apiextensions.k8s.io/v1": ["customresourcedefinitions", "customresourcedefinitions/status"],
      };
      for (const [path, names] of Object.entries(wanted)) {
        const { resources } = assertCode(await api.get(path), 200);
        for (const name of names) find(resources, { name });
      }
    },
  },
  {
    name: "aggregated discovery tells everything in two answers",
    async run(api) {
      const core = await api.get("/api", { headers: { accept: DISCOVERY_V2 } });
      assertIncludes(assertCode(core, 200), { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2" });
      assert.match(String(core.headers["content-type"]), /g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList/);
      const [v1] = core.json.items[0].versions;
      assert.equal(v1.version, "v1");
      const pods = find(v1.resources, { resource: "pods" });
      assertIncludes(pods, {
        responseKind: { group: "", kind: "Pod" },
        scope: "Namespaced",
        singularResource: "pod",
        shortNames: ["po"],
        categories: ["all"],
      });
      const podStatus = find(pods.subresources, { subresource: "status" });
      assertIncludes(podStatus, { responseKind: { kind: "Pod" }, verbs: ["get", "patch", "update"] });
      const groups = assertCode(await api.get("/apis", { headers: { accept: DISCOVERY_V2 } }), 200);
      const apps = groups.items.find((item: JsonBody) => item.metadata.name === "apps");
      assertIncludes(find(apps.versions[0].resources, { resource: "deployments" }), {
        responseKind: { kind: "Deployment" },
        shortNames: ["deploy"],
      });
      assert.equal(apps.versions[0].freshness, "Current");
    },
  },
  {
    name: "the first acceptable form of discovery is sent",
    async run(api) {
      const accept = `${DISCOVERY_V2},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;
      assert.equal(assertCode(await api.get("/apis", { headers: { accept } }), 200).kind, "APIGroupDiscoveryList");
      assert.equal(assertCode(await api.get("/apis", { headers: { accept: "application/json" } }), 200).kind, "APIGroupList");
    },
  },
  {
    name: "a custom kind appears in discovery with its names and subresources",
    async run(api) {
      const names = {
        plural: "widgets",
        singular: "widget",
        kind: "Widget",
        listKind: "WidgetList",
        shortNames: ["wd"],
        categories: ["all", "toys"],
      };
      const subresources = { status: {}, scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" } };
      const schema = {
        type: "object",
        properties: {
          spec: { type: "object", properties: { replicas: { type: "integer" } } },
          status: { type: "object", properties: { replicas: { type: "integer" } } },
        },
      };
      const kind = await api.customKind({ schema, version: { subresources }, spec: { names } });
      const { resources } = assertCode(await api.get(`/apis/${kind.group}/v1`), 200);
      assertIncludes(find(resources, { name: "widgets" }), {
        kind: "Widget",
        singularName: "widget",
        shortNames: ["wd"],
        categories: ["all", "toys"],
      });
      assert.deepEqual(find(resources, { name: "widgets" }).verbs.toSorted(), [
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
      ]);
      assertIncludes(find(resources, { name: "widgets/status" }), { kind: "Widget", verbs: ["get", "patch", "update"] });
      assertIncludes(find(resources, { name: "widgets/scale" }), { kind: "Scale", group: "autoscaling", version: "v1" });
      await api.eventually(async () => {
        const groups = assertCode(await api.get("/apis", { headers: { accept: DISCOVERY_V2 } }), 200);
        const group = groups.items.find((item: JsonBody) => item.metadata.name === kind.group);
        assert.ok(group, "the group is in aggregated discovery");
        assertIncludes(find(group.versions[0].resources, { resource: "widgets" }), {
          responseKind: { group: kind.group, version: "v1", kind: "Widget" },
        });
      });
      find(assertCode(await api.get("/apis"), 200).groups, { name: kind.group });
    },
  },
  {
    name: "OpenAPI v3 has a document for each group version, named by its hash",
    async run(api) {
      const index = assertCode(await api.get("/openapi/v3"), 200);
      for (const name of ["api/v1", "apis/apps/v1", "apis/apiextensions.k8s.io/v1"]) {
        const url = index.paths[name]?.serverRelativeURL;
        assert.match(String(url), new RegExp(`^/openapi/v3/${name}\\?hash=\\w+`), name);
        const answer = await api.get(url);
        assertIncludes(assertCode(answer, 200), { openapi: "3.0.0" });
        assert.ok(answer.json.paths && answer.json.components.schemas, name);
      }
    },
  },
  {
    name: "an OpenAPI document says what kubectl looks for",
    async run(api) {
      const document = assertCode(await api.get("/openapi/v3/apis/apps/v1"), 200);
      const path = document.paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"];
      const gvk = { group: "apps", version: "v1", kind: "Deployment" };
      assertIncludes(path.patch, { "x-kubernetes-action": "patch", "x-kubernetes-group-version-kind": gvk });
      const parameters = path.patch.parameters.map((parameter: JsonBody) => parameter.name);
      for (const name of ["fieldValidation", "dryRun", "fieldManager", "force"]) assert.ok(parameters.includes(name), name);
      const content = Object.keys(path.patch.requestBody.content);
      for (const type of ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"])
        assert.ok(content.includes(type), type);
      const { schemas } = document.components;
      const schema = schemas["io.k8s.api.apps.v1.Deployment"];
      assertIncludes(schema, { type: "object", "x-kubernetes-group-version-kind": [gvk] });
      assertIncludes(schemas["io.k8s.api.core.v1.PodSpec"].properties.containers, {
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      });
    },
  },
  {
    name: "a custom kind gets an OpenAPI document with its schema",
    async run(api) {
      const schema = {
        type: "object",
        properties: { spec: { type: "object", properties: { size: { type: "integer", description: "How big." } } } },
      };
      const kind = await api.customKind({ schema });
      await api.eventually(async () => {
        const index = assertCode(await api.get("/openapi/v3"), 200);
        const url = index.paths[`apis/${kind.group}/v1`]?.serverRelativeURL;
        assert.ok(url, "it is in the index");
        const document = assertCode(await api.get(url), 200);
        const name = Object.keys(document.components.schemas).find((key) => key.endsWith(".v1.Widget"));
        const widget = document.components.schemas[name ?? ""];
        assertIncludes(widget, { "x-kubernetes-group-version-kind": [{ group: kind.group, version: "v1", kind: "Widget" }] });
        assertIncludes(widget.properties.spec.properties.size, { type: "integer", description: "How big." });
        assert.ok(document.paths[kind.path()]?.get, "its list is there");
      });
    },
  },
  {
    name: "a list as a Table has columns and rows with metadata",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one", { a: "1", b: "2" }));
      const answer = await api.get(paths.configMaps(ns), { headers: { accept: TABLE } });
      const table = assertCode(answer, 200);
      assertIncludes(table, { kind: "Table", apiVersion: "meta.k8s.io/v1" });
      assert.deepEqual(
        table.columnDefinitions.map((column: JsonBody) => column.name),
        ["Name", "Data", "Age"],
      );
      assertIncludes(table.columnDefinitions[0], { type: "string", format: "name", priority: 0 });
      const [row] = table.rows;
      assert.deepEqual(row.cells.slice(0, 2), ["one", 2]);
      assert.match(row.cells[2], /^\d+s$/);
      assertIncludes(row.object, { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: { name: "one" } });
      assert.match(table.metadata.resourceVersion, /^\d+$/);
    },
  },
  {
    name: "one object as a Table has one row, and includeObject says what it holds",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      const path = `${paths.configMaps(ns)}/one`;
      const headers = { accept: TABLE };
      assert.equal(assertCode(await api.get(`${path}?includeObject=None`, { headers }), 200).rows[0].object ?? null, null);
      assertIncludes(assertCode(await api.get(`${path}?includeObject=Object`, { headers }), 200).rows[0].object, {
        kind: "ConfigMap",
        data: { a: "1" },
      });
      assertIncludes(assertCode(await api.get(path, { headers }), 200).rows[0].object, { kind: "PartialObjectMetadata" });
    },
  },
  {
    name: "a watch as Tables sends the columns once",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      await api.create(paths.configMaps(ns), configMap("two"));
      const watch = await api.watch(paths.configMaps(ns), { headers: { accept: TABLE } });
      const [first, second] = [await watch.take(), await watch.take()];
      assertIncludes(first, { type: "ADDED", object: { kind: "Table" } });
      assert.equal(first.object.columnDefinitions.length, 3);
      assert.equal(first.object.rows[0].cells[0], "one");
      assert.deepEqual(second.object.columnDefinitions ?? null, null);
      assert.equal(second.object.rows[0].cells[0], "two");
    },
  },
  {
    name: "the tables of deployments and pods are kubectl's",
    async run(api) {
      const ns = await api.namespace();
      const headers = { accept: TABLE };
      await api.create(paths.deployments(ns), deployment("web"));
      const deployments = assertCode(await api.get(paths.deployments(ns), { headers }), 200);
      assert.deepEqual(columnsOf(deployments), ["Name", "Ready", "Up-to-date", "Available", "Age"]);
      assert.deepEqual(deployments.rows[0].cells.slice(0, 4), ["web", "0/1", 0, 0]);
      await api.create(paths.pods(ns), pod("one"));
      const pods = assertCode(await api.get(paths.pods(ns), { headers }), 200);
      assert.deepEqual(columnsOf(pods), ["Name", "Ready", "Status", "Restarts", "Age"]);
      assert.deepEqual(pods.rows[0].cells.slice(0, 4), ["one", "0/1", "Pending", "0"]);
      const namespaces = assertCode(await api.get(`/api/v1/namespaces?fieldSelector=metadata.name%3D${ns}`, { headers }), 200);
      assert.deepEqual(namespaces.rows[0].cells.slice(0, 2), [ns, "Active"]);
    },
  },
  {
    name: "a custom kind's columns come from its printer columns",
    async run(api) {
      const ns = await api.namespace();
      const schema = {
        type: "object",
        properties: {
          spec: {
            type: "object",
            properties: { size: { type: "integer" }, text: { type: "string" }, since: { type: "string", format: "date-time" } },
          },
        },
      };
      const additionalPrinterColumns = [
        { name: "Size", type: "integer", jsonPath: ".spec.size" },
        { name: "Text", type: "string", jsonPath: ".spec.text", priority: 1, description: "Some text." },
        { name: "Since", type: "date", jsonPath: ".spec.since" },
        { name: "Missing", type: "string", jsonPath: ".spec.nothing" },
      ];
      const kind = await api.customKind({ schema, version: { additionalPrinterColumns } });
      const since = new Date(Date.now() - 3 * 60_000 - 5000).toISOString();
      await api.create(kind.path(ns), {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: "one" },
        spec: { size: 3, text: "hello", since },
      });
      const table = assertCode(await api.get(kind.path(ns), { headers: { accept: TABLE } }), 200);
      assert.deepEqual(
        table.columnDefinitions.map((column: JsonBody) => [column.name, column.type, column.priority]),
        [
          ["Name", "string", 0],
          ["Size", "integer", 0],
          ["Text", "string", 1],
          ["Since", "date", 0],
          ["Missing", "string", 0],
        ],
      );
      assert.deepEqual(table.rows[0].cells, ["one", 3, "hello", "3m5s", null]);
    },
  },
  {
    name: "a kind without printer columns shows its age",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      const table = assertCode(await api.get(kind.path(ns), { headers: { accept: TABLE } }), 200);
      assert.deepEqual(
        table.columnDefinitions.map((column: JsonBody) => column.name),
        ["Name", "Age"],
      );
      assert.match(table.rows[0].cells[1], /^\d+s$/);
    },
  },
  {
    name: "a Status in place of a Table stays a Status",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.get(`${paths.configMaps(ns)}/nothing`, { headers: { accept: TABLE } }), 404, { reason: "NotFound" });
    },
  },
];
