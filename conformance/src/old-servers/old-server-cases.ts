import assert from "node:assert/strict";
import {
  createCustomResources,
  CustomResourceClient,
  customResourceDefinitionOf,
  ensureCustomResources,
  newHttpClient,
  type CustomResource,
} from "@operatorkit/client";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { OldServer } from "./old-server.ts";

/** One fact about registering kinds, checked with the client on a server of each of these releases. */
export interface OldServerCase {
  readonly name: string;
  readonly releases: readonly string[];
  run(old: OldServer, release: string): Promise<void>;
}

const THIRD_PARTY = ["1.5", "v1.6.13", "v1.7.0-beta.1"];
const V1BETA1 = ["1.7", "v1.8.4-gke.1", "1.10", "1.11", "1.15"];
const V1 = ["1.16", "1.21", "1.22", "v1.28.3+k3s1", "1.36"];
const CRDS = [...V1BETA1, ...V1];
const ALL = [...THIRD_PARTY, ...CRDS];

const sample: CustomResource = { group: "myproject.io", version: "v1alpha1", kind: "Sample" };
const other: CustomResource = { ...sample, kind: "Other" };
/** Its names are Sample's, but for the plural. */
const rival: CustomResource = { ...sample, plural: "samplings" };

const oddSchema = { type: "object", properties: { spec: { properties: { hello: { type: "string" } } } } };

interface Sample extends KubernetesObject {
  readonly spec: { readonly hello: string };
}

const SampleKind: Kind<Sample> = {
  group: "myproject.io",
  version: "v1alpha1",
  apiVersion: "myproject.io/v1alpha1",
  kind: "Sample",
  plural: "samples",
  singular: "sample",
  listKind: "SampleList",
  namespaced: true,
  shortNames: [],
  categories: [],
};
const hello: Sample = {
  apiVersion: "myproject.io/v1alpha1",
  kind: "Sample",
  metadata: { name: "a", namespace: "default" },
  spec: { hello: "world" },
};

function registrationPath(release: string, kind = "samples"): string {
  if (THIRD_PARTY.includes(release)) return `/apis/extensions/v1beta1/thirdpartyresources/${kind.replace(/s$/, "")}.myproject.io`;
  return `/apis/apiextensions.k8s.io/${V1BETA1.includes(release) ? "v1beta1" : "v1"}/customresourcedefinitions/${kind}.myproject.io`;
}

const requestsLike = ({ requests }: OldServer, pattern: RegExp): number => requests.filter((request) => pattern.test(request)).length;

