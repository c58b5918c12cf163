import type { Kind, KubernetesObject, Manifest, PartialObjectMetadata } from "@operatorkit/object";
import { describe, expectTypeOf, it } from "vitest";
import type { Client } from "./client.ts";

interface ConfigMap extends KubernetesObject {
  readonly apiVersion: "v1";
  readonly kind: "ConfigMap";
  readonly data?: Readonly<Record<string, string>>;
}

const literal = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "x" }, data: { sky: "blue" } };

/** Checked by the compiler; nothing here is run. */
async function writes(client: Client, manifest: Manifest<ConfigMap>): Promise<void> {
  const created = await client.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { sky: "blue" } });
  expectTypeOf(created.data.sky).toEqualTypeOf<string>();
  expectTypeOf(created.metadata.resourceVersion).toEqualTypeOf<string | undefined>();

  const named = await client.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "a-" }, data: { sky: "blue" } });
  expectTypeOf(named.metadata.name).toEqualTypeOf<string>();
  expectTypeOf(named.data.sky).toEqualTypeOf<string>();

  expectTypeOf(await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } })).toExtend<ConfigMap>();
  expectTypeOf(
    await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "a-" } }),
  ).toEqualTypeOf<ConfigMap>();
  expectTypeOf(await client.create<ConfigMap>(manifest)).toEqualTypeOf<ConfigMap>();
  const asked: ConfigMap = await client.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { sky: "blue" } });
  expectTypeOf(asked).toEqualTypeOf<ConfigMap>();

  // @ts-expect-error there is no name, and nothing to make one from
  await client.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "x" } });
  // @ts-expect-error a ConfigMap has no spec
  await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, spec: {} });

  for (const written of [await client.apply(literal), await client.update(literal)]) {
    expectTypeOf(written.data.sky).toEqualTypeOf<string>();
    expectTypeOf(written.metadata.uid).toEqualTypeOf<string | undefined>();
  }
  expectTypeOf(await client.apply<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } })).toExtend<ConfigMap>();
}

/** Checked by the compiler; nothing here is run. */
async function reads(client: Client, kind: Kind<ConfigMap>): Promise<void> {
  const ref = { name: "a", namespace: "x" };
  expectTypeOf(await client.get(kind, ref)).toEqualTypeOf<ConfigMap>();
  expectTypeOf(await client.list(kind, { limit: 5 }).toArray()).toEqualTypeOf<ConfigMap[]>();
  const part = await client.get(kind, ref, { metadataOnly: true });
  expectTypeOf(part).toEqualTypeOf<PartialObjectMetadata<ConfigMap>>();
  // @ts-expect-error it was not asked for
  void part.data;
  for await (const item of client.list(kind, { namespace: "x", metadataOnly: true }))
    expectTypeOf(item).toEqualTypeOf<PartialObjectMetadata<ConfigMap>>();
}

describe("Client", () => {
  it("has no more than metadata where no more is asked for", () => {
    expectTypeOf(reads).returns.resolves.toBeVoid();
  });

  it("finds the types of literals, and keeps the ones it is given", () => {
    expectTypeOf(writes).returns.resolves.toBeVoid();
  });
});
