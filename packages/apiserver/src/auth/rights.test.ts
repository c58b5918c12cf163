import { expect, it } from "vitest";
import type { JsonObject } from "../json-object.ts";
import type { ResourceTarget } from "../request/request-info.ts";
import { Store } from "../store/store.ts";
import { bootstrapBindings, bootstrapRoles } from "./bootstrap-policy.ts";
import { Rights } from "./rights.ts";

const GROUP = "rbac.authorization.k8s.io";
const authenticated = ["system:authenticated"];

function storeWith(objects: readonly (readonly [kind: string, namespace: string, object: JsonObject])[]): Store {
  const store = new Store();
  for (const [kind, namespace, object] of objects) {
    const metadata = object["metadata"] as { name: string };
    store.collection(`${kind}.${GROUP}`).put(namespace, metadata.name, object);
  }
  return store;
}

const role = (name: string, rule: JsonObject): JsonObject => ({ metadata: { name }, rules: [rule] });
const binding = (name: string, kind: string, roleName: string, subject: JsonObject): JsonObject => ({
  metadata: { name },
  roleRef: { kind, name: roleName },
  subjects: [subject],
});

const store = storeWith([
  ...bootstrapRoles(() => ({})).map((object): [string, string, JsonObject] => ["clusterroles", "", object]),
  ...bootstrapBindings(() => ({})).map((object): [string, string, JsonObject] => ["clusterrolebindings", "", object]),
  ["clusterroles", "", role("reader", { apiGroups: ["", "apps"], resources: ["*"], verbs: ["get", "list"] })],
  ["clusterroles", "", role("scaler", { apiGroups: ["*"], resources: ["*/scale"], verbs: ["*"] })],
  ["clusterroles", "", role("metrics", { nonResourceURLs: ["/metrics/*"], verbs: ["get"] })],
  ["roles", "a", role("one", { apiGroups: [""], resources: ["configmaps"], resourceNames: ["mine"], verbs: ["update"] })],
  ["clusterrolebindings", "", binding("b1", "ClusterRole", "reader", { kind: "Group", name: "readers" })],
  ["clusterrolebindings", "", binding("b2", "ClusterRole", "metrics", { kind: "User", name: "eve" })],
  ["rolebindings", "a", binding("b3", "ClusterRole", "scaler", { kind: "ServiceAccount", name: "bot", namespace: "b" })],
  ["rolebindings", "a", binding("b4", "Role", "one", { kind: "User", name: "eve" })],
]);

const target = (more: Partial<ResourceTarget>): ResourceTarget => ({
  group: "",
  version: "v1",
  namespace: "a",
  plural: "configmaps",
  name: "",
  subresource: "",
  isWatchPath: false,
  ...more,
});

it.each<[user: string, groups: readonly string[], verb: string, more: Partial<ResourceTarget>, allowed: boolean]>([
  ["root", ["system:masters"], "delete", {}, true],
  ["anyone", authenticated, "get", {}, false],
  ["anyone", ["readers"], "list", {}, true],
  ["anyone", ["readers"], "delete", {}, false],
  ["anyone", ["readers"], "get", { group: "batch" }, false],
  ["eve", authenticated, "update", { name: "mine" }, true],
  ["eve", authenticated, "update", { name: "other" }, false],
  ["eve", authenticated, "update", { name: "mine", namespace: "b" }, false],
  ["system:serviceaccount:b:bot", authenticated, "patch", { group: "apps", plural: "deployments", name: "d", subresource: "scale" }, true],
  ["system:serviceaccount:b:bot", authenticated, "patch", { group: "apps", plural: "deployments", name: "d" }, false],
  ["system:serviceaccount:a:bot", authenticated, "patch", { group: "apps", plural: "deployments", name: "d", subresource: "scale" }, false],
])("%s of %j may %s %j: %s", (name, groups, verb, more, allowed) => {
  expect(new Rights(store).reasonFor({ user: { name, groups }, verb, path: "", resource: target(more) }) !== undefined).toBe(allowed);
});

it.each<[user: string, groups: readonly string[], path: string, allowed: boolean]>([
  ["system:anonymous", ["system:unauthenticated"], "/healthz", true],
  ["system:anonymous", ["system:unauthenticated"], "/apis", false],
  ["eve", authenticated, "/openapi/v3", true],
  ["eve", authenticated, "/metrics/cadvisor", true],
  ["adam", authenticated, "/metrics/cadvisor", false],
])("%s of %j may get %s: %s", (name, groups, path, allowed) => {
  expect(new Rights(store).reasonFor({ user: { name, groups }, verb: "get", path }) !== undefined).toBe(allowed);
});
