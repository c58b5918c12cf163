import assert from "node:assert/strict";
import type { KubernetesClient } from "@operatorkit/client";
import { ConfigMap, Deployment, Node } from "@operatorkit/object/kinds";
import { parse } from "yaml";
import { rejection, type ClientCase } from "../client-case.ts";

type Act = (client: KubernetesClient, namespace: string) => Promise<unknown>;

const ref = (namespace: string): { readonly name: string; readonly namespace: string } => ({ name: "one", namespace });
const map = (namespace: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: ref(namespace), data: {} });

/** What somebody without any right does, the action that the error begins with, and the rule that would allow it. */
const acts: readonly (readonly [string, Act, { readonly [field: string]: readonly string[] }])[] = [
  ["get ConfigMap NS/one", (c, ns) => c.get(ConfigMap, ref(ns)), rule("", "configmaps", "get")],
  ["list ConfigMap in NS", (c, ns) => c.list(ConfigMap, { namespace: ns }).toArray(), rule("", "configmaps", "list")],
  ["list Node", (c) => c.list(Node).toArray(), rule("", "nodes", "list")],
  ["create ConfigMap NS/one", (c, ns) => c.create(map(ns)), rule("", "configmaps", "create")],
  ["update ConfigMap NS/one", (c, ns) => c.update(map(ns)), rule("", "configmaps", "update")],
  ["apply ConfigMap NS/one", (c, ns) => c.apply(map(ns)), rule("", "configmaps", "patch")],
  ["delete ConfigMap NS/one", (c, ns) => c.delete(ConfigMap, ref(ns)), rule("", "configmaps", "delete")],
  ["delete all ConfigMap in NS", (c, ns) => c.deleteCollection(ConfigMap, { namespace: ns }), rule("", "configmaps", "deletecollection")],
  ["get scale of Deployment NS/one", (c, ns) => c.getScale(Deployment, ref(ns)), rule("apps", "deployments/scale", "get")],
  ["evict Pod NS/one", (c, ns) => c.evict(ref(ns)), rule("", "pods/eviction", "create")],
  ["get log of Pod NS/one", (c, ns) => c.logs(ref(ns)).next(), rule("", "pods/log", "get")],
  ["GET /metrics", (c) => c.request({ path: "/metrics" }), { nonResourceURLs: ["/metrics"], verbs: ["get"] }],
];

function rule(group: string, resource: string, verb: string): { readonly [field: string]: readonly string[] } {
  return { apiGroups: [group], resources: [resource], verbs: [verb] };
}

/** Refusals, and acting as somebody else. */
export const refusingCases: readonly ClientCase[] = [
  {
    name: "the client's 403 says what was being done, who was refused, and the RBAC rule in YAML that would allow it",
    async run(context) {
      const namespace = await context.namespace();
      const jane = await context.connect({ impersonate: { user: `jane-${context.api.id}` } });
      // Discovery is everyone's who has logged in; what is asked here is not.
      jane.listWatch(ConfigMap);
      for (const [action, act, expected] of acts) {
        const { message, ...error } = await rejection(act(jane, namespace));
        assert.equal(error["code"], "Forbidden", `${action}: ${message}`);
        assert.equal(message.split(": ")[0], action.replace("NS", namespace));
        assert.match(message, new RegExp(`User "jane-${context.api.id}" cannot `), action);
        const isNamespaced = action.includes("NS");
        assert.ok(message.includes(isNamespaced ? `bind a Role in namespace ${namespace} with` : "bind a ClusterRole with"), message);
        assert.deepEqual(parse(/with the rule (.*) to that user$/.exec(message)?.[1] ?? ""), expected, message);
      }
    },
  },
  {
    name: "the client acts as somebody else with groups and extra values, and the server says so",
    async run(context) {
      const client = await context.connect({
        impersonate: { user: "jane", groups: ["system:masters", "dev"], extra: { "example.com/scopes": ["view", "deploy"] } },
      });
      const review = await client.request({
        method: "POST",
        path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
      });
      const { userInfo } = (review as { readonly status: { readonly userInfo: Readonly<Record<string, unknown>> } }).status;
      assert.equal(userInfo["username"], "jane");
      assert.deepEqual(userInfo["groups"], ["system:masters", "dev", "system:authenticated"]);
      assert.deepEqual(userInfo["extra"], { "example.com/scopes": ["view", "deploy"] });
    },
  },
  {
    name: "the client refuses at once what no server takes, by the field's name",
    async run(context) {
      const { client } = context;
      const bad = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a/b", namespace: "default" } };
      for (const [act, field] of [
        [() => client.create({ ...bad, apiVersion: "" }), "apiVersion is missing"],
        [() => client.update(bad), 'the name "a/b" of the ConfigMap cannot be in a URL'],
        [() => client.get(ConfigMap, { name: "a" }), "ConfigMap is namespaced: give a namespace"],
        [() => client.get(Node, { name: "a", namespace: "x" }), "Node is cluster-scoped"],
        [() => client.apply(bad, { fieldManager: "" }), "fieldManager is missing"],
      ] as const) {
        const error = await rejection(act());
        assert.equal(error["code"], "InvalidRequest", error.message);
        assert.ok(error.message.includes(field), error.message);
      }
    },
  },
];
