import type { Client } from "@operatorkit/api";
import { defineKind, jsonSchema, type ObjectOf } from "@operatorkit/object";
import { ConfigMap, Deployment } from "@operatorkit/object/kinds";
import { describe, expectTypeOf, it } from "vitest";
import { Controller } from "./controller.ts";
import type { ReconcileResult } from "./reconcile-result.ts";
import { watch } from "./watch.ts";

const Memcached = defineKind({
  group: "cache.example.com",
  version: "v1alpha1",
  kind: "Memcached",
  spec: jsonSchema<{ size: number }>({ type: "object", properties: { size: { type: "integer" } } }),
  status: jsonSchema<{ ready: number }>({ type: "object", properties: { ready: { type: "integer" } } }),
});
type Memcached = ObjectOf<typeof Memcached>;

describe("Controller, typed", () => {
  it("types the object, owned manifests, cached reads, mappings and the status by their kinds", () => {
    const controller = new Controller({
      name: "memcached",
      for: Memcached,
      owns: [Deployment],
      watches: [
        watch(ConfigMap, (configMap, { cache }) => {
          expectTypeOf(configMap).toEqualTypeOf<ConfigMap>();
          return cache.list(Memcached).map(({ metadata }) => metadata);
        }),
      ],
      async reconcile({ object, api, own, cache, ref }) {
        expectTypeOf(object).toEqualTypeOf<Memcached>();
        expectTypeOf(object.spec.size).toEqualTypeOf<number>();
        expectTypeOf(api).toEqualTypeOf<Client>();
        expectTypeOf(cache.get(Deployment, ref)).toEqualTypeOf<Deployment | undefined>();
        expectTypeOf(cache.owned(Deployment)).toEqualTypeOf<Deployment[]>();
        const deployment = await api.apply(own<Deployment>({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" } }));
        expectTypeOf(deployment).toExtend<Deployment>();
        return { status: { ready: deployment.status?.readyReplicas ?? 0 }, conditions: [{ type: "Ready", status: "True", reason: "Ok" }] };
      },
      cleanup({ object }) {
        expectTypeOf(object).toEqualTypeOf<Memcached>();
      },
    });
    expectTypeOf(controller).toEqualTypeOf<Controller<Memcached>>();
  });

  it("refuses a status of another shape", () => {
    expectTypeOf<{ status: { ready: number } }>().toExtend<ReconcileResult<Memcached>>();
    expectTypeOf<{ status: { ready: string } }>().not.toExtend<ReconcileResult<Memcached>>();
    expectTypeOf<{ status: object }>().not.toExtend<ReconcileResult<Memcached>>();
    expectTypeOf<{ requeueAfterMs: number }>().toExtend<ReconcileResult<ConfigMap>>();
  });
});
