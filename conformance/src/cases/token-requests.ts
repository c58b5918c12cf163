import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody, RawResponse } from "../raw-http.ts";
import { paths, pod } from "./sample-objects.ts";

interface Account {
  readonly namespace: string;
  ask(spec: JsonBody, metadata?: JsonBody): Promise<RawResponse>;
}

/** A service account to ask for tokens of. */
async function accountOf(api: CaseContext): Promise<Account> {
  const namespace = await api.namespace();
  await api.create(paths.serviceAccounts(namespace), { metadata: { name: "me" } });
  return {
    namespace,
    ask: (spec, metadata = {}) =>
      api.post(`${paths.serviceAccounts(namespace)}/me/token`, {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        metadata,
        spec,
      }),
  };
}

function claimsOf({ status }: JsonBody): JsonBody {
  return JSON.parse(Buffer.from(status.token.split(".")[1], "base64url").toString("utf8"));
}

function boundTo(kind: string, name: string, more: JsonBody = {}): JsonBody {
  return { boundObjectRef: { apiVersion: "v1", kind, name, ...more } };
}

/** What a TokenRequest may ask for, what it is answered, and how long its token counts. */
export const tokenRequestCases: readonly ApiCase[] = [
  {
    name: "a TokenRequest is answered with whose token it is, for whom and how long",
    async run(api) {
      const { namespace, ask } = await accountOf(api);
      const answer = assertCode(await ask({ audiences: ["a", "b"], expirationSeconds: 600 }), 201);
      assertIncludes(answer, {
        metadata: { name: "me", namespace },
        spec: { audiences: ["a", "b"], expirationSeconds: 600, boundObjectRef: null },
      });
      const [owner] = answer.metadata.managedFields;
      assertIncludes(owner, { subresource: "token", fieldsV1: { "f:spec": { "f:audiences": {}, "f:expirationSeconds": {} } } });
      const claims = claimsOf(answer);
      assertIncludes(claims, { aud: ["a", "b"], sub: `system:serviceaccount:${namespace}:me` });
      assert.equal(claims.exp - claims.iat, 600);
      const usual = assertCode(await ask({}), 201);
      assert.equal(usual.spec.expirationSeconds, 3600);
      assert.deepEqual(claimsOf(usual).aud, usual.spec.audiences);
    },
  },
  {
    name: "a TokenRequest about another account, or for too short, is refused",
    async run(api) {
      const { ask } = await accountOf(api);
      assertStatus(await ask({}, { name: "you" }), 422, {
        details: {
          causes: [{ field: "metadata.name", message: 'Invalid value: "you": must match the service account name if specified' }],
        },
      });
      assertStatus(await ask({}, { namespace: "elsewhere" }), 400);
      assertStatus(await ask({}, { uid: "another" }), 409);
      assertStatus(await ask({ expirationSeconds: 599 }), 422);
    },
  },
  {
    name: "a token is bound to an object that is there, and for a pod to one that runs as the account",
    async run(api) {
      const { namespace, ask } = await accountOf(api);
      assertStatus(await ask(boundTo("Pod", "none")), 404, { message: 'pods "none" not found' });
      assertStatus(await ask(boundTo("Secret", "none")), 404);
      assertStatus(await ask(boundTo("Node", "none")), 404);
      assertStatus(await ask(boundTo("ConfigMap", "one")), 400, { message: "cannot bind token to object of type /v1, Kind=ConfigMap" });
      const other = await api.create(paths.pods(namespace), pod("other"));
      assert.notEqual(other.spec.serviceAccountName, "me");
      assertStatus(await ask(boundTo("Pod", "other")), 400, {
        message: 'cannot bind token for serviceaccount "me" to pod running with different serviceaccount name.',
      });
      const own = pod("own");
      const spec = { ...own.spec, serviceAccountName: "me", nodeName: "somewhere" };
      const { uid } = (await api.create(paths.pods(namespace), { ...own, spec })).metadata;
      assertStatus(await ask(boundTo("Pod", "own", { uid: "another" })), 409);
      const claims = claimsOf(assertCode(await ask(boundTo("Pod", "own")), 201));
      assertIncludes(claims["kubernetes.io"], { pod: { name: "own", uid }, node: { name: "somewhere" } });
    },
  },
  {
    name: "a token counts as long as what it is bound to is there",
    async run(api) {
      const { namespace, ask } = await accountOf(api);
      await api.create(paths.secrets(namespace), { metadata: { name: "one" } });
      const issue = async (): Promise<string> => assertCode(await ask(boundTo("Secret", "one")), 201).status.token;
      // A server may remember for some seconds that a token was good, so each is used once; and it may hear of the deletion a moment later.
      const tokens = await Promise.all(Array.from({ length: 60 }, issue));
      // Whoever is known is told that it may not read a namespace.
      assertStatus(await api.get(`/api/v1/namespaces/${namespace}`, { token: tokens[0] ?? null }), 403);
      assertCode(await api.delete(`${paths.secrets(namespace)}/one`), 200);
      await api.eventually(async () => {
        const token = tokens.pop();
        assert.ok(token, "every token was good after what it is bound to was deleted");
        assertStatus(await api.get(`/api/v1/namespaces/${namespace}`, { token }), 401);
      });
    },
  },
];
