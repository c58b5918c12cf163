import assert from "node:assert/strict";
import { assertCode, assertIncludes, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { paths } from "./sample-objects.ts";

const ROLE = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "one" } };
const RULES = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
const TABLE = { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" };

function rolesIn(namespace: string): string {
  return `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`;
}

function ownersOf(object: JsonBody): Record<string, unknown> {
  return Object.fromEntries((object.metadata.managedFields ?? []).map((entry: JsonBody) => [entry.manager, entry.fieldsV1]));
}

/** What is empty: null where Go has an empty list and writes it all the same, and who owns that. */
export const emptyingCases: readonly ApiCase[] = [
  {
    name: "lists that are always written are null while they are empty, in a dry run too",
    async run(api) {
      const ns = await api.namespace();
      const roles = rolesIn(ns);
      assertIncludes(await api.create(roles, ROLE), { rules: null });
      assertIncludes(assertCode(await api.post(`${roles}?dryRun=All`, { ...ROLE, metadata: { name: "two" }, rules: [] }), 201), {
        rules: null,
      });
      const slice = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" };
      const empty = await api.create(paths.endpointSlices(ns), { ...slice, metadata: { name: "one" }, endpoints: [] });
      assertIncludes(empty, { endpoints: null, ports: null });
      const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
      const scaler = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "one" } };
      const made = await api.create(`/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`, {
        ...scaler,
        spec: { maxReplicas: 2, scaleTargetRef },
      });
      assertIncludes(made.status, { currentMetrics: null });
    },
  },
  {
    name: "who empties a list that is always written owns it",
    async run(api) {
      const roles = rolesIn(await api.namespace());
      await api.create(`${roles}?fieldManager=a`, { ...ROLE, rules: RULES });
      const emptied = assertCode(await api.patch("merge", `${roles}/one?fieldManager=b`, { rules: null }), 200);
      assert.deepEqual(ownersOf(emptied), { b: { "f:rules": {} } });
      const labelled = assertCode(await api.patch("merge", `${roles}/one?fieldManager=c`, { metadata: { labels: { a: "b" } } }), 200);
      assert.deepEqual(ownersOf(labelled), { b: { "f:rules": {} }, c: { "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } } });
      const filled = assertCode(await api.put(`${roles}/one?fieldManager=d`, { ...ROLE, rules: RULES }), 200);
      assert.deepEqual(ownersOf(filled), { d: { "f:rules": {} } });
    },
  },
  {
    name: "an empty Table of a kind without columns of its own has null for rows",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const rows = async (path: string): Promise<unknown> => assertCode(await api.get(path, { headers: TABLE }), 200).rows;
      assert.equal(await rows(rolesIn(ns)), null);
      assert.equal(await rows(`/api/v1/namespaces/${ns}/limitranges`), null);
      assert.deepEqual(await rows(paths.configMaps(ns)), []);
      assert.deepEqual(await rows(kind.path(ns)), []);
    },
  },
];
