import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, PATCH_TYPES, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody, RawRequest } from "../raw-http.ts";
import { paths } from "./sample-objects.ts";

const GROUP = "rbac.authorization.k8s.io";
const RBAC = `/apis/${GROUP}/v1`;
const REVIEWS = "/apis/authorization.k8s.io/v1";

/** Somebody with some rights in a namespace. */
interface Somebody {
  readonly name: string;
  readonly ns: string;
  /** Put into a request's options. */
  readonly as: Pick<RawRequest, "headers">;
  readonly roles: string;
  readonly bindings: string;
}

/** A user who has these rights in a namespace of their own, known to the server. */
async function somebodyWith(api: CaseContext, rules: readonly JsonBody[]): Promise<Somebody> {
  const ns = await api.namespace();
  const name = `user-${api.id}`;
  const [roles, bindings] = [`${RBAC}/namespaces/${ns}/roles`, `${RBAC}/namespaces/${ns}/rolebindings`];
  await api.create(roles, { metadata: { name: "own" }, rules: [...rules, PROBE] });
  await api.create(bindings, binding("own", "Role", "own", name));
  const resourceAttributes = { namespace: ns, group: "example.com", resource: "probes", verb: "get" };
  await api.eventually(async () => {
    const { status } = (await api.post(`${REVIEWS}/subjectaccessreviews`, { spec: { user: name, resourceAttributes } })).json;
    assert.equal(status.allowed, true);
  });
  return { name, ns, as: { headers: { "impersonate-user": name } }, roles, bindings };
}

/** Tells that a real server has heard of a role. */
const PROBE = { apiGroups: ["example.com"], resources: ["probes"], verbs: ["get"] };

function binding(name: string, kind: string, role: string, user: string = "jo"): JsonBody {
  return { metadata: { name }, roleRef: { apiGroup: GROUP, kind, name: role }, subjects: [{ kind: "User", apiGroup: GROUP, name: user }] };
}

function role(name: string, ...rules: readonly JsonBody[]): JsonBody {
  return { apiVersion: `${GROUP}/v1`, kind: "Role", metadata: { name }, rules };
}

function rule(group: string, resource: string, ...verbs: readonly string[]): JsonBody {
  return { apiGroups: [group], resources: [resource], verbs };
}

function lacks({ name }: Somebody, ...missing: readonly string[]): string {
  return `user ${JSON.stringify(name)} (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n${missing.join("\n")}`;
}

const WRITER = rule(GROUP, "roles", "create", "update", "patch", "get");
const BINDER = rule(GROUP, "rolebindings", "create", "update", "patch", "get");

async function refused(api: CaseContext, review: string, spec: JsonBody, field: string, why: string): Promise<void> {
  const answer = assertStatus(await api.post(`${REVIEWS}/${review}`, { spec }), 422, { reason: "Invalid" });
  assert.deepEqual(answer.details, {
    group: "authorization.k8s.io",
    causes: [{ reason: "FieldValueInvalid", message: why, field }],
  });
}

