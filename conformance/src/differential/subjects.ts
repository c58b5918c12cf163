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
  /** Strategic merge patches, directives included. */
  strategic?(random: Random): JsonBody;
  /** More queries of a list. */
  readonly selectors?: readonly string[];
  /** A field selector for a watch, which takes the object with `ending`. */
  readonly watched?: string;
  /** What an object must have beside its name. */
  readonly ending?: JsonBody;
}

export interface SubjectOptions {
  readonly namespace: string;
  /** The group of the custom kind. */
  readonly group: string;
}

/** The kinds of one scenario. */
export function subjectsIn({ namespace, group }: SubjectOptions): readonly [Subject, ...Subject[]] {
  const widgets: Subject = {
    path: `/apis/${group}/v1/namespaces/${namespace}/widgets`,
    apiVersion: `${group}/v1`,
    kind: "Widget",
    subresources: ["status", "scale"],
    pointers: ["/spec/size", "/spec/set/-", "/spec/map/0", "/spec/map/0/value", "/spec/parts/a", "/spec", "/spec/free/x", "/status/ready"],
    watched: "spec.maybe!%3Dset",
    selectors: ["?fieldSelector=spec.maybe%3Dset"],
    fields: (random) => ({
      ...(random.chance(0.9) ? { spec: widgetSpec(random) } : {}),
      ...(random.chance(0.3) ? { status: { ready: random.below(3), ...(random.chance(0.3) ? { note: "n" } : {}) } } : {}),
      ...(random.chance(0.05) ? { unknown: { a: 1 } } : {}),
    }),
  };
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
      strategic: (random) =>
        random.pick<JsonBody>([
          { data: { ...entries(random, ["a", "b"]), c: null } },
          { data: { $patch: "replace", a: "9" } },
          { data: { $patch: "delete" } },
          { data: { $retainKeys: ["a"], a: "7" } },
          { metadata: { $deleteFromPrimitiveList: { finalizers: ["example.com/f"] } } },
          {
            metadata: { finalizers: ["example.com/f", "example.com/h"], "$setElementOrder/finalizers": ["example.com/h", "example.com/f"] },
          },
          { metadata: { "$deleteFromPrimitiveList/finalizers": ["example.com/f", "example.com/g", "example.com/h"] } },
        ]),
    },
    {
      path: `/api/v1/namespaces/${namespace}/secrets`,
      apiVersion: "v1",
      kind: "Secret",
      subresources: [],
      pointers: ["/data/a", "/data", "/stringData", "/type", "/metadata/labels/l", "/immutable"],
      watched: "type%3DOpaque",
      selectors: ["?fieldSelector=type%3DOpaque", "?fieldSelector=type!%3DOpaque"],
      fields: (random) => ({
        ...(random.chance(0.6) ? { data: { a: random.pick(["YQ==", "Yg==", "!"]) } } : {}),
        ...(random.chance(0.3) ? { stringData: entries(random, ["a", "b"]) } : {}),
        ...(random.chance(0.2) ? { type: random.pick(["Opaque", "example.com/t", "kubernetes.io/basic-auth"]) } : {}),
      }),
    },
    {
      path: `/api/v1/namespaces/${namespace}/services`,
      apiVersion: "v1",
      kind: "Service",
      subresources: ["status"],
      pointers: ["/spec/ports/0/port", "/spec/ports/-", "/spec/selector/app", "/spec/sessionAffinity", "/spec/externalName"],
      watched: "spec.type!%3DExternalName",
      selectors: ["?fieldSelector=spec.clusterIP%3DNone", "?fieldSelector=spec.type%3DExternalName"],
      ending: { spec: { clusterIP: "None" } },
      fields: (random) => ({ spec: serviceSpec(random) }),
      strategic: (random) =>
        random.pick<JsonBody>([
          { spec: { ports: [{ port: 80, name: "a", $patch: "delete" }] } },
          { spec: { ports: [{ $patch: "replace" }, { port: 90, name: "r" }] } },
          { spec: { ports: [{ port: 81, name: "c", targetPort: "x" }] } },
          { spec: { selector: { $patch: "replace", app: "z" } } },
        ]),
    },
    {
      path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`,
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      subresources: [],
      pointers: ["/rules", "/rules/0", "/rules/0/verbs", "/rules/-"],
      fields: (random) => ({
        rules: random.some([0, 1]).map(() => ({
          ...(random.chance(0.9) ? { apiGroups: [random.pick(["", "apps"])] } : {}),
          ...(random.chance(0.9) ? { resources: random.some(["pods", "secrets"]) } : {}),
          ...(random.chance(0.9) ? { verbs: random.some(["get", "list"], 0.8) } : {}),
          ...(random.chance(0.1) ? { nonResourceURLs: ["/x"] } : {}),
        })),
      }),
    },
    {
      path: `/api/v1/namespaces/${namespace}/pods`,
      apiVersion: "v1",
      kind: "Pod",
      subresources: ["status"],
      pointers: ["/spec/containers/0/image", "/spec/activeDeadlineSeconds", "/status/phase", "/metadata/labels/l", "/spec/tolerations"],
      watched: "status.phase%3DPending",
      selectors: ["?fieldSelector=status.phase%3DPending", "?fieldSelector=spec.nodeName%3D", "?fieldSelector=spec.restartPolicy%3DNever"],
      ending: { spec: { containers: [{ name: "last", image: "image:1" }] } },
      fields: (random) => ({
        spec: {
          containers: ["main", ...random.some(["side"], 0.3)].map((name) => containerOf(random, name)),
          ...(random.chance(0.2) ? { restartPolicy: random.pick(["Never", "OnFailure", "Sometimes"]) } : {}),
          ...(random.chance(0.1) ? { activeDeadlineSeconds: random.pick([5, 0]) } : {}),
        },
        ...(random.chance(0.3) ? { status: { phase: random.pick(["Running", "Failed"]) } } : {}),
      }),
      strategic: (random) =>
        random.pick<JsonBody>([
          { spec: { containers: [{ name: "main", image: "image:3" }] } },
          { status: { conditions: [{ type: "Ready", status: "True" }] } },
          { spec: { tolerations: [{ key: "k", operator: "Exists" }] } },
        ]),
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
      ending: {
        spec: {
          selector: { matchLabels: { app: "last" } },
          template: { metadata: { labels: { app: "last" } }, spec: { containers: [{ name: "last", image: "image:1" }] } },
        },
      },
      fields: (random) => ({ spec: deploymentSpec(random), ...(random.chance(0.3) ? { status: { replicas: random.below(3) } } : {}) }),
      strategic: (random) => ({
        spec: random.pick<JsonBody>([
          { replicas: random.below(3) },
          { template: { spec: templatePatch(random) } },
          {
            strategy: random.pick<JsonBody>([
              { type: "Recreate", rollingUpdate: null },
              { $retainKeys: ["type"], type: "Recreate" },
              { $patch: "replace", type: "Recreate" },
              { type: "Odd" },
            ]),
          },
        ]),
      }),
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
    widgets,
    // The same objects through another version.
    { ...widgets, path: widgets.path.replace("/v1/", "/v2/"), apiVersion: `${group}/v2`, watched: "metadata.name!%3Done", selectors: [] },
  ];
}

function entries(random: Random, keys: readonly string[]): JsonBody {
  return Object.fromEntries(random.some(keys).map((key) => [key, String(random.below(3))]));
}

/** The directives of lists by key, of primitive lists and of whole maps. */
function templatePatch(random: Random): JsonBody {
  return random.pick<JsonBody>([
    { containers: [{ name: "main", image: "image:4" }] },
    { containers: [{ name: "side", $patch: "delete" }] },
    { containers: [{ $patch: "replace" }, { name: "main", image: "image:5" }] },
    { containers: [{ name: "new", image: "image:6" }], "$setElementOrder/containers": [{ name: "new" }, { name: "main" }] },
    {
      containers: [
        {
          name: "main",
          env: [
            { name: "A", $patch: "delete" },
            { name: "C", value: "3" },
          ],
        },
      ],
    },
    { containers: [{ name: "main", ports: [{ containerPort: 80, $patch: "delete" }] }] },
    { containers: [{ name: "main", resources: { $patch: "replace", limits: { cpu: "2" } } }] },
    { volumes: [{ name: "v", emptyDir: {} }] },
    { volumes: [{ name: "v", $retainKeys: ["name", "configMap"], configMap: { name: "c" } }] },
    { nodeSelector: { a: "b" } },
    { containers: null },
  ]);
}

function containerOf(random: Random, name: string): JsonBody {
  return {
    name,
    image: random.pick(["image:1", "image:2"]),
    ...(random.chance(0.4)
      ? { ports: random.some(name === "main" ? [80, 81] : [90, 91]).map((containerPort) => ({ containerPort })) }
      : {}),
    ...(random.chance(0.4) ? { env: random.some(["A", "B"]).map((key) => ({ name: key, value: String(random.below(2)) })) } : {}),
    ...(random.chance(0.2) ? { resources: { limits: { cpu: random.pick(["100m", "1", "500m"]) } } } : {}),
  };
}

/** Without addresses, which no two servers give alike. */
function serviceSpec(random: Random): JsonBody {
  if (random.chance(0.2)) return { type: "ExternalName", externalName: random.pick(["a.example.com", "Bad_"]) };
  const port = (number: number, name: string): JsonBody => ({
    port: number,
    ...(random.chance(0.8) ? { name } : {}),
    ...(random.chance(0.3) ? { targetPort: random.pick<unknown>([8080, "http", "Bad_"]) } : {}),
    ...(random.chance(0.2) ? { protocol: random.pick(["TCP", "UDP", "ICMP"]) } : {}),
  });
  return {
    clusterIP: "None",
    ...(random.chance(0.8) ? { ports: [port(80, "a"), ...random.some([81], 0.4).map((number) => port(number, "b"))] } : {}),
    ...(random.chance(0.5) ? { selector: { app: random.pick(["x", "y"]) } } : {}),
    ...(random.chance(0.1) ? { sessionAffinity: random.pick(["ClientIP", "Odd"]) } : {}),
  };
}

function deploymentSpec(random: Random): JsonBody {
  return {
    ...(random.chance(0.6) ? { replicas: random.below(4) } : {}),
    ...(random.chance(0.1) ? { paused: true } : {}),
    selector: { matchLabels: { app: random.chance(0.95) ? "web" : "other" } },
    template: {
      metadata: { labels: { app: "web", ...(random.chance(0.3) ? { x: String(random.below(2)) } : {}) } },
      spec: { containers: ["main", ...random.some(["side"], 0.3)].map((name) => containerOf(random, name)) },
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
    ...(random.chance(0.15) ? { range: { min: random.below(3), max: 1 } } : {}),
    ...(random.chance(0.1)
      ? { embedded: random.pick<unknown>([{ apiVersion: "v1", kind: "X", metadata: { name: "e" } }, { kind: "X" }]) }
      : {}),
    ...(random.chance(0.1) ? { when: random.pick(["2026-01-02T03:04:05Z", "yesterday"]) } : {}),
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
      range: {
        type: "object",
        properties: { min: { type: "integer", default: 0 }, max: { type: "integer", default: 2 } },
        "x-kubernetes-validations": [
          { rule: "self.min <= self.max", message: "min is more than max", fieldPath: ".min" },
          { rule: "self.max >= oldSelf.max", reason: "FieldValueForbidden" },
        ],
      },
      embedded: { type: "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
      when: { ...text, format: "date-time" },
    },
  };
  const status = { type: "object", properties: { ready: { type: "integer" }, note: text } };
  const schema = { openAPIV3Schema: { type: "object", properties: { spec, status } } };
  // What all versions have alike belongs to the CRD and not to them, and then they may have no fields to select by.
  const other = { openAPIV3Schema: { ...schema.openAPIV3Schema, description: "The other version." } };
  const subresources = { status: {}, scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" } };
  const additionalPrinterColumns = [
    { name: "Size", type: "integer", jsonPath: ".spec.size" },
    { name: "Set", type: "string", jsonPath: ".spec.set", priority: 1 },
    { name: "First", type: "string", jsonPath: ".spec.map[0].value" },
    { name: "Whole", type: "string", jsonPath: ".spec.whole" },
    { name: "When", type: "date", jsonPath: ".spec.when" },
  ];
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
          schema,
          subresources,
          additionalPrinterColumns,
          selectableFields: [{ jsonPath: ".spec.maybe" }],
        },
        { name: "v2", served: true, storage: false, schema: other, subresources },
      ],
    },
  };
}
