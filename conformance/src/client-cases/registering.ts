import assert from "node:assert/strict";
import { isNotFound } from "@operatorkit/api";
import {
  createCustomResources,
  CustomResourceClient,
  customResourceDefinitionOf,
  ensureCustomResources,
  type CustomResourceError,
} from "@operatorkit/client";
import { mutableCopy, type Kind } from "@operatorkit/object";
import type { CustomResourceDefinition } from "@operatorkit/object/kinds";
import { kindOf, rejection, type ClientCase, type ClientContext } from "../client-case.ts";

/** A CRD of the case's own group, deleted at its end. */
function manifestOf({ api, client }: ClientContext, versions: readonly string[] = ["v1"]): CustomResourceDefinition {
  const group = `own-${api.id}.example.com`;
  const [first = "v1", ...others] = versions;
  const manifest = mutableCopy(customResourceDefinitionOf({ group, version: first, kind: "Gadget" }));
  const [version] = manifest.spec.versions;
  if (version === undefined) throw new Error("a CRD has a version");
  manifest.spec.versions = [version, ...others.map((name) => ({ ...version, name, storage: false }))];
  api.onEnd(() => new CustomResourceClient({ client, timeoutMs: 10_000, intervalMs: 50 }).ensureDeleted(manifest.metadata.name));
  return manifest;
}

const gadgets = (manifest: CustomResourceDefinition, version = "v1"): Kind => kindOf(manifest.spec.group, "Gadget", "gadgets", version);

/** Puts an object there that must survive whatever happens to its CRD. */
async function oneGadget({ client }: ClientContext, manifest: CustomResourceDefinition, version = "v1"): Promise<void> {
  const apiVersion = `${manifest.spec.group}/${version}`;
  await client.create({ apiVersion, kind: "Gadget", metadata: { name: "precious", namespace: "default" }, spec: { keep: "me" } });
}

async function gadgetCount({ client }: ClientContext, manifest: CustomResourceDefinition, version = "v1"): Promise<number> {
  return (await client.list(gadgets(manifest, version), { namespace: "default" }).toArray()).length;
}

function crdsOf({ client }: ClientContext, timeoutMs = 20_000): CustomResourceClient {
  return new CustomResourceClient({ client, fieldManager: "case", intervalMs: 50, timeoutMs });
}

