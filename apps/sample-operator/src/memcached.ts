import { defineKind, type ObjectOf } from "operatorkit";
import { Type } from "typebox";

/** A cache of `size` memcached servers. */
export const Memcached = defineKind({
  group: "cache.example.com",
  version: "v1alpha1",
  kind: "Memcached",
  shortNames: ["mc"],
  spec: Type.Object({
    size: Type.Integer({ minimum: 1, maximum: 20, description: "How many memcached servers run." }),
    memoryMegabytes: Type.Optional(Type.Integer({ minimum: 16, maximum: 65_536, default: 64, description: "The memory of each server." })),
  }),
  status: Type.Object({
    ready: Type.Integer({ description: "How many servers answer." }),
    endpoints: Type.Optional(Type.Array(Type.String(), { description: "Where they answer: address:port, sorted." })),
  }),
  scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" },
  columns: [
    { name: "Size", jsonPath: ".spec.size", type: "integer" },
    { name: "Ready", jsonPath: ".status.ready", type: "integer" },
    { name: "Available", jsonPath: '.status.conditions[?(@.type=="Available")].status', type: "string" },
  ],
});

export type Memcached = ObjectOf<typeof Memcached>;
