import assert from "node:assert/strict";
import { assertCode, assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { paths } from "./sample-objects.ts";

const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

async function whoIs(api: CaseContext, headers: Readonly<Record<string, string | readonly string[]>>): Promise<JsonBody> {
  return assertCode(await api.post(REVIEWS, {}, { headers }), 201).status.userInfo;
}

/** The token of a service account that has these rights. */
async function tokenWith(api: CaseContext, ns: string, rules: readonly object[]): Promise<string> {
  const name = `case-${api.id}`;
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  await api.create(`/api/v1/namespaces/${ns}/serviceaccounts`, { metadata: { name } });
  await api.create(`${rbac}/clusterroles`, { metadata: { name }, rules });
  api.onEnd(() => api.delete(`${rbac}/clusterroles/${name}`));
  await api.create(`${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name, namespace: ns }],
  });
  api.onEnd(() => api.delete(`${rbac}/clusterrolebindings/${name}`));
  const asked = await api.create(`/api/v1/namespaces/${ns}/serviceaccounts/${name}/token`, { spec: {} });
  return asked.status.token;
}

export const impersonatingCases: readonly ApiCase[] = [
  {
    name: "an administrator is whom the request names, with uid, groups and extra",
    async run(api) {
      assert.deepEqual(await whoIs(api, { "Impersonate-User": "jane" }), { username: "jane", groups: ["system:authenticated"] });
      const all = {
        "Impersonate-User": "jane",
        "Impersonate-Uid": "u",
        "Impersonate-Group": ["a", "b, c"],
        "Impersonate-Extra-Acme.com%2Fproject": ["x", "y"],
      };
      assert.deepEqual(await whoIs(api, all), {
        username: "jane",
        uid: "u",
        groups: ["a", "b, c", "system:authenticated"],
        extra: { "acme.com/project": ["x", "y"] },
      });
    },
  },
  {
    name: "an impersonated service account has its groups unless others are named",
    async run(api) {
      const name = "system:serviceaccount:default:foo";
      assert.deepEqual((await whoIs(api, { "Impersonate-User": name })).groups, [
        "system:serviceaccounts",
        "system:serviceaccounts:default",
        "system:authenticated",
      ]);
      assert.deepEqual((await whoIs(api, { "Impersonate-User": name, "Impersonate-Group": "a" })).groups, ["a", "system:authenticated"]);
    },
  },
  {
    name: "a group without a user to impersonate is refused",
    async run(api) {
      assertStatus(await api.get("/api/v1/namespaces", { headers: { "Impersonate-Group": "a" } }), 400, {
        message:
          'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"a"}, Extra:map[string][]string(nil)} without impersonating a user name',
      });
    },
  },
  {
    name: "an impersonated user has that user's rights, not the administrator's",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.get(paths.configMaps(ns), { headers: { "Impersonate-User": "jane" } }), 403, {
        message: `configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "${ns}"`,
      });
      assertCode(
        await api.get(paths.configMaps(ns), { headers: { "Impersonate-User": "jane", "Impersonate-Group": "system:masters" } }),
        200,
      );
    },
  },
  {
    name: "who may not impersonate is told the first right that is missing",
    async run(api) {
      const ns = await api.namespace();
      const token = await tokenWith(api, ns, [{ apiGroups: [""], resources: ["users"], verbs: ["impersonate"], resourceNames: ["joe"] }]);
      const me = `system:serviceaccount:${ns}:case-${api.id}`;
      assertStatus(await api.get(paths.configMaps(ns), { token, headers: { "Impersonate-User": "jane" } }), 403, {
        message: `configmaps is forbidden: User "${me}" cannot impersonate-on:user-info:list resource "configmaps" in API group "" in the namespace "${ns}"`,
        details: { kind: "configmaps" },
      });
      await api.eventually(async () => {
        const answer = await api.post(REVIEWS, {}, { token, headers: { "Impersonate-User": "joe" } });
        assert.equal(assertCode(answer, 201).status.userInfo.username, "joe");
      });
    },
  },
  {
    name: "the right to be a user for one verb is for that verb",
    async run(api) {
      const ns = await api.namespace();
      const token = await tokenWith(api, ns, [
        { apiGroups: ["authentication.k8s.io"], resources: ["users"], verbs: ["impersonate:user-info"] },
        { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["impersonate-on:user-info:create"] },
      ]);
      await api.eventually(async () => {
        const answer = await api.post(REVIEWS, {}, { token, headers: { "Impersonate-User": "jane" } });
        assert.equal(assertCode(answer, 201).status.userInfo.username, "jane");
      });
      assertStatus(await api.get(paths.configMaps(ns), { token, headers: { "Impersonate-User": "jane" } }), 403);
    },
  },
];