export const grantingCases: readonly ApiCase[] = [
  {
    name: "an apply and a PUT that would create ask for the right to create, after the object was checked",
    async run(api) {
      const user = await somebodyWith(api, [rule("", "configmaps", "patch"), rule("coordination.k8s.io", "leases", "update")]);
      const { ns, as } = user;
      const apply = (data: JsonBody): Promise<JsonBody> =>
        api.http.request("PATCH", `${paths.configMaps(ns)}/new?fieldManager=m`, {
          body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "new" }, data },
          headers: { ...as.headers, "content-type": PATCH_TYPES.apply },
        });
      assertStatus(await apply({ a: "1" }), 403, {
        message: `configmaps "new" is forbidden: User "${user.name}" cannot create resource "configmaps" in API group "" in the namespace "${ns}"`,
        details: { name: "new", kind: "configmaps" },
      });
      assertStatus(await apply({ "bad key!": "1" }), 422);
      await api.create(paths.configMaps(ns), { metadata: { name: "new" } });
      assertCode(await apply({ a: "1" }), 200);
      const leases = `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`;
      const lease = (leaseDurationSeconds: number): JsonBody => ({ metadata: { name: "new" }, spec: { leaseDurationSeconds } });
      for (const query of ["", "?dryRun=All"]) {
        assertStatus(await api.put(`${leases}/new${query}`, lease(1), as), 403, {
          message: `leases.coordination.k8s.io "new" is forbidden: User "${user.name}" cannot create resource "leases" in API group "coordination.k8s.io" in the namespace "${ns}"`,
        });
      }
      assertStatus(await api.put(`${leases}/new`, lease(-1), as), 422);
    },
  },
  {
    name: "a list or watch of one name is allowed to whom that name is",
    async run(api) {
      const named = { ...rule("", "secrets", "list", "watch", "deletecollection"), resourceNames: ["one"] };
      const { ns, as, name } = await somebodyWith(api, [named]);
      const secrets = `/api/v1/namespaces/${ns}/secrets`;
      const of = (secret: string): string => `${secrets}?fieldSelector=metadata.name%3D${secret}`;
      assertCode(await api.get(of("one"), as), 200);
      (await api.watch(of("one"), as)).close();
      assertStatus(await api.get(of("two"), as), 403, {
        message: `secrets "two" is forbidden: User "${name}" cannot list resource "secrets" in API group "" in the namespace "${ns}"`,
      });
      assertStatus(await api.get(secrets, as), 403);
      assertStatus(await api.delete(of("one"), undefined, as), 403);
    },
  },
  {
    name: "every path that is no resource has its own right; health is public, what is below it is not",
    async run(api) {
      const user = { headers: { "impersonate-user": `user-${api.id}` } };
      for (const path of ["/healthz", "/livez", "/readyz", "/version"]) {
        assert.equal((await api.get(path, { token: null })).status, 200, path);
      }
      assertCode(await api.get("/apis", user), 200);
      assertStatus(await api.get("/apis", { token: null }), 403);
      assertStatus(await api.get("/livez/ping", user), 403, {
        message: `forbidden: User "user-${api.id}" cannot get path "/livez/ping"`,
      });
      assertStatus(await api.post("/healthz", {}, user), 403);
    },
  },
  {
    name: "a cluster starts with the roles its users need",
    async run(api) {
      const cluster = assertCode(await api.get(`${RBAC}/clusterroles/cluster-admin`), 200);
      assert.deepEqual(cluster.rules, [
        { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
        { verbs: ["*"], nonResourceURLs: ["*"] },
      ]);
      assertIncludes(cluster.metadata, { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } });
      for (const name of ["system:basic-user", "system:discovery", "system:public-info-viewer", "system:monitoring"]) {
        assertCode(await api.get(`${RBAC}/clusterroles/${name}`), 200);
        assertCode(await api.get(`${RBAC}/clusterrolebindings/${name}`), 200);
      }
    },
  },
  {
    name: "an access review says through which binding something is allowed",
    async run(api) {
      const { ns, name } = await somebodyWith(api, [rule("", "configmaps", "get")]);
      const review = async (spec: JsonBody): Promise<JsonBody> =>
        assertCode(await api.post(`${REVIEWS}/subjectaccessreviews`, { spec }), 201).status;
      const resourceAttributes = { namespace: ns, verb: "get", resource: "configmaps" };
      assert.deepEqual(await review({ user: name, resourceAttributes }), {
        allowed: true,
        reason: `RBAC: allowed by RoleBinding "own/${ns}" of Role "own" to User "${name}"`,
      });
      assert.deepEqual(await review({ user: "nobody", resourceAttributes }), { allowed: false });
      assert.deepEqual(await review({ groups: ["system:masters"], resourceAttributes }), { allowed: true });
      assert.deepEqual(await review({ groups: ["system:monitoring"], nonResourceAttributes: { path: "/metrics", verb: "get" } }), {
        allowed: true,
        reason: 'RBAC: allowed by ClusterRoleBinding "system:monitoring" of ClusterRole "system:monitoring" to Group "system:monitoring"',
      });
    },
  },
  {
    name: "an access review that asks nothing, two things or for nobody is refused",
    async run(api) {
      const resourceAttributes = { verb: "get", resource: "pods" };
      const nonResourceAttributes = { path: "/x", verb: "get" };
      const [self, other] = ["selfsubjectaccessreviews", "subjectaccessreviews"];
      const one = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified";
      await refused(api, self, {}, "spec.resourceAttributes", one);
      const both = 'Invalid value: {"Path":"/x","Verb":"get"}: cannot be specified in combination with resourceAttributes';
      await refused(api, self, { resourceAttributes, nonResourceAttributes }, "spec.nonResourceAttributes", both);
      await refused(api, other, { resourceAttributes }, "spec.user", 'Invalid value: "": at least one of user or group must be specified');
      const ns = await api.namespace();
      const local = `namespaces/${ns}/localsubjectaccessreviews`;
      const elsewhere = { user: "x", resourceAttributes: { ...resourceAttributes, namespace: "other" } };
      await refused(api, local, elsewhere, "spec.resourceAttributes.namespace", 'Invalid value: "other": must match metadata.namespace');
    },
  },
  {
    name: "a rules review lists what one may do in a namespace",
    async run(api) {
      const own = [rule("", "configmaps", "get"), { ...rule("", "secrets", "get"), resourceNames: ["one"] }];
      const { ns, as } = await somebodyWith(api, own);
      const review = await api.post(`${REVIEWS}/selfsubjectrulesreviews`, { spec: { namespace: ns } }, as);
      const { resourceRules, nonResourceRules, incomplete } = assertCode(review, 201).status;
      assert.equal(incomplete, false);
      for (const wanted of own)
        assert.ok(
          resourceRules.some((rule: JsonBody) => isSame(rule, wanted)),
          JSON.stringify(resourceRules),
        );
      assert.ok(resourceRules.some((rule: JsonBody) => rule.resources.includes("selfsubjectrulesreviews")));
      assert.ok(nonResourceRules.some((rule: JsonBody) => rule.nonResourceURLs.includes("/apis/*")));
      assertStatus(await api.post(`${REVIEWS}/selfsubjectrulesreviews`, { spec: {} }, as), 400, { message: "no namespace on request" });
    },
  },
  {
    name: "a role may give only what its writer holds, unless they may escalate",
    async run(api) {
      const own = [
        WRITER,
        rule("", "configmaps", "get"),
        { ...rule("", "secrets", "get"), resourceNames: ["one"] },
        rule("apps", "*/scale", "get"),
      ];
      const user = await somebodyWith(api, own);
      const { as, roles } = user;
      const named = (...resourceNames: string[]): JsonBody => ({ ...rule("", "secrets", "get"), resourceNames });
      assertCode(
        await api.post(roles, role("a", rule("", "configmaps", "get"), named("one"), rule("apps", "deployments/scale", "get")), as),
        201,
      );
      assertStatus(
        await api.post(
          roles,
          role("b", { apiGroups: ["", "apps"], resources: ["configmaps"], verbs: ["delete", "get"] }, named("one", "two")),
          as,
        ),
        403,
        {
          message: `roles.${GROUP} "b" is forbidden: ${lacks(
            user,
            '{APIGroups:[""], Resources:["configmaps"], Verbs:["delete"]}',
            '{APIGroups:[""], Resources:["secrets"], ResourceNames:["two"], Verbs:["get"]}',
            '{APIGroups:["apps"], Resources:["configmaps"], Verbs:["delete" "get"]}',
          )}`,
          details: { name: "b", group: GROUP, kind: "roles" },
        },
      );
      const more = { rules: [rule("", "pods", "get")] };
      const why = lacks(user, '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}');
      for (const query of ["", "?dryRun=All"]) {
        assertStatus(await api.patch("merge", `${roles}/a${query}`, more, as), 403, { message: `roles.${GROUP} "a" is forbidden: ${why}` });
      }
      assertCode(await api.patch("merge", `${roles}/a`, { metadata: { labels: { a: "b" } } }, as), 200);
      const applied = await api.patch("apply", `${roles}/new?fieldManager=m`, role("new", ...more.rules), as);
      assertStatus(applied, 403, { message: `roles.${GROUP} "new" is forbidden: ${why}` });
      await api.create(roles, role("free", { ...rule(GROUP, "roles", "escalate"), resourceNames: ["a"] }));
      await api.create(user.bindings, binding("free", "Role", "free", user.name));
      await api.eventually(async () => void assertCode(await api.patch("merge", `${roles}/a`, more, as), 200));
    },
  },
  {
    name: "a binding may give only what its writer holds, unless they may bind the role",
    async run(api) {
      const bind = { ...rule(GROUP, "roles", "bind"), resourceNames: ["bindable"] };
      const user = await somebodyWith(api, [BINDER, bind, rule("", "configmaps", "get")]);
      const { as, roles, bindings } = user;
      await api.create(roles, role("less", rule("", "configmaps", "get")));
      for (const name of ["more", "bindable"]) await api.create(roles, role(name, rule("", "pods", "get")));
      await api.eventually(async () => void assertCode(await api.post(`${bindings}?dryRun=All`, binding("a", "Role", "less"), as), 201));
      assertCode(await api.post(bindings, binding("a", "Role", "less"), as), 201);
      await api.eventually(async () => void assertCode(await api.post(bindings, binding("b", "Role", "bindable"), as), 201));
      assertStatus(await api.post(bindings, binding("c", "Role", "more"), as), 403, {
        message: `rolebindings.${GROUP} "c" is forbidden: ${lacks(user, '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}')}`,
      });
      assertStatus(await api.post(bindings, binding("c", "Role", "missing"), as), 404, {
        message: `rolebindings.${GROUP} "missing" not found`,
        details: { name: "missing", group: GROUP, kind: "rolebindings" },
      });
      const other = { ...binding("a", "Role", "own"), metadata: { name: "a" } };
      assertStatus(await api.put(`${bindings}/a`, other), 422, {
        message: `RoleBinding.${GROUP} "a" is invalid: roleRef: Invalid value: {"APIGroup":"${GROUP}","Kind":"Role","Name":"own"}: cannot change roleRef`,
      });
    },
  },
  {
    name: "a role that gathers other roles is for those who may do everything",
    async run(api) {
      const name = `role-${api.id}`;
      const user = { headers: { "impersonate-user": `user-${api.id}` } };
      await api.create(`${RBAC}/clusterroles`, { metadata: { name }, rules: [rule(GROUP, "clusterroles", "create")] });
      api.onEnd(() => api.delete(`${RBAC}/clusterroles/${name}`));
      await api.create(`${RBAC}/clusterrolebindings`, binding(name, "ClusterRole", name, `user-${api.id}`));
      api.onEnd(() => api.delete(`${RBAC}/clusterrolebindings/${name}`));
      const gathering = { metadata: { name: `${name}-all` }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] } };
      await api.eventually(async () => {
        assertStatus(await api.post(`${RBAC}/clusterroles`, gathering, user), 403, {
          message: `clusterroles.${GROUP} "${name}-all" is forbidden: must have cluster-admin privileges to use the aggregationRule`,
        });
      });
    },
  },
  {
    name: "rules and subjects that say too little or too much are refused",
    async run(api) {
      const ns = await api.namespace();
      const roles = `${RBAC}/namespaces/${ns}/roles`;
      const causes = async (path: string, body: JsonBody): Promise<string[]> =>
        assertStatus(await api.post(path, body), 422).details.causes.map((cause: JsonBody) => `${cause.field}: ${cause.message}`);
      assert.deepEqual(await causes(roles, role("a", { apiGroups: [""], resources: ["pods"] }, { verbs: ["get"] })), [
        "rules[0].verbs: Required value: verbs must contain at least one value",
        "rules[1].apiGroups: Required value: resource rules must supply at least one api group",
        "rules[1].resources: Required value: resource rules must supply at least one resource",
      ]);
      assert.deepEqual(await causes(roles, role("a", { nonResourceURLs: ["/x"], verbs: ["get"] })), [
        'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
      ]);
      const subjects = [{ kind: "ServiceAccount", name: "a" }, { kind: "Robot", name: "b" }, { kind: "User" }];
      assert.deepEqual(
        await causes(`${RBAC}/clusterrolebindings`, { metadata: { name: `b-${api.id}` }, roleRef: { kind: "Role", name: "x" }, subjects }),
        [
          'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
          "subjects[0].namespace: Required value",
          'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
          "subjects[2].name: Required value",
        ],
      );
    },
  },
];

function isSame(a: JsonBody, b: JsonBody): boolean {
  const sorted = (value: JsonBody): string => JSON.stringify(Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}
