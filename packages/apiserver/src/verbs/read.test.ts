import { ManualClock } from "@operatorkit/observe/testing";
import { expect, it } from "vitest";
import { RawApi, type RawAnswer } from "../testing/raw-api.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

async function withMaps(names: readonly string[]): Promise<RawApi> {
  const api = await RawApi.start();
  for (const name of names) await api.post(MAPS, { metadata: { name, labels: { name } } });
  return api;
}

const namesIn = ({ json }: RawAnswer): unknown =>
  (json["items"] as unknown as { metadata: { name: string } }[]).map((item) => item.metadata.name);

it("pages come from one version, and an expired token can go on inconsistently", async () => {
  await using api = await withMaps(["a", "b", "c", "d"]);
  const first = await api.get(`${MAPS}?limit=2`);
  expect([namesIn(first), first.json["metadata"]?.["remainingItemCount"]]).toEqual([["a", "b"], 2]);
  const token = String(first.json["metadata"]?.["continue"]);
  await api.delete(`${MAPS}/c`);
  await api.post(MAPS, { metadata: { name: "e" } });
  const second = await api.get(`${MAPS}?limit=2&continue=${token}`);
  expect([namesIn(second), second.json["metadata"]]).toEqual([
    ["c", "d"],
    { resourceVersion: first.json["metadata"]?.["resourceVersion"] },
  ]);
  api.server.compact();
  const expired = await api.get(`${MAPS}?limit=2&continue=${token}`);
  expect(expired.json).toMatchObject({ code: 410, reason: "Expired" });
  const rest = await api.get(`${MAPS}?limit=5&continue=${String(expired.json["metadata"]?.["continue"])}`);
  expect(namesIn(rest)).toEqual(["d", "e"]);
});

it("a token of one namespace leads nowhere else", async () => {
  await using api = await withMaps(["a", "b"]);
  await api.post("/api/v1/namespaces/kube-system/configmaps", { metadata: { name: "secret" } });
  const token = String((await api.get(`${MAPS}?limit=1`)).json["metadata"]?.["continue"]);
  expect(namesIn(await api.get(`/api/v1/namespaces/kube-system/configmaps?continue=${token}`))).toEqual(["secret"]);
});

it.each([
  ["labelSelector=name in (a,c)", ["a", "c"]],
  ["labelSelector=name!=a", ["b", "c"]],
  ["fieldSelector=metadata.name=b", ["b"]],
  ["fieldSelector=metadata.name!=b,metadata.namespace=default", ["a", "c"]],
  ["limit=2&resourceVersion=0", ["a", "b", "c"]],
])("%s lists %j", async (query, expected) => {
  await using api = await withMaps(["a", "b", "c"]);
  expect(namesIn(await api.get(`${MAPS}?${query.replaceAll(" ", "%20")}`))).toEqual(expected);
});

it.each([
  ["labelSelector=a,,b", 400, "found ',', expected: identifier after ','"],
  ["fieldSelector=foo=bar", 400, '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ["fieldSelector=foo", 400, "invalid selector: 'foo'; can't understand 'foo'"],
  ["resourceVersion=99999", 504, "Too large resource version: 99999, current: "],
  ["resourceVersion=abc", 400, "invalid resource version: resourceVersion: Invalid value"],
  ["resourceVersionMatch=Exact", 422, "resourceVersionMatch is forbidden unless resourceVersion is provided"],
  ["resourceVersion=0&resourceVersionMatch=Exact", 422, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'],
  ["limit=abc", 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
  ["continue=abc", 400, "invalid continue token: "],
  ["sendInitialEvents=true", 422, "sendInitialEvents is forbidden for list"],
])("%s is answered %i", async (query, status, message) => {
  await using api = await withMaps(["a"]);
  const answer = await api.get(`${MAPS}?${query}`);
  expect(answer.status).toBe(status);
  expect(answer.json["message"]).toContain(message);
});

const accept = (as: string): { headers: Record<string, string> } => ({
  headers: { accept: `application/json;as=${as};v=v1;g=meta.k8s.io` },
});

it("metadata alone, tables and YAML are shown when asked for", async () => {
  await using api = await withMaps(["a"]);
  expect((await api.get(`${MAPS}/a`, accept("PartialObjectMetadata"))).json).toMatchObject({
    kind: "PartialObjectMetadata",
    metadata: { name: "a" },
  });
  expect((await api.get(MAPS, accept("PartialObjectMetadataList"))).json).toMatchObject({ items: [{ kind: "PartialObjectMetadata" }] });
  expect((await api.get(MAPS, accept("Table"))).json).toMatchObject({ kind: "Table", rows: [{ cells: ["a", 0, expect.any(String)] }] });
  expect((await api.get(MAPS, accept("PartialObjectMetadata"))).status).toBe(406);
  expect((await api.get(`${MAPS}/a`, { headers: { accept: "application/yaml" } })).text).toContain("kind: ConfigMap\n");
});

it("a watch sends a change of selection as ADDED and DELETED", async () => {
  await using api = await withMaps([]);
  const version = api.server.resourceVersion;
  await api.post(MAPS, { metadata: { name: "a", labels: { on: "no" } }, data: { x: "1" } });
  await api.patch("merge", `${MAPS}/a`, { metadata: { labels: { on: "yes" } } });
  await api.patch("merge", `${MAPS}/a`, { data: { x: "2" } });
  const left = await api.patch("merge", `${MAPS}/a`, { metadata: { labels: { on: "no" } }, data: { x: "3" } });
  const events = await api.watch(`${MAPS}?watch=1&labelSelector=on=yes&resourceVersion=${version}&timeoutSeconds=1`);
  expect(events.map(({ type, object }) => [type, object?.["data"]?.["x"]])).toEqual([
    ["ADDED", "1"],
    ["MODIFIED", "2"],
    ["DELETED", "2"],
  ]);
  expect(events[2]?.["object"]?.["metadata"]?.["resourceVersion"]).toBe(left.json["metadata"]?.["resourceVersion"]);
});

it("a watch without a version begins with what there is, and marks its end with a bookmark", async () => {
  await using api = await withMaps(["a", "b"]);
  const events = await api.watch(`${MAPS}?watch=1&timeoutSeconds=1&allowWatchBookmarks=true`);
  expect(events.map(({ type, object }) => [type, object?.["metadata"]?.["name"] ?? object?.["metadata"]?.["annotations"]])).toEqual([
    ["ADDED", "a"],
    ["ADDED", "b"],
    ["BOOKMARK", { "k8s.io/initial-events-end": "true" }],
  ]);
});

it("a watch from a forgotten version says so inside the stream", async () => {
  await using api = await withMaps(["a"]);
  api.server.compact();
  expect(await api.watch(`${MAPS}?watch=1&resourceVersion=2`)).toMatchObject([{ type: "ERROR", object: { code: 410, reason: "Expired" } }]);
});

it("a watch lasts as long as the clock says", async () => {
  const clock = new ManualClock();
  await using api = await RawApi.start({ clock });
  const { body } = await api.send("GET", `${MAPS}?watch=1&timeoutSeconds=60&resourceVersion=${api.server.resourceVersion}`);
  const next = body[Symbol.asyncIterator]().next();
  await clock.advance(60_000);
  expect(await next).toEqual({ done: true, value: undefined });
});

it("what asks for a version that is not there yet is told to come again", async () => {
  await using api = await withMaps(["a"]);
  const answer = await api.get(`${MAPS}/a?resourceVersion=99999`);
  expect([answer.status, answer.headers["retry-after"]]).toEqual([504, "1"]);
  expect(answer.json["details"]?.["causes"]).toEqual([{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }]);
});
