import type { JsonBody } from "../raw-http.ts";
import type { Random } from "./random.ts";

/** A kind that random requests are about: where its objects are and what may be in them. */
export interface Subject {
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly subresources: readonly string[];
  /** The fields beside apiVersion, kind and metadata: mostly right, sometimes not. */
  fields(random: Random): JsonBody;
  /** Places for JSON patches. */
  readonly pointers: readonly [string, ...string[]];
}

export interface SubjectOptions {
  readonly namespace: string;
  /** The group of the custom kind. */
  readonly group: string;
}

/** The kinds of one scenario. */
export function subjectsIn({ namespace, group }: SubjectOptions): readonly [Subject, ...Subject[]] {
  return [
    {
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      apiVersion: "v1",
      kind: "ConfigMap",
      subresources: [],
      pointers: ["/data/a", "/data/b", "/data", "/metadata/labels", "/metadata/labels/l", "/metadata/annotations", "/immutable"],
      fields: (random) => ({
        ...(random.chance(0.8) ? { data: entries(random, ["a", "b", "c"]) } : {}),
        ...(random.chance(0.05) ? { immutable: true } : {}),
        ...(random.chance(0.05) ? { unknown: 1 } : {}),
        ...(random.chance(0.04) ? { data: { a: 1 } } : {}),
      }),
    },
    {
      path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
      apiVersion: "apps/v1",
      kind: "Deployment",
      // Not scale: the real server raises the version even when nothing changes.
      subresources: ["status"],
      pointers: [
        "/spec/replicas",
        "/spec/template/spec/containers/0/image",
        "/spec/template/metadata/labels/x",
        "/spec/paused",
        "/status/replicas",
      ],
      fields: (random) => ({ spec: deploymentSpec(random), ...(random.chance(0.3) ? { status: { replicas: random.below(3) } } : {}) }),
    },
    {
      path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      subresources: [],
      pointers: ["/spec/holderIdentity", "/spec/leaseTransitions", "/spec"],
      fields: (random) => ({
        spec: {
          holderIdentity: random.pick(["me", "you"]),
          ...(random.chance(0.5) ? { leaseDurationSeconds: random.pick([15, 30, 0]) } : {}),
          ...(random.chance(0.3) ? { leaseTransitions: random.below(3) } : {}),
          ...(random.chance(0.3) ? { renewTime: "2026-01-02T03:04:05.678901Z" } : {}),
        },
      }),
    },
    {
      path: `/apis/${group}/v1/namespaces/${namespace}/widgets`,
      apiVersion: `${group}/v1`,
      kind: "Widget",
      subresources: ["status", "scale"],
      pointers: [
        "/spec/size",
        "/spec/set/-",
        "/spec/map/0",
        "/spec/map/0/value",
        "/spec/parts/a",
        "/spec",
        "/spec/free/x",
        "/status/ready",
      ],
      fields: (random) => ({
        ...(random.chance(0.9) ? { spec: widgetSpec(random) } : {}),
        ...(random.chance(0.3) ? { status: { ready: random.below(3), ...(random.chance(0.3) ? { note: "n" } : {}) } } : {}),
        ...(random.chance(0.05) ? { unknown: { a: 1 } } : {}),
      }),
    },
  ];
}

function entries(random: Random, keys: readonly string[]): JsonBody {
  return Object.fromEntries(random.some(keys).map((key) => [key, String(random.below(3))]));
}

function deploymentSpec(random: Random): JsonBody {
  const container = (name: string): JsonBody => ({
    name,
    image: random.pick(["image:1", "image:2"]),
    ...(random.chance(0.4)
      ? { ports: random.some(name === "main" ? [80, 81] : [90, 91]).map((containerPort) => ({ containerPort })) }
      : {}),
    ...(random.chance(0.4) ? { env: random.some(["A", "B"]).map((key) => ({ name: key, value: String(random.below(2)) })) } : {}),
    ...(random.chance(0.2) ? { resources: { limits: { cpu: random.pick(["100m", "1", "500m"]) } } } : {}),
  });
  return {
    ...(random.chance(0.6) ? { replicas: random.below(4) } : {}),
    ...(random.chance(0.1) ? { paused: true } : {}),
    selector: { matchLabels: { app: random.chance(0.95) ? "web" : "other" } },
    template: {
      metadata: { labels: { app: "web", ...(random.chance(0.3) ? { x: String(random.below(2)) } : {}) } },
      spec: { containers: ["main", ...random.some(["side"], 0.3)].map(container) },
    },
  };
}

function widgetSpec(random: Random): JsonBody {
  return {
    ...(random.chance(0.6) ? { size: random.pick<unknown>([1, 2, 3, 3, 99, "text", 1.5]) } : {}),
    ...(random.chance(0.4) ? { set: random.some(["x", "y", "z"]) } : {}),
    ...(random.chance(0.4)
      ? { map: random.some(["k1", "k2", "k2", "k3"], 0.4).map((key) => ({ key, value: String(random.below(2)) })) }
      : {}),
    ...(random.chance(0.3) ? { plain: random.some(["p", "q"]) } : {}),
    ...(random.chance(0.3) ? { whole: entries(random, ["a", "b"]) } : {}),
    ...(random.chance(0.3) ? { parts: entries(random, ["a", "b"]) } : {}),
    ...(random.chance(0.2) ? { nested: random.pick<unknown>([{}, { mode: "manual" }, null]) } : {}),
    ...(random.chance(0.2) ? { free: { x: { deep: random.below(2) } } } : {}),
    ...(random.chance(0.1) ? { port: random.pick<unknown>([80, "http", true]) } : {}),
    ...(random.chance(0.1) ? { maybe: random.pick<unknown>([null, "set"]) } : {}),
    ...(random.chance(0.1) ? { unknown: 1 } : {}),
  };
}

/** The CRD of the custom kind: every sort of list and map, defaults, bounds, status and scale. */
export function widgetDefinition(group: string): JsonBody {
  const text = { type: "string" };
  const item = { type: "object", required: ["key"], properties: { key: text, value: text } };
  const spec = {
    type: "object",
    properties: {
      size: { type: "integer", minimum: 1, maximum: 10 },
      set: { type: "array", "x-kubernetes-list-type": "set", items: text },
      map: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key"], items: item },
      plain: { type: "array", items: text },
      whole: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: text },
      parts: { type: "object", additionalProperties: text },
      nested: { type: "object", properties: { mode: { ...text, default: "auto", enum: ["auto", "manual"] } } },
      free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      port: { "x-kubernetes-int-or-string": true },
      maybe: { ...text, nullable: true },
    },
  };
  const status = { type: "object", properties: { ready: { type: "integer" }, note: text } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec, status } } },
          subresources: { status: {}, scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" } },
        },
      ],
    },
  };
}
