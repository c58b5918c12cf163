import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { ApiServer } from "../api-server.ts";
import { RawApi, type RawAnswer } from "../testing/raw-api.ts";

const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const boss = { token: "boss", user: { name: "boss", groups: ["system:authenticated"] } };

type Headers = Readonly<Record<string, string>>;

async function whoIs(api: RawApi, headers: Headers, repeatedHeaders: Readonly<Record<string, readonly string[]>> = {}): Promise<unknown> {
  const { status, body } = await api.server.transport().request({
    method: "POST",
    path: REVIEWS,
    headers: { "content-type": "application/json", ...headers },
    repeatedHeaders,
    body: new TextEncoder().encode("{}"),
  });
  let text = "";
  for await (const chunk of body) text += new TextDecoder().decode(chunk);
  const answer = JSON.parse(text) as { message?: string; status: { userInfo: unknown } };
  return status === 201 ? answer.status.userInfo : `${status} ${answer.message}`;
}

/** What the user `boss` is answered, who has these rights. */
async function asBoss(
  rules: readonly object[],
  headers: Headers,
  repeated: Readonly<Record<string, readonly string[]>> = {},
): Promise<string> {
  await using api = await RawApi.start({});
  await api.post(`${RBAC}/clusterroles`, { metadata: { name: "r" }, rules });
  await api.post(`${RBAC}/clusterrolebindings`, {
    metadata: { name: "r" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "boss" }],
  });
  await api.post(`${RBAC}/clusterroles`, {
    metadata: { name: "jane" },
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }],
  });
  await api.post(`${RBAC}/clusterrolebindings`, {
    metadata: { name: "jane" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "jane" },
    subjects: [
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" },
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "readers" },
    ],
  });
  const { status, body } = await api.server
    .transport({ user: boss.user })
    .request({ method: "GET", path: "/api/v1/namespaces/default/configmaps", headers, repeatedHeaders: repeated });
  let text = "";
  for await (const chunk of body) text += new TextDecoder().decode(chunk);
  return status === 200 ? "200" : `${status} ${(JSON.parse(text) as { message: string }).message}`;
}

const legacy = (resources: readonly string[], apiGroups: readonly string[] = ["", "authentication.k8s.io"]): object => ({
  apiGroups,
  resources,
  verbs: ["impersonate"],
});

describe("an impersonating request", () => {
  it.each<[string, Headers, Readonly<Record<string, readonly string[]>>, unknown]>([
    ["a user", { "impersonate-user": "jane" }, {}, { username: "jane", groups: ["system:authenticated"] }],
    [
      "all there is to a user",
      { "impersonate-user": "jane", "impersonate-uid": "u" },
      { "impersonate-group": ["a", "b, c"], "impersonate-extra-acme.com%2Fproject": ["x", "y"] },
      { username: "jane", uid: "u", groups: ["a", "b, c", "system:authenticated"], extra: { "acme.com/project": ["x", "y"] } },
    ],
    [
      "a service account, with its groups",
      { "impersonate-user": "system:serviceaccount:ns:sa" },
      {},
      { username: "system:serviceaccount:ns:sa", groups: ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"] },
    ],
    ["nobody", {}, {}, { username: "admin", groups: ["system:masters", "system:authenticated"] }],
    [
      "a group without a user, which is refused",
      {},
      { "impersonate-group": ["a"] },
      '400 requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"a"}, Extra:map[string][]string(nil)} without impersonating a user name',
    ],
  ])("is %s", async (_title, headers, repeated, expected) => {
    await using api = await RawApi.start({});
    expect(await whoIs(api, headers, repeated)).toEqual(expected);
  });

  it.each<[string, readonly object[], Headers, Readonly<Record<string, readonly string[]>>, string]>([
    [
      "nothing at all",
      [],
      { "impersonate-user": "jane" },
      {},
      '403 configmaps is forbidden: User "boss" cannot impersonate-on:user-info:list resource',
    ],
    ["impersonate users", [legacy(["users"])], { "impersonate-user": "jane" }, {}, "200"],
    [
      "impersonate users, one who may not",
      [legacy(["users"])],
      { "impersonate-user": "joe" },
      {},
      '403 configmaps is forbidden: User "joe" cannot list',
    ],
    [
      "impersonate users and groups",
      [legacy(["users", "groups"])],
      { "impersonate-user": "joe" },
      { "impersonate-group": ["readers"] },
      "200",
    ],
    [
      "impersonate users, not groups",
      [legacy(["users"])],
      { "impersonate-user": "joe" },
      { "impersonate-group": ["readers"] },
      "403 configmaps is",
    ],
    [
      "impersonate users, not uids",
      [legacy(["users"], [""])],
      { "impersonate-user": "jane", "impersonate-uid": "u" },
      {},
      "403 configmaps is",
    ],
    [
      "impersonate users and one extra",
      [legacy(["users", "userextras/scope"])],
      { "impersonate-user": "jane", "impersonate-extra-scope": "x" },
      {},
      "200",
    ],
    [
      "be a user, to list",
      [
        { apiGroups: ["authentication.k8s.io"], resources: ["users"], verbs: ["impersonate:user-info"] },
        { apiGroups: [""], resources: ["configmaps"], verbs: ["impersonate-on:user-info:list"] },
      ],
      { "impersonate-user": "jane" },
      {},
      "200",
    ],
    [
      "be a user, to get",
      [
        { apiGroups: ["authentication.k8s.io"], resources: ["users"], verbs: ["impersonate:user-info"] },
        { apiGroups: [""], resources: ["configmaps"], verbs: ["impersonate-on:user-info:get"] },
      ],
      { "impersonate-user": "jane" },
      {},
      "403 configmaps is",
    ],
    [
      "list as a user, but be none",
      [{ apiGroups: [""], resources: ["configmaps"], verbs: ["impersonate-on:user-info:list"] }],
      { "impersonate-user": "jane" },
      {},
      '403 users.authentication.k8s.io "jane" is forbidden: User "boss" cannot impersonate:user-info resource "users"',
    ],
  ])("of one who may %s", async (_title, rules, headers, repeated, expected) => {
    expect(await asBoss(rules, headers, repeated)).toContain(expected);
  });

  it("over a socket has a header for each group, and a group may hold a comma", async () => {
    await using server = await ApiServer.start({ tls: false });
    const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json", "impersonate-user": "jane" };
    const answer = await new Promise<RawAnswer["json"]>((resolve, reject) => {
      const sent = request(
        `${server.url}${REVIEWS}`,
        { method: "POST", headers: { ...headers, "impersonate-group": ["a", "b, c"] } },
        (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => (text += chunk.toString()));
          response.on("end", () => resolve(JSON.parse(text) as RawAnswer["json"]));
        },
      );
      sent.on("error", reject);
      sent.end("{}");
    });
    expect(answer["status"]?.["userInfo"]).toEqual({ username: "jane", groups: ["a", "b, c", "system:authenticated"] });
  });
});
