import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, deployment, paths, pod, service } from "./sample-objects.ts";

async function webDeployment(api: CaseContext): Promise<string> {
  const ns = await api.namespace();
  const object = deployment("web");
  object.spec.template.spec.containers = [
    { name: "main", image: "image:1", ports: [{ containerPort: 80 }], env: [{ name: "A", value: "1" }] },
    { name: "side", image: "side:1" },
  ];
  await api.create(paths.deployments(ns), object);
  return `${paths.deployments(ns)}/web`;
}

function containers(list: readonly JsonBody[]): JsonBody {
  return { spec: { template: { spec: { containers: list } } } };
}

function namesIn(object: JsonBody): string[] {
  return object.spec.template.spec.containers.map((container: JsonBody) => container.name);
}

/** Strategic merge patches of built-in kinds: lists merged by key, and the directives. */
export const strategicCases: readonly ApiCase[] = [
  {
    name: "a strategic patch merges containers by name and keeps the rest of them",
    async run(api) {
      const path = await webDeployment(api);
      const patch = containers([{ name: "main", image: "image:2", env: [{ name: "B", value: "2" }] }]);
      const answer = assertCode(await api.patch("strategic", path, patch), 200);
      assert.deepEqual(namesIn(answer).sort(), ["main", "side"]);
      const main = answer.spec.template.spec.containers.find((container: JsonBody) => container.name === "main");
      assertIncludes(main, { image: "image:2", ports: [{ containerPort: 80 }] });
      assert.deepEqual(main.env.map((variable: JsonBody) => variable.name).sort(), ["A", "B"]);
    },
  },
  {
    name: "a strategic patch adds a container with a new name",
    async run(api) {
      const path = await webDeployment(api);
      const answer = assertCode(await api.patch("strategic", path, containers([{ name: "new", image: "new:1" }])), 200);
      assert.deepEqual(namesIn(answer).sort(), ["main", "new", "side"]);
    },
  },
  {
    name: "$patch: delete removes a container, $patch: replace replaces the list",
    async run(api) {
      const path = await webDeployment(api);
      const removed = assertCode(await api.patch("strategic", path, containers([{ name: "side", $patch: "delete" }])), 200);
      assert.deepEqual(namesIn(removed), ["main"]);
      const replaced = assertCode(
        await api.patch("strategic", path, containers([{ $patch: "replace" }, { name: "only", image: "only:1" }])),
        200,
      );
      assert.deepEqual(namesIn(replaced), ["only"]);
    },
  },
  {
    name: "$setElementOrder orders merged lists",
    async run(api) {
      const path = await webDeployment(api);
      const patch = {
        spec: {
          template: {
            spec: { "$setElementOrder/containers": [{ name: "side" }, { name: "main" }], containers: [{ name: "main", image: "image:2" }] },
          },
        },
      };
      assert.deepEqual(namesIn(assertCode(await api.patch("strategic", path, patch), 200)), ["side", "main"]);
    },
  },
  {
    name: "$deleteFromPrimitiveList removes a finalizer, and lists of primitives are merged",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one", {}, { finalizers: ["example.com/a", "example.com/b"] }));
      const path = `${paths.configMaps(ns)}/one`;
      const more = assertCode(await api.patch("strategic", path, { metadata: { finalizers: ["example.com/c"] } }), 200);
      assert.deepEqual(more.metadata.finalizers.toSorted(), ["example.com/a", "example.com/b", "example.com/c"]);
      const fewer = assertCode(
        await api.patch("strategic", path, { metadata: { "$deleteFromPrimitiveList/finalizers": ["example.com/a"] } }),
        200,
      );
      assert.deepEqual(fewer.metadata.finalizers.toSorted(), ["example.com/b", "example.com/c"]);
      assertCode(await api.patch("merge", path, { metadata: { finalizers: null } }), 200);
    },
  },
  {
    name: "$retainKeys drops the other keys of a union",
    async run(api) {
      const path = await webDeployment(api);
      const patch = { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } };
      const answer = assertCode(await api.patch("strategic", path, patch), 200);
      assert.deepEqual(answer.spec.strategy, { type: "Recreate" });
    },
  },
  {
    name: "a strategic patch removes with null and sets maps by key",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one", { a: "1", b: "2" }, { labels: { x: "1" } }));
      const answer = assertCode(
        await api.patch("strategic", `${paths.configMaps(ns)}/one`, { data: { a: null, c: "3" }, metadata: { labels: { y: "2" } } }),
        200,
      );
      assert.deepEqual(answer.data, { b: "2", c: "3" });
      assert.deepEqual(answer.metadata.labels, { x: "1", y: "2" });
    },
  },
  {
    name: "a strategic patch merges a Service's ports by number",
    async run(api) {
      const ns = await api.namespace();
      const object = service("one");
      object.spec.ports = [{ name: "http", port: 80 }];
      await api.create(paths.services(ns), object);
      const patch = { spec: { ports: [{ name: "https", port: 443 }] } };
      const answer = assertCode(await api.patch("strategic", `${paths.services(ns)}/one`, patch), 200);
      assert.deepEqual(answer.spec.ports.map((port: JsonBody) => port.name).sort(), ["http", "https"]);
    },
  },
  {
    name: "a strategic patch writes a Pod's conditions by their type",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      const path = `${paths.pods(ns)}/one/status`;
      const condition = (type: string): JsonBody => ({ status: { conditions: [{ type, status: "True" }] } });
      assertCode(await api.patch("strategic", path, condition("Ready")), 200);
      const answer = assertCode(await api.patch("strategic", path, condition("Initialized")), 200);
      assert.deepEqual(answer.status.conditions.map((one: JsonBody) => one.type).sort(), ["Initialized", "Ready"]);
    },
  },
  {
    name: "a strategic patch with a list element without its key is refused",
    async run(api) {
      const path = await webDeployment(api);
      const answer = await api.patch("strategic", path, containers([{ image: "nameless:1" }]));
      assertStatus(answer, 500);
      assert.match(answer.json.message, /does not contain declared merge key: name/);
    },
  },
];
