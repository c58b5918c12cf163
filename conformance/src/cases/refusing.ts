import assert from "node:assert/strict";
import { sleep } from "@operatorkit/observe";
import { assertCode, assertIncludes, assertStatus, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, paths } from "./sample-objects.ts";

/** What is refused, and how: paths, media types, bodies, credentials. */
export const refusingCases: readonly ApiCase[] = [
  {
    name: "an unknown group is plain text 404",
    async run(api) {
      for (const path of ["/apis/nothing.example.com/v1/things", "/apis/nothing.example.com", "/nothing"]) {
        const answer = await api.get(path);
        assert.equal(answer.status, 404, path);
        assert.match(String(answer.headers["content-type"]), /^text\/plain/, path);
        assert.equal(answer.text, "404 page not found\n", path);
      }
    },
  },
  {
    name: "an unknown version of a known group is a Status 404",
    async run(api) {
      for (const path of ["/apis/apps/v9", "/apis/apps/v9/deployments", "/api/v2/pods"]) {
        assertStatus(await api.get(path), 404, { reason: "NotFound", message: "the server could not find the requested resource" });
      }
    },
  },
  {
    name: "an unknown resource of a known group is 404 without a name",
    async run(api) {
      const status = assertStatus(await api.get("/api/v1/nothings"), 404, {
        reason: "NotFound",
        message: "the server could not find the requested resource",
      });
      assert.deepEqual(status.details, {});
    },
  },
  {
    name: "an unknown subresource is 404",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      assertStatus(await api.get(`${paths.configMaps(ns)}/one/nothing`), 404, {
        message: "the server could not find the requested resource",
      });
      const kind = await api.customKind();
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      for (const name of ["status", "scale", "nothing"]) assert.equal((await api.get(`${kind.path(ns, "one")}/${name}`)).status, 404, name);
    },
  },
  {
    name: "a method that a path does not take is 405",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.put(paths.configMaps(ns), {}), 405, { reason: "MethodNotAllowed" });
      assertStatus(await api.post(`${paths.configMaps(ns)}/one`, {}), 405, { reason: "MethodNotAllowed" });
    },
  },
  {
    name: "an Accept that cannot be met is 406",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      for (const accept of ["text/html", "application/*", "image/png;q=0.5"]) {
        assertStatus(await api.get(`${paths.configMaps(ns)}/one`, { headers: { accept } }), 406, { reason: "NotAcceptable" });
      }
      for (const accept of ["*/*", "application/json", "application/json;q=0.9, text/html", "text/html, */*"]) {
        assertCode(await api.get(`${paths.configMaps(ns)}/one`, { headers: { accept } }), 200);
      }
    },
  },
  {
    name: "PartialObjectMetadata of a list is 406 even with a fallback",
    async run(api) {
      const ns = await api.namespace();
      const accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
      assertStatus(await api.get(paths.configMaps(ns), { headers: { accept } }), 406, { reason: "NotAcceptable" });
    },
  },
  {
    name: "PartialObjectMetadataList of one object is 406, and 500 of a custom object, which passes for a list until it is read",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
      await api.create(paths.configMaps(ns), configMap("one"));
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      assertStatus(await api.get(`${paths.configMaps(ns)}/one`, { headers: { accept } }), 406, {
        message: "you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)",
      });
      assertStatus(await api.get(kind.path(ns, "one"), { headers: { accept } }), 500, {
        message: "content is not a list",
        reason: undefined,
      });
    },
  },
  {
    name: "a body of an unknown type is 415",
    async run(api) {
      const ns = await api.namespace();
      const answer = await api.post(paths.configMaps(ns), "hello", { headers: { "content-type": "text/html" } });
      assertStatus(answer, 415, { reason: "UnsupportedMediaType" });
    },
  },
  {
    name: "a body that is no JSON is 400",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.post(paths.configMaps(ns), '{"kind":'), 400, { reason: "BadRequest" });
      assertStatus(await api.post(paths.configMaps(ns), "[]"), 400, { reason: "BadRequest" });
    },
  },
  {
    name: "a wrong type is told with the name that Go has for the right one",
    async run(api) {
      const ns = await api.namespace();
      const told = async (path: string, body: JsonBody): Promise<string> =>
        assertStatus(await api.post(path, body), 400, { reason: "BadRequest" }).message.replace(/^.* of type /, "");
      const withSpec = (spec: JsonBody): JsonBody => ({ metadata: { name: "one" }, spec });
      assert.equal(await told(paths.services(ns), withSpec({ type: 1 })), "v1.ServiceType");
      assert.equal(await told(paths.services(ns), withSpec({ ipFamilies: "IPv4" })), "[]v1.IPFamily");
      assert.equal(await told(paths.services(ns), withSpec({ ipFamilies: [4] })), "v1.IPFamily");
      assert.equal(await told(paths.services(ns), withSpec({ clusterIP: 4 })), "string");
      assert.equal(await told(paths.pods(ns), withSpec({ containers: [{ name: "a", imagePullPolicy: true }] })), "v1.PullPolicy");
      assert.equal(await told(paths.pods(ns), withSpec({ containers: [{ name: "a", resources: { limits: 1 } }] })), "v1.ResourceList");
      assert.equal(await told(paths.configMaps(ns), { metadata: { name: "one", uid: 1 } }), "types.UID");
    },
  },
  {
    name: "an empty body is refused",
    async run(api) {
      const ns = await api.namespace();
      const answer = await api.post(paths.configMaps(ns), "");
      assert.ok(answer.status === 400 || answer.status === 422, String(answer.status));
    },
  },
  {
    name: "a wrong type in a body is 400 and names the field",
    async run(api) {
      const ns = await api.namespace();
      const status = assertStatus(await api.post(paths.configMaps(ns), { ...configMap("one"), data: "text" }), 400, {
        reason: "BadRequest",
      });
      assert.match(
        status.message,
        /ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal string into Go struct field ConfigMap\.data/,
      );
    },
  },
  {
    name: "no credentials is 403 for an anonymous user, wrong ones are 401",
    async run(api) {
      const ns = await api.namespace();
      const status = assertStatus(await api.get(paths.configMaps(ns), { token: null }), 403, { reason: "Forbidden" });
      assert.equal(
        status.message,
        `configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "${ns}"`,
      );
      assertStatus(await api.get(paths.configMaps(ns), { token: "not-a-token" }), 401, { reason: "Unauthorized", message: "Unauthorized" });
    },
  },
  {
    name: "an apply that creates asks for the right to create, and one that changes does not",
    async run(api) {
      const ns = await api.namespace();
      const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}`;
      const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["patch"] }];
      const subjects = [{ kind: "ServiceAccount", name: "patcher", namespace: ns }];
      const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "patcher" };
      assertCode(await api.post(`/api/v1/namespaces/${ns}/serviceaccounts`, { metadata: { name: "patcher" } }), 201);
      assertCode(await api.post(`${rbac}/roles`, { metadata: { name: "patcher" }, rules }), 201);
      assertCode(await api.post(`${rbac}/rolebindings`, { metadata: { name: "patcher" }, roleRef, subjects }), 201);
      assertCode(await api.post(paths.configMaps(ns), configMap("there")), 201);
      const asked = assertCode(await api.post(`/api/v1/namespaces/${ns}/serviceaccounts/patcher/token`, { spec: {} }), 201);
      const { token } = asked["status"] as { token: string };
      const apply = (name: string) =>
        api.patch("apply", `${paths.configMaps(ns)}/${name}?fieldManager=m`, { ...configMap(name), data: { more: "b" } }, { token });
      // A real server takes a moment to hear of the Role.
      for (let tries = 0; tries < 100 && (await apply("there")).status === 403; tries += 1) await sleep(20);
      assert.equal((await apply("there")).status, 200);
      const status = assertStatus(await apply("new"), 403, { reason: "Forbidden" });
      assert.equal(
        status.message,
        `configmaps "new" is forbidden: User "system:serviceaccount:${ns}:patcher" cannot create resource "configmaps" in API group "" in the namespace "${ns}"`,
      );
    },
  },
  {
    name: "rights are checked before the body and before existence",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.post(paths.configMaps(ns), "not json", { token: null }), 403, { reason: "Forbidden" });
      assertStatus(await api.get(`${paths.configMaps(ns)}/nothing`, { token: null }), 403, { reason: "Forbidden" });
    },
  },
  {
    name: "a user asks what it may do and who it is",
    async run(api) {
      const ns = await api.namespace();
      const may = { spec: { resourceAttributes: { namespace: ns, verb: "create", resource: "pods" } } };
      const authorization = "/apis/authorization.k8s.io/v1";
      const yes = assertCode(await api.post(`${authorization}/selfsubjectaccessreviews`, may), 201);
      assertIncludes(yes, { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", status: { allowed: true } });
      const who = assertCode(await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {}), 201);
      assertIncludes(who, { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1" });
      assert.ok(who.status.userInfo.groups.includes("system:authenticated"), JSON.stringify(who.status));
    },
  },
  {
    name: "a token is reviewed: whose it is, or that it is nobody's",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.serviceAccounts(ns), { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "me" } });
      const { status } = assertCode(await api.post(`${paths.serviceAccounts(ns)}/me/token`, { spec: {} }), 201);
      const reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
      const known = assertCode(await api.post(reviews, { spec: { token: status.token } }), 201);
      assertIncludes(known.status, { authenticated: true, user: { username: `system:serviceaccount:${ns}:me` } });
      assert.ok(known.status.user.groups.includes(`system:serviceaccounts:${ns}`));
      const unknown = assertCode(await api.post(reviews, { spec: { token: "not-a-token" } }), 201);
      assert.notEqual(unknown.status.authenticated, true);
    },
  },
  {
    name: "anyone may ask for health and version",
    async run(api) {
      for (const path of ["/healthz", "/livez", "/readyz"]) {
        const answer = await api.get(path, { token: null });
        assert.equal(`${answer.status} ${answer.text}`, "200 ok", path);
      }
      const version = assertCode(await api.get("/version", { token: null }), 200);
      assert.match(version.gitVersion, /^v1\.\d+\.\d+/);
      assertIncludes(version, { major: "1" });
    },
  },
  {
    name: "an unknown field is dropped, warned of or refused, as fieldValidation says",
    async run(api) {
      const ns = await api.namespace();
      const object = { ...configMap("one"), extra: 1 };
      const path = paths.configMaps(ns);
      const strict = assertStatus(await api.post(`${path}?fieldValidation=Strict`, object), 400, { reason: "BadRequest" });
      assert.match(strict.message, /strict decoding error: unknown field "extra"/);
      const warned = await api.post(`${path}?fieldValidation=Warn`, object);
      assert.equal(assertCode(warned, 201).extra, undefined);
      assert.equal(warned.headers["warning"], '299 - "unknown field \\"extra\\""');
      const ignored = await api.put(`${path}/one?fieldValidation=Ignore`, object);
      assert.equal(assertCode(ignored, 200).extra, undefined);
      assert.equal(ignored.headers["warning"], undefined);
      assertStatus(await api.post(`${path}?fieldValidation=Maybe`, object), 422, { reason: "Invalid" });
    },
  },
  {
    name: "without fieldValidation the server warns",
    async run(api) {
      const ns = await api.namespace();
      const answer = await api.post(paths.configMaps(ns), { ...configMap("one"), extra: 1 });
      assertCode(answer, 201);
      assert.equal(answer.headers["warning"], '299 - "unknown field \\"extra\\""');
    },
  },
  {
    name: "a duplicate key is refused when strict, and the last one counts otherwise",
    async run(api) {
      const ns = await api.namespace();
      const text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"1","a":"2"}}';
      const strict = assertStatus(await api.post(`${paths.configMaps(ns)}?fieldValidation=Strict`, text), 400);
      assert.match(strict.message, /strict decoding error: duplicate field "data\[a\]"|duplicate field "data\.a"/);
      assert.deepEqual(assertCode(await api.post(`${paths.configMaps(ns)}?fieldValidation=Ignore`, text), 201).data, { a: "2" });
    },
  },
  {
    name: "an unknown field of a custom resource is refused when strict",
    async run(api) {
      const ns = await api.namespace();
      const schema = { type: "object", properties: { spec: { type: "object", properties: { a: { type: "integer" } } } } };
      const kind = await api.customKind({ schema });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec: { a: 1, b: 2 } };
      const strict = assertStatus(await api.post(`${kind.path(ns)}?fieldValidation=Strict`, object), 400, { reason: "BadRequest" });
      assert.match(strict.message, /strict decoding error: unknown field "spec\.b"/);
      const warned = await api.post(kind.path(ns), object);
      assert.deepEqual(assertCode(warned, 201).spec, { a: 1 });
      assert.equal(warned.headers["warning"], '299 - "unknown field \\"spec.b\\""');
    },
  },
  {
    name: "YAML is taken by its first document",
    async run(api) {
      const ns = await api.namespace();
      const yaml =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: 'yes'}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n";
      const made = assertCode(await api.post(paths.configMaps(ns), yaml, { headers: { "content-type": "application/yaml" } }), 201);
      assertIncludes(made, { metadata: { name: "one" }, data: { a: "yes" } });
      assertStatus(await api.get(`${paths.configMaps(ns)}/two`), 404);
    },
  },
  {
    name: "YAML is version 1.1: y and on are booleans, 017 is octal",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const yaml = `apiVersion: ${kind.apiVersion}\nkind: ${kind.kind}\nmetadata: {name: one}\nspec: {on: y, off: No, seventeen: 017}\n`;
      const made = assertCode(await api.post(kind.path(ns), yaml, { headers: { "content-type": "application/yaml" } }), 201);
      assert.deepEqual(made.spec, { true: true, false: false, seventeen: 15 });
    },
  },
  {
    name: "a number among the data of a Secret is told as no bytes",
    async run(api) {
      const ns = await api.namespace();
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "one" } };
      const told = (of: string): string => `Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal ${of}`;
      assertStatus(await api.post(paths.secrets(ns), { ...secret, data: { a: 1 } }), 400, {
        message: told("number into Go struct field Secret.data of type []uint8"),
      });
      assertStatus(await api.post(paths.secrets(ns), { ...secret, data: "x" }), 400, {
        message: told("string into Go struct field Secret.data of type map[string][]uint8"),
      });
    },
  },
];
