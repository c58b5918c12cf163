import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase, type CaseContext } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, coreEvent, paths, pod } from "./sample-objects.ts";

function namesOf(list: JsonBody): string[] {
  return list.items.map((item: JsonBody) => item.metadata.name);
}

async function five(api: CaseContext): Promise<string> {
  const ns = await api.namespace();
  for (const name of ["a", "b", "c", "d", "e"]) await api.create(paths.configMaps(ns), configMap(name));
  return paths.configMaps(ns);
}

const FAR_FUTURE = "999999999999";

/** Reading lists: pages, versions, selectors. */
export const listingCases: readonly ApiCase[] = [
  {
    name: "a list is in the order of names, and its items carry no apiVersion and kind",
    async run(api) {
      const path = await five(api);
      const list = assertCode(await api.get(path), 200);
      assertIncludes(list, { kind: "ConfigMapList", apiVersion: "v1", metadata: { continue: undefined, remainingItemCount: undefined } });
      assert.deepEqual(namesOf(list), ["a", "b", "c", "d", "e"]);
      assert.match(list.metadata.resourceVersion, /^[1-9][0-9]*$/);
      for (const item of list.items) assertIncludes(item, { kind: undefined, apiVersion: undefined });
    },
  },
  {
    name: "a list of custom resources has continue and its items carry apiVersion and kind",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const empty = assertCode(await api.get(kind.path(ns)), 200);
      assertIncludes(empty, { kind: "WidgetList", apiVersion: kind.apiVersion, items: [], metadata: { continue: "" } });
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      const list = assertCode(await api.get(kind.path(ns)), 200);
      assertIncludes(list, { items: [{ kind: kind.kind, apiVersion: kind.apiVersion, metadata: { name: "one" } }] });
    },
  },
  {
    name: "limit and continue page through one version of the list",
    async run(api) {
      const path = await five(api);
      const first = assertCode(await api.get(`${path}?limit=2`), 200);
      assert.deepEqual(namesOf(first), ["a", "b"]);
      assert.equal(first.metadata.remainingItemCount, 3);
      await api.create(path, configMap("bb"));
      assertCode(await api.delete(`${path}/e`), 200);
      const second = assertCode(await api.get(`${path}?limit=2&continue=${first.metadata.continue}`), 200);
      assert.deepEqual(namesOf(second), ["c", "d"]);
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
      assert.equal(second.metadata.remainingItemCount, 1);
      const third = assertCode(await api.get(`${path}?limit=2&continue=${second.metadata.continue}`), 200);
      assert.deepEqual(namesOf(third), ["e"]);
      assertIncludes(third.metadata, {
        continue: undefined,
        remainingItemCount: undefined,
        resourceVersion: first.metadata.resourceVersion,
      });
    },
  },
  {
    name: "a page of a list with a selector does not count what is left",
    async run(api) {
      const path = await five(api);
      await api.patch("merge", `${path}/a`, { metadata: { labels: { take: "yes" } } });
      await api.patch("merge", `${path}/e`, { metadata: { labels: { take: "yes" } } });
      const page = assertCode(await api.get(`${path}?limit=1&labelSelector=take`), 200);
      assert.deepEqual(namesOf(page), ["a"]);
      assert.notEqual(page.metadata.continue ?? "", "");
      assert.equal(page.metadata.remainingItemCount, undefined);
    },
  },
  {
    name: "a page that is full says where the next one begins, even if nothing there fits the selector",
    async run(api) {
      const maps = paths.configMaps(await api.namespace());
      await api.create(maps, configMap("a", {}, { labels: { take: "yes" } }));
      await api.create(maps, configMap("b"));
      const page = assertCode(await api.get(`${maps}?limit=1&labelSelector=take`), 200);
      assertIncludes(page, { items: [{ metadata: { name: "a" } }] });
      const next = assertCode(
        await api.get(`${maps}?limit=1&labelSelector=take&continue=${encodeURIComponent(page.metadata.continue)}`),
        200,
      );
      assert.deepEqual([next.items, next.metadata.continue], [[], undefined]);
    },
  },
  {
    name: "a continue token that is none is 400",
    async run(api) {
      const path = await five(api);
      assertStatus(await api.get(`${path}?limit=2&continue=nonsense`), 400, { reason: "BadRequest" });
    },
  },
  {
    name: "continue with a resourceVersion is refused",
    async run(api) {
      const path = await five(api);
      const first = assertCode(await api.get(`${path}?limit=2`), 200);
      const token = first.metadata.continue;
      assertStatus(await api.get(`${path}?limit=2&continue=${token}&resourceVersion=${first.metadata.resourceVersion}`), 400, {
        reason: "BadRequest",
      });
    },
  },
  {
    name: "limit is ignored with resourceVersion 0",
    async run(api) {
      const path = await five(api);
      await api.eventually(async () => {
        const list = assertCode(await api.get(`${path}?limit=2&resourceVersion=0`), 200);
        assert.equal(list.items.length, 5);
      });
    },
  },
  {
    name: "limit with a resourceVersion pages that version",
    async run(api) {
      const path = await five(api);
      const before = assertCode(await api.get(path), 200).metadata.resourceVersion;
      await api.create(path, configMap("aa"));
      const page = assertCode(await api.get(`${path}?limit=2&resourceVersion=${before}`), 200);
      assert.deepEqual(namesOf(page), ["a", "b"]);
      assert.equal(page.metadata.resourceVersion, before);
    },
  },
  {
    name: "resourceVersionMatch Exact lists that version, and NotOlderThan one at least as new",
    async run(api) {
      const path = await five(api);
      const before = assertCode(await api.get(path), 200).metadata.resourceVersion;
      const added = await api.create(path, configMap("f"));
      const exact = assertCode(await api.get(`${path}?resourceVersion=${before}&resourceVersionMatch=Exact`), 200);
      assert.equal(exact.items.length, 5);
      assert.equal(exact.metadata.resourceVersion, before);
      const notOlder = assertCode(
        await api.get(`${path}?resourceVersion=${added.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`),
        200,
      );
      assert.equal(notOlder.items.length, 6);
    },
  },
  {
    name: "resourceVersionMatch is refused where it makes no sense",
    async run(api) {
      const path = await five(api);
      for (const query of [
        "resourceVersionMatch=Exact",
        "resourceVersion=0&resourceVersionMatch=Exact",
        "resourceVersion=1&resourceVersionMatch=Sometimes",
      ]) {
        assertStatus(await api.get(`${path}?${query}`), 422, { reason: "Invalid" });
      }
    },
  },
  {
    name: "a list or object from the future is 504 with a cause and Retry-After",
    async run(api) {
      const path = await five(api);
      for (const url of [`${path}?resourceVersion=${FAR_FUTURE}`, `${path}/a?resourceVersion=${FAR_FUTURE}`]) {
        const answer = await api.get(url);
        const status = assertStatus(answer, 504, { reason: "Timeout" });
        assertIncludes(status.details.causes, [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }]);
        assert.ok(Number(answer.headers["retry-after"]) >= 1, "Retry-After is sent");
      }
    },
  },
  {
    name: "a resourceVersion that is no number is 400 on a list, and 500 on an object",
    async run(api) {
      const path = await five(api);
      assertStatus(await api.get(`${path}?resourceVersion=abc`), 400, { reason: "BadRequest" });
      assertStatus(await api.get(`${path}/a?resourceVersion=abc`), 500);
    },
  },
  {
    name: "a list of all namespaces has them all",
    async run(api) {
      const [one, two] = [await api.namespace(), await api.namespace()];
      await api.create(paths.configMaps(one), configMap("x", {}, { labels: { case: api.id } }));
      await api.create(paths.configMaps(two), configMap("x", {}, { labels: { case: api.id } }));
      const list = assertCode(await api.get(`/api/v1/configmaps?labelSelector=case%3D${api.id}`), 200);
      assert.deepEqual(list.items.map((item: JsonBody) => item.metadata.namespace).sort(), [one, two].sort());
    },
  },
  {
    name: "label selectors take equality, sets and existence",
    async run(api) {
      const path = await five(api);
      const label = (name: string, labels: JsonBody): Promise<unknown> => api.patch("merge", `${path}/${name}`, { metadata: { labels } });
      await label("a", { tier: "front", env: "prod" });
      await label("b", { tier: "back", env: "prod" });
      await label("c", { tier: "back" });
      const table: readonly (readonly [string, readonly string[]])[] = [
        ["tier=front", ["a"]],
        ["tier==front", ["a"]],
        ["tier!=front", ["b", "c", "d", "e"]],
        ["tier in (front,back)", ["a", "b", "c"]],
        ["tier notin (front)", ["b", "c", "d", "e"]],
        ["tier", ["a", "b", "c"]],
        ["!tier", ["d", "e"]],
        ["tier=back,env=prod", ["b"]],
        ["tier in (back),!env", ["c"]],
        ["", ["a", "b", "c", "d", "e"]],
      ];
      for (const [selector, names] of table) {
        const list = assertCode(await api.get(`${path}?labelSelector=${encodeURIComponent(selector)}`), 200);
        assert.deepEqual(namesOf(list), names, selector);
      }
      assertStatus(await api.get(`${path}?labelSelector=${encodeURIComponent("tier in front")}`), 400, { reason: "BadRequest" });
    },
  },
  {
    name: "field selectors take metadata.name and metadata.namespace of every kind",
    async run(api) {
      const path = await five(api);
      assert.deepEqual(namesOf(assertCode(await api.get(`${path}?fieldSelector=metadata.name%3Dc`), 200)), ["c"]);
      assert.deepEqual(namesOf(assertCode(await api.get(`${path}?fieldSelector=metadata.name!%3Dc`), 200)), ["a", "b", "d", "e"]);
      const ns = path.split("/")[4];
      const all = assertCode(await api.get(`/api/v1/configmaps?fieldSelector=metadata.namespace%3D${ns}%2Cmetadata.name%3Da`), 200);
      assert.deepEqual(namesOf(all), ["a"]);
    },
  },
  {
    name: "a field selector on another field is 400",
    async run(api) {
      const path = await five(api);
      const status = assertStatus(await api.get(`${path}?fieldSelector=data.a%3D1`), 400, { reason: "BadRequest" });
      assert.match(status.message, /"data\.a" is not a known field selector|field label not supported: data\.a/);
      const kind = await api.customKind();
      assertStatus(await api.get(`${kind.path()}?fieldSelector=spec.x%3D1`), 400, { reason: "BadRequest" });
    },
  },
  {
    name: "events are found by the object they are about",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.events(ns), coreEvent("one", ns, "web"));
      await api.create(paths.events(ns), coreEvent("two", ns, "db"));
      const selector = encodeURIComponent(
        `involvedObject.kind=Pod,involvedObject.name=web,involvedObject.namespace=${ns},involvedObject.uid=uid-of-web`,
      );
      assert.deepEqual(namesOf(assertCode(await api.get(`${paths.events(ns)}?fieldSelector=${selector}`), 200)), ["one"]);
      const more = encodeURIComponent("reason=Started,type=Normal,reportingComponent=,source=test,involvedObject.apiVersion=v1");
      assert.deepEqual(namesOf(assertCode(await api.get(`${paths.events(ns)}?fieldSelector=${more}`), 200)), ["one", "two"]);
    },
  },
  {
    name: "pods are found by node and phase",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      const two = pod("two");
      await api.create(paths.pods(ns), { ...two, spec: { ...two.spec, nodeName: "node-1" } });
      const find = async (selector: string): Promise<string[]> =>
        namesOf(assertCode(await api.get(`${paths.pods(ns)}?fieldSelector=${encodeURIComponent(selector)}`), 200));
      assert.deepEqual(await find("spec.nodeName=node-1"), ["two"]);
      assert.deepEqual(await find("spec.nodeName="), ["one"]);
      assert.deepEqual(await find("status.phase=Pending"), ["one", "two"]);
      assert.deepEqual(await find("status.phase!=Pending"), []);
    },
  },
  {
    name: "a custom resource's selectable fields select",
    async run(api) {
      const ns = await api.namespace();
      const schema = { type: "object", properties: { spec: { type: "object", properties: { color: { type: "string" } } } } };
      const kind = await api.customKind({ schema, version: { selectableFields: [{ jsonPath: ".spec.color" }] } });
      for (const color of ["red", "blue"]) {
        await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: color }, spec: { color } });
      }
      assert.deepEqual(namesOf(assertCode(await api.get(`${kind.path(ns)}?fieldSelector=spec.color%3Dblue`), 200)), ["blue"]);
    },
  },
  {
    name: "metadata alone is sent when asked for as PartialObjectMetadata",
    async run(api) {
      const path = await five(api);
      const one = assertCode(
        await api.get(`${path}/a`, { headers: { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" } }),
        200,
      );
      assertIncludes(one, { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: { name: "a" }, data: undefined });
      const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
      const list = assertCode(await api.get(path, { headers: { accept } }), 200);
      assertIncludes(list, { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" });
      assert.deepEqual(namesOf(list), ["a", "b", "c", "d", "e"]);
      for (const item of list.items) assert.equal(item.data, undefined);
    },
  },
];
