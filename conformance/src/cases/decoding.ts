import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, deployment, paths } from "./sample-objects.ts";

function limitedTo(name: string, cpu: unknown): JsonBody {
  const object = deployment(name);
  object.spec.template.spec.containers[0].resources = { limits: { cpu } };
  return object;
}

/** What the server says of a strategic merge patch that makes no object of the kind. */
async function refusalOf(api: CaseContext, path: string, patch: JsonBody): Promise<string> {
  const status = assertStatus(await api.patch("strategic", path, patch), 422, { reason: "Invalid" });
  return status.details.causes[0].message;
}

/** How built-in kinds read their fields: quantities, numbers or text, and what a patch made. */
export const decodingCases: readonly ApiCase[] = [
  {
    name: "quantities are written in one way, whichever they were given in",
    async run(api) {
      const path = `${paths.deployments(await api.namespace())}?dryRun=All`;
      for (const [given, written] of [
        ["0.5", "500m"],
        [1.5, "1500m"],
        ["1000m", "1"],
        ["1500m", "1500m"],
        ["1024Mi", "1Gi"],
        ["1.5Gi", "1536Mi"],
        ["1e3", "1e3"],
        ["1000", "1k"],
        ["1024", "1024"],
      ]) {
        const made = assertCode(await api.post(path, limitedTo("one", given)), 201);
        assert.equal(made.spec.template.spec.containers[0].resources.limits.cpu, written, `${given}`);
      }
    },
  },
  {
    name: "what nests deeper than a decoder follows is refused",
    async run(api) {
      const levels = 20_000;
      const body = `{"metadata":{"name":"one"},"data":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;
      const path = paths.configMaps(await api.namespace());
      assert.match(assertStatus(await api.post(path, body), 400, { reason: "BadRequest" }).message, /exceeded max depth/);
      assertCode(await api.post(path, configMap("one")), 201);
      assertStatus(await api.patch("merge", `${path}/one`, body), 400, {
        message: "error decoding patch: invalid character '{' exceeded max depth",
      });
    },
  },
  {
    name: "what is no quantity is refused",
    async run(api) {
      const path = paths.deployments(await api.namespace());
      const form = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
      const asDeployment = 'Deployment in version "v1" cannot be handled as a Deployment: ';
      assertStatus(await api.post(path, limitedTo("one", "abc")), 400, { message: asDeployment + form });
      assertStatus(await api.post(path, limitedTo("one", true)), 400, { message: asDeployment + form });
      assertStatus(await api.post(path, limitedTo("one", "1kk")), 400, { message: `${asDeployment}unable to parse quantity's suffix` });
      assertStatus(await api.apply(`${path}/one`, "me", limitedTo("one", "abc")), 500, {
        message: `failed to convert new object (/one; apps/v1, Kind=Deployment) to proper version: unable to convert unstructured object to apps/v1, Kind=Deployment: ${form}`,
      });
    },
  },
  {
    name: "what is neither number nor text is refused where either may be",
    async run(api) {
      const path = paths.deployments(await api.namespace());
      const object = deployment("one");
      object.spec.strategy = { rollingUpdate: { maxSurge: true } };
      assertStatus(await api.post(path, object), 400, {
        message:
          'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32',
      });
      const applied = assertStatus(await api.apply(`${path}/one`, "me", object), 500);
      assert.match(applied.message, /: json: cannot unmarshal bool into Go value of type int32$/);
    },
  },
  {
    name: "a strategic merge patch of a wrong type is told as a conversion that failed, with the patch",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      await api.create(paths.deployments(ns), deployment("one"));
      const map = `${paths.configMaps(ns)}/one`;
      const web = `${paths.deployments(ns)}/one`;
      assert.equal(await refusalOf(api, map, { data: { a: 1 } }), 'Invalid value: "map[data:map[a:1]]": cannot convert int64 to string');
      assert.equal(await refusalOf(api, map, { data: { a: true } }), 'Invalid value: "map[data:map[a:true]]": unrecognized type: string');
      assert.equal(await refusalOf(api, map, { data: "x" }), 'Invalid value: "map[data:x]": cannot restore map from string');
      assert.equal(
        await refusalOf(api, web, { spec: { replicas: "x" } }),
        'Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32',
      );
      assert.equal(
        await refusalOf(api, web, { spec: { template: "x" } }),
        'Invalid value: "map[spec:map[template:x]]": cannot restore struct from: string',
      );
      const policy = { name: "main", imagePullPolicy: 1 };
      assert.match(
        await refusalOf(api, web, { spec: { template: { spec: { containers: [policy] } } } }),
        /: cannot convert int64 to v1\.PullPolicy$/,
      );
    },
  },
  {
    name: "a LimitRange asks and allows for a container what it says is the most and the least",
    async run(api) {
      const ns = await api.namespace();
      const limits = [{ type: "Container", max: { cpu: "1" }, min: { memory: "1Mi" }, default: { memory: "2Mi" } }];
      const made = await api.create(`/api/v1/namespaces/${ns}/limitranges`, { metadata: { name: "one" }, spec: { limits } });
      assertIncludes(made.spec.limits[0], {
        default: { cpu: "1", memory: "2Mi" },
        defaultRequest: { cpu: "1", memory: "2Mi" },
      });
    },
  },
  {
    name: "who asks for Endpoints is warned of them",
    async run(api) {
      const ns = await api.namespace();
      const warning = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"';
      assert.equal((await api.get(`/api/v1/namespaces/${ns}/endpoints`)).headers["warning"], warning);
      assert.equal((await api.post(`/api/v1/namespaces/${ns}/endpoints`, { metadata: { name: "one" } })).headers["warning"], warning);
    },
  },
];