/** Every case. What the servers do is in the apiserver's `emulation`, after the sources of their time; what is wanted is issue and specification. */
export const oldServerCases: readonly OldServerCase[] = [
  {
    name: "registers a kind in the way of its release; its objects are written, read and listed at once",
    releases: ALL,
    async run(old, release) {
      await old.register([sample]);
      assert.equal(requestsLike(old, new RegExp(`^POST ${registrationPath(release).replace(/\/[^/]+$/, "")}$`)), 1);
      const made = await old.client.create(hello);
      assert.deepEqual([made.spec, made.metadata.namespace], [{ hello: "world" }, "default"]);
      assert.equal((await old.client.get(SampleKind, { name: "a", namespace: "default" })).metadata.uid, made.metadata.uid);
      const answer = await newHttpClient(old.client, "myproject.io", "v1alpha1", [SampleKind]).get("samples");
      assert.ok(answer.type === "list");
      assert.deepEqual(
        answer.items.map(({ metadata }) => metadata.name),
        ["a"],
      );
    },
  },
  {
    name: "finds the kind by discovery, aggregated or not",
    releases: ALL,
    async run(old) {
      await old.register([sample]);
      const kind = await old.client.resolve({ apiVersion: "myproject.io/v1alpha1", kind: "Sample" });
      assert.deepEqual([kind.plural, kind.namespaced], ["samples", true]);
    },
  },
  {
    name: "leaves a registration that is there as it is",
    releases: ALL,
    async run(old, release) {
      await old.register([sample]);
      const path = registrationPath(release);
      const before = await old.client.request({ path });
      await old.register([{ ...sample, shortNames: ["sm"] }]);
      assert.deepEqual(await old.client.request({ path }), before);
    },
  },
  {
    name: "two at once register the same kind, and both find it",
    releases: ALL,
    async run(old) {
      await Promise.all([old.register([sample]), old.register([sample])]);
      await old.client.create(hello);
    },
  },
  {
    name: "a ThirdPartyResource takes the server's next look, and the client waits for it",
    releases: THIRD_PARTY,
    async run(old) {
      await old.register([sample]);
      const tookMs = old.clock.monotonicMs();
      assert.ok(tookMs >= 10_000 && tookMs <= 10_500, `${tookMs} ms`);
    },
  },
  {
    name: "time that is too short ends in Timeout; what was created stays, and is found the next time",
    releases: THIRD_PARTY,
    async run(old, release) {
      await assert.rejects(old.register([sample], 5_000), { name: "CustomResourceError", code: "Timeout", crd: "samples.myproject.io" });
      assert.equal(requestsLike(old, /^DELETE/), 0);
      await old.client.request({ path: registrationPath(release) });
      await old.register([sample]);
    },
  },
  {
    name: "a server that fails to answer is asked again until the time is up",
    releases: CRDS,
    async run(old) {
      old.fail({ when: { verb: "get", resource: "customresourcedefinitions" }, do: { type: "status", code: 500 } });
      await assert.rejects(old.register([sample], 5_000), (error: Error & { code: string; cause: unknown }) => {
        assert.equal(error.code, "Timeout");
        assert.match(String(error.cause), /500|InternalError|Internal Server Error/);
        return true;
      });
      assert.equal(requestsLike(old, /^DELETE/), 0);
      old.server.faults.clear();
      await old.register([sample]);
    },
  },
  {
    name: "failing looks in between do no harm",
    releases: CRDS,
    async run(old) {
      old.fail({ when: { verb: "get", resource: "customresourcedefinitions", times: 3 }, do: { type: "status", code: 404 } });
      await old.register([sample]);
      await old.client.create(hello);
    },
  },
  {
    name: "names that are taken fail at once, by that name; the others are registered all the same",
    releases: CRDS,
    async run(old) {
      await old.register([sample]);
      const startedMs = old.clock.monotonicMs();
      await assert.rejects(old.register([rival]), (error: Error & { code: string; crd: string }) => {
        assert.deepEqual([error.code, error.crd], ["NameConflict", "samplings.myproject.io"]);
        assert.match(error.message, /already in use/);
        return true;
      });
      assert.ok(old.clock.monotonicMs() - startedMs <= 1_000);
      await assert.rejects(old.register([rival, other]), { code: "NameConflict" });
      await old.client.create({ ...hello, kind: "Other" });
      assert.equal(requestsLike(old, /^DELETE/), 0);
    },
  },
  {
    name: "the names of a kind that went away are free",
    releases: CRDS,
    async run(old, release) {
      await old.register([sample]);
      await assert.rejects(old.register([rival]), { code: "NameConflict" });
      await old.client.request({ method: "DELETE", path: registrationPath(release) });
      // The server looks at the others' names when it has taken the kind away.
      await old.clock.advance(1_000);
      await old.register([rival]);
    },
  },
  {
    name: "what cannot be created is told with its cause and not waited for; all that failed are told",
    releases: ALL,
    async run(old) {
      old.fail({ when: { method: "POST" }, do: { type: "status", code: 403, reason: "Forbidden" } });
      await assert.rejects(old.register([sample, other]), (error: AggregateError) => {
        assert.deepEqual(
          error.errors.map((one: { code: string; crd: string; cause: { code: string } }) => [one.code, one.crd, one.cause.code]),
          [
            ["NotApplied", "samples.myproject.io", "Forbidden"],
            ["NotApplied", "others.myproject.io", "Forbidden"],
          ],
        );
        return true;
      });
      assert.equal(old.clock.monotonicMs(), 0);
      assert.equal(requestsLike(old, /myproject/), 0);
    },
  },
  {
    name: "a schema that is not structural is no fault in v1beta1",
    releases: V1BETA1,
    async run(old) {
      await old.register([{ ...sample, schema: oddSchema }]);
      await old.client.create(hello);
    },
  },
  {
    name: "a schema that is not structural is refused in v1, by its field",
    releases: V1,
    async run(old) {
      await assert.rejects(old.register([{ ...sample, schema: oddSchema }]), {
        code: "NotApplied",
        message: /spec\.validation\.openAPIV3Schema\.properties\[spec\]\.type: Required value/,
      });
    },
  },
  {
    name: "objects keep fields that no schema names",
    releases: ALL,
    async run(old) {
      await old.register([sample]);
      const made = await old.client.create({ ...hello, spec: { hello: "world", more: { deep: [1, 2] } } });
      assert.deepEqual(made.spec, { hello: "world", more: { deep: [1, 2] } });
    },
  },
  {
    name: "a kind that is being deleted is waited out and made again, without its objects",
    releases: CRDS,
    async run(old, release) {
      await old.register([sample]);
      await old.client.create(hello);
      const path = registrationPath(release);
      const finalizers = async (value: readonly string[] | null): Promise<void> => {
        const body = { metadata: { finalizers: value } };
        await old.client.request({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
      };
      // Held for a while, as by a controller of somebody else.
      await finalizers(["example.com/hold"]);
      await old.client.request({ method: "DELETE", path });
      const registered = createCustomResources(old.client, [sample], { clock: old.clock });
      await old.clock.advance(2_000);
      await finalizers([]);
      await old.inTime(registered);
      await assert.rejects(old.client.get(SampleKind, { name: "a", namespace: "default" }), { code: "NotFound" });
      await old.client.create(hello);
    },
  },
  {
    name: "a kind made through v1beta1 before the upgrade is ready as it is",
    releases: ["1.16", "1.21"],
    async run(old) {
      await old.client.request({
        method: "POST",
        path: "/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions",
        body: {
          apiVersion: "apiextensions.k8s.io/v1beta1",
          kind: "CustomResourceDefinition",
          metadata: { name: "samples.myproject.io" },
          spec: { group: "myproject.io", version: "v1alpha1", names: { plural: "samples", kind: "Sample" } },
        },
      });
      await old.register([sample]);
      await old.client.create(hello);
    },
  },
  {
    name: "a version that cannot be read is an error before anything is created",
    releases: ["1.6", "1.15", "1.36"],
    async run(old) {
      const body = JSON.stringify({ major: "1", minor: "x", gitVersion: "heads/master" });
      old.fail({ when: { path: "/version" }, do: { type: "answer", code: 200, contentType: "application/json", body } });
      await assert.rejects(old.register([sample]), { name: "CustomResourceError", code: "ServerVersion" });
      assert.equal(requestsLike(old, /^POST/), 0);
    },
  },
  {
    name: "what the old way cannot have is refused before it is created",
    releases: THIRD_PARTY,
    async run(old) {
      await assert.rejects(old.register([{ ...sample, plural: "sampling" }]), { code: "InvalidResource", message: /the plural samples/ });
      await assert.rejects(old.register([{ ...sample, scope: "Cluster" }]), { code: "InvalidResource", message: /always in namespaces/ });
      assert.equal(requestsLike(old, /^POST/), 0);
    },
  },
  {
    name: "ensureCustomResources and CustomResourceClient install, update and delete where there is v1",
    releases: V1,
    async run(old) {
      const { client, clock } = old;
      const manifest = customResourceDefinitionOf(sample);
      assert.deepEqual(await old.inTime(ensureCustomResources(client, [manifest], { clock })), ["created"]);
      const crds = new CustomResourceClient({ client, clock });
      await client.create(hello);
      await old.inTime(crds.ensureDeleted("samples.myproject.io"));
      await assert.rejects(client.get(SampleKind, { name: "a", namespace: "default" }), { code: "NotFound" });
    },
  },
  {
    name: "ensureCustomResources waits out a kind that is being deleted, and makes it again",
    releases: V1,
    async run(old, release) {
      const manifest = customResourceDefinitionOf(sample);
      await old.inTime(ensureCustomResources(old.client, [manifest], { clock: old.clock }));
      await old.client.create(hello);
      const path = registrationPath(release);
      const finalizers = async (value: readonly string[]): Promise<void> => {
        const body = { metadata: { finalizers: value } };
        await old.client.request({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
      };
      await finalizers(["example.com/hold"]);
      await old.client.request({ method: "DELETE", path });
      const ensured = ensureCustomResources(old.client, [manifest], { clock: old.clock });
      await old.clock.advance(2_000);
      await finalizers([]);
      await old.inTime(ensured);
      await assert.rejects(old.client.get(SampleKind, { name: "a", namespace: "default" }), { code: "NotFound" });
      await old.client.create(hello);
    },
  },
];