/** Discovery, and custom resource definitions. */
export const registeringCases: readonly ClientCase[] = [
  {
    name: "the client finds a kind that is registered after it was asked for in vain",
    async run(context) {
      const { client } = context;
      const manifest = manifestOf(context);
      const ref = { apiVersion: `${manifest.spec.group}/v1`, kind: "Gadget" };
      assert.ok(isNotFound(await rejection(client.resolve(ref))));
      const object = { ...ref, metadata: { name: "one", namespace: "default" } };
      assert.ok(isNotFound(await rejection(client.apply(object))));
      assert.equal(await client.isServed(ref), false);
      assert.deepEqual(await ensureCustomResources(client, [manifest], { signal: context.signal }), ["created"]);
      assert.equal((await client.resolve(ref)).plural, "gadgets");
      assert.equal((await client.apply(object)).metadata.name, "one");
      assert.equal(await client.isServed(ref), true);
      assert.ok((await client.kinds({ verbs: ["list", "watch"] })).some(({ group }) => group === manifest.spec.group));
      await context.api.eventually(async () => {
        const group = (await client.discover()).find(({ name }) => name === manifest.spec.group);
        assert.deepEqual(
          group?.versions.map(({ version, resources }) => [version, resources.map(({ plural }) => plural)]),
          [["v1", ["gadgets"]]],
        );
      });
    },
  },
  {
    name: "the client creates a CRD, waits until it is established, updates it and knows when there is nothing to do",
    async run(context) {
      const manifest = manifestOf(context);
      const crds = crdsOf(context);
      const before = structuredClone(manifest);
      assert.equal(await crds.ensureCreated(manifest), "created");
      assert.equal(await crds.ensureCreated(manifest), "unchanged");
      await context.api.eventually(() => oneGadget(context, manifest));
      const next = manifestOf(context, ["v1", "v2"]);
      assert.equal(await crds.ensureUpdated(next), "updated");
      assert.equal(await crds.ensureUpdated(next), "unchanged");
      assert.deepEqual(manifest, before);
      await context.api.eventually(async () => assert.equal(await gadgetCount(context, manifest, "v2"), 1));
      await crds.ensureDeleted(manifest.metadata.name);
      await crds.ensureDeleted(manifest.metadata.name);
      const gone = await rejection(crds.ensureUpdated(manifest));
      assert.equal(gone["code"], "NotFound");
    },
  },
  {
    name: "the client's older release leaves a newer CRD and its objects alone, by either function",
    async run(context) {
      const { client, signal } = context;
      const manifest = manifestOf(context, ["v2", "v1"]);
      assert.deepEqual(await ensureCustomResources(client, [manifest], { signal }), ["created"]);
      await context.api.eventually(() => oneGadget(context, manifest, "v2"));
      const older = manifestOf(context, ["v1"]);
      assert.equal(await crdsOf(context).ensureCreated(older), "newer");
      assert.deepEqual(await ensureCustomResources(client, [older], { signal }), ["newer"]);
      assert.equal(await gadgetCount(context, manifest, "v2"), 1);
      // The server itself does not forget a version that it has stored, told to or not.
      const forced = await rejection(ensureCustomResources(client, [older], { signal, allowDowngrade: true, timeoutMs: 5_000 }));
      assert.equal(forced["code"], "NotApplied");
      assert.match(
        forced.message,
        /status\.storedVersions\[0\]: Invalid value: "v2": missing from spec\.versions; v2 was previously a storage version/,
      );
      assert.equal(await gadgetCount(context, manifest, "v2"), 1);
    },
  },
  {
    name: "the client deletes no CRD and no object when an update fails or a name is taken",
    async run(context) {
      const { client, signal } = context;
      const manifest = manifestOf(context);
      const crds = crdsOf(context);
      await crds.ensureCreated(manifest);
      await context.api.eventually(() => oneGadget(context, manifest));
      const broken = mutableCopy(manifest);
      for (const version of broken.spec.versions) version.schema = { openAPIV3Schema: { type: "object", properties: { spec: {} } } };
      const refused = await rejection(crds.ensureUpdated(broken));
      assert.equal(refused["code"], "Invalid");
      const rival = mutableCopy(
        customResourceDefinitionOf({ group: manifest.spec.group, version: "v1", kind: "Gadget", plural: "rivals" }),
      );
      context.api.onEnd(() => crds.ensureDeleted(rival.metadata.name));
      const taken = (await rejection(
        ensureCustomResources(client, [rival], { signal, timeoutMs: 20_000 }),
      )) as Error as CustomResourceError;
      assert.equal(taken.code, "NameConflict");
      assert.equal(taken.crd, rival.metadata.name);
      assert.equal(await gadgetCount(context, manifest), 1);
      await crds.ensureEstablished(manifest.metadata.name);
    },
  },
  {
    name: "the client installs what it can of several CRDs, and says which it could not",
    async run(context) {
      const { client, signal } = context;
      const manifest = manifestOf(context);
      const bad = mutableCopy(customResourceDefinitionOf({ group: manifest.spec.group, version: "v1", kind: "Bad" }));
      bad.metadata.name = `else.${manifest.spec.group}`;
      const error = await rejection(ensureCustomResources(client, [bad, manifest], { signal }));
      assert.equal(error["code"], "NotApplied");
      assert.equal(error["crd"], bad.metadata.name);
      assert.equal(await client.isServed({ apiVersion: `${manifest.spec.group}/v1`, kind: "Gadget" }), true);
    },
  },
  {
    name: "the client registers custom resources in the way of the server's release, and leaves those that are there",
    async run(context) {
      const { client, signal } = context;
      const manifest = manifestOf(context);
      const resource = { group: manifest.spec.group, version: "v1", kind: "Gadget" };
      await createCustomResources(client, [resource], { intervalMs: 50, timeoutMs: 20_000, signal });
      await createCustomResources(client, [{ ...resource, version: "v2" }], { intervalMs: 50, timeoutMs: 20_000, signal });
      assert.equal(await client.isServed({ apiVersion: `${resource.group}/v1`, kind: "Gadget" }), true);
      assert.equal(await client.isServed({ apiVersion: `${resource.group}/v2`, kind: "Gadget" }), false);
    },
  },
];
