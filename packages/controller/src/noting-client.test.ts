import type { Client } from "@operatorkit/api";
import { ConfigMap } from "@operatorkit/object/kinds";
import { expect, it } from "vitest";
import { NotingClient } from "./noting-client.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";

const a: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "n" } };
const dryRun = { dryRun: true } as const;

/** What is told of when `use` writes: `wrote a`, `wrote a, new`, `deletes a`. @param known whether the object is known of before */
async function told(use: (api: Client) => unknown, known = false): Promise<string[]> {
  const cluster = new FakeCluster([ConfigMap]);
  cluster.put({ ...a, metadata: { ...a.metadata, name: "there" } });
  const notes: string[] = [];
  const api = new NotingClient(cluster.client(), {
    knows: () => known,
    wrote: ({ metadata: { name } }, isNew) => notes.push(`wrote ${name}${isNew ? ", new" : ""}`),
    deletes: (_kind, { name }) => notes.push(`deletes ${name}`),
  });
  await use(api);
  return notes;
}

const there: ConfigMap = { ...a, metadata: { ...a.metadata, name: "there" } };
const patch = { type: "merge", body: { data: { x: "y" } } } as const;

it.each<[string, (api: Client) => unknown, string[], boolean?]>([
  ["a create", (api) => api.create(a), ["wrote a, new"]],
  ["an apply of what is not known", (api) => api.apply(a), ["wrote a, new"]],
  ["an apply of what is known", (api) => api.apply(a), ["wrote a"], true],
  ["an apply of a part of what is not known", (api) => api.apply(there, { subresource: "status" }), ["wrote there"]],
  ["an update", (api) => api.update(there), ["wrote there"]],
  ["a patch", (api) => api.patch(ConfigMap, there.metadata, patch), ["wrote there"]],
  ["a deletion", (api) => api.delete(ConfigMap, there.metadata), ["deletes there"]],
  ["a write with other defaults", (api) => api.with({ fieldManager: "x" }).create(a), ["wrote a, new"]],
  ["dry runs", (api) => Promise.all([api.create(a, dryRun), api.delete(ConfigMap, there.metadata, dryRun)]), []],
  ["reads", (api) => Promise.all([api.get(ConfigMap, there.metadata), api.list(ConfigMap).toArray()]), []],
])("tells of %s", async (_what, use, notes, known) => {
  expect(await told(use, known)).toEqual(notes);
});

it("does not tell of a write that fails", async () => {
  expect(await told((api) => api.create(there).catch(() => {}))).toEqual([]);
});
