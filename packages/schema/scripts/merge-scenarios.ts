/**
 * What the recorded cases of server-side apply do, step by step. `record-merge-cases.ts` plays them against a real kube-apiserver and
 * writes down what it answers; `test/merge/recorded-cases.test.ts` expects the same of `schema/merge`.
 */
export interface MergeStep {
  readonly verb: "apply" | "create" | "update" | "merge-patch" | "json-patch" | "strategic-patch";
  readonly manager: string;
  readonly force?: boolean;
  readonly subresource?: "status";
  /** Without apiVersion, kind and name, which the scenario adds (except to patches). */
  readonly body: unknown;
}

export interface MergeScenario {
  readonly name: string;
  readonly kind: ScenarioKind;
  readonly steps: readonly MergeStep[];
}

export type ScenarioKind = "ConfigMap" | "Deployment" | "Service" | "Widget" | "Blob";

type Body = Readonly<Record<string, unknown>>;

const apply = (manager: string, body: Body, options: Partial<MergeStep> = {}): MergeStep => ({ verb: "apply", manager, body, ...options });
const force = (manager: string, body: Body): MergeStep => apply(manager, body, { force: true });
const create = (manager: string, body: Body): MergeStep => ({ verb: "create", manager, body });
const update = (manager: string, body: Body, options: Partial<MergeStep> = {}): MergeStep => ({
  verb: "update",
  manager,
  body,
  ...options,
});
const mergePatch = (manager: string, body: Body, options: Partial<MergeStep> = {}): MergeStep => ({
  verb: "merge-patch",
  manager,
  body,
  ...options,
});
const jsonPatch = (manager: string, body: readonly unknown[]): MergeStep => ({ verb: "json-patch", manager, body });
const strategic = (body: Body): MergeStep => ({ verb: "strategic-patch", manager: "s", body });
const data = (values: Body): Body => ({ data: values });
const spec = (values: Body): Body => ({ spec: values });
const meta = (values: Body): Body => ({ metadata: values });
const status = { subresource: "status" } as const;

const configMaps: readonly MergeScenario[] = [
  {
    name: "one applier adds, changes and lets go of keys",
    kind: "ConfigMap",
    steps: [
      apply("a", data({ x: "1" })),
      apply("a", data({ x: "1" })),
      apply("a", data({ x: "2", y: "1" })),
      apply("a", data({ y: "1" })),
      apply("a", data({})),
      apply("a", {}),
    ],
  },
  {
    name: "two appliers: shared value, conflict, force, and letting go of a shared key",
    kind: "ConfigMap",
    steps: [
      apply("a", data({ x: "1", y: "1" })),
      apply("b", data({ x: "1" })),
      apply("b", data({ x: "2" })),
      force("b", data({ x: "2" })),
      apply("a", data({ x: "1", y: "1" })),
      apply("a", data({ y: "1" })),
      apply("b", data({})),
    ],
  },
  {
    name: "a shared key stays until its last applier lets go",
    kind: "ConfigMap",
    steps: [apply("a", data({ x: "1", z: "1" })), apply("b", data({ x: "1" })), apply("a", data({ z: "1" })), apply("b", data({ y: "1" }))],
  },
  {
    name: "updates take ownership, applies conflict with them",
    kind: "ConfigMap",
    steps: [
      create("c", { ...data({ x: "1", y: "1" }), ...meta({ labels: { l: "1" }, annotations: { n: "1" } }) }),
      apply("a", data({ x: "1" })),
      apply("a", data({ x: "2" })),
      force("a", data({ x: "2" })),
      update("u", { ...data({ x: "3", y: "1", z: "1" }), ...meta({ labels: { l: "1" } }) }),
      apply("a", data({ x: "2", z: "2" })),
      update("u", data({ z: "1" })),
      apply("a", data({ x: "9" })),
    ],
  },
  {
    name: "patches are updates; one that changes nothing leaves the time alone",
    kind: "ConfigMap",
    steps: [
      create("c", data({ x: "1" })),
      mergePatch("c", data({ x: "1" })),
      mergePatch("p", data({ x: "1" })),
      mergePatch("p", data({ y: "1" })),
      jsonPatch("p", [{ op: "remove", path: "/data/x" }]),
      jsonPatch("c", [{ op: "remove", path: "/data" }]),
      mergePatch("p", meta({ labels: { l: "1" } })),
    ],
  },
  {
    name: "several conflicts are told manager by manager",
    kind: "ConfigMap",
    steps: [
      create("upd", data({ u: "1", v: "1" })),
      apply("a", data({ x: "1", y: "1" })),
      apply("b", data({ z: "1" })),
      apply("c", data({ u: "2", v: "2", x: "2", y: "2", z: "2" })),
      force("c", data({ u: "2", v: "2", x: "2", y: "2", z: "2" })),
    ],
  },
  {
    name: "managedFields set to a list without entries stops tracking until the next apply",
    kind: "ConfigMap",
    steps: [
      create("c", data({ x: "1" })),
      mergePatch("p", meta({ managedFields: null })),
      mergePatch("p", meta({ managedFields: [] })),
      mergePatch("p", data({ y: "1" })),
      apply("a", data({ x: "1" })),
      mergePatch("p", meta({ managedFields: [{}] })),
      mergePatch("p", data({ z: "1" })),
    ],
  },
  {
    name: "managedFields given by the client replace the stored ones, unreadable ones do not",
    kind: "ConfigMap",
    steps: [
      create("c", data({ x: "1" })),
      mergePatch("p", {
        metadata: {
          managedFields: [
            {
              manager: "given",
              operation: "Apply",
              apiVersion: "v1",
              fieldsType: "FieldsV1",
              fieldsV1: { "f:data": { "f:x": {}, "f:gone": {} } },
            },
          ],
        },
      }),
      mergePatch("p", {
        metadata: {
          managedFields: [{ manager: "bad", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: { nocolon: {} } }],
        },
      }),
      mergePatch("p", { metadata: { managedFields: [{ manager: "bad", operation: "Apply" }] } }),
      apply("given", data({ y: "1" })),
    ],
  },
  {
    name: "labels, annotations, finalizers and owner references have owners too",
    kind: "ConfigMap",
    steps: [
      apply("a", meta({ labels: { a: "1" }, finalizers: ["smd.example.com/a"] })),
      apply("b", meta({ labels: { b: "1" }, annotations: { b: "1" }, finalizers: ["smd.example.com/b"] })),
      apply("a", meta({ labels: { a: "1", b: "2" } })),
      apply("o", meta({ ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "n", uid: "u1" }] })),
      apply("p", meta({ ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "m", uid: "u2" }] })),
      apply("o", meta({ ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "n", uid: "u1", controller: true }] })),
      apply("p", meta({ ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "n", uid: "u1", controller: false }] })),
      apply("a", meta({ labels: { a: "1" } })),
      apply("b", {}),
      apply("o", {}),
    ],
  },
  {
    name: "an apply that does not fit the schema is an error",
    kind: "ConfigMap",
    steps: [
      apply("a", data({ x: "1" })),
      apply("a", data({ x: 1 })),
      apply("a", { bogus: 1 }),
      apply("a", { data: ["x"] }),
      apply("a", meta({ finalizers: ["smd.example.com/a", "smd.example.com/a"] })),
      apply("a", meta({ managedFields: [] })),
      apply("a", { immutable: "yes", binaryData: 3 }),
      apply("a", data({ x: { y: 1 } })),
    ],
  },
  {
    name: "managers of versions that are no more are forgotten",
    kind: "ConfigMap",
    steps: [
      create("c", data({ x: "1", y: "1" })),
      mergePatch("p", {
        metadata: {
          managedFields: [
            { manager: "old", operation: "Update", apiVersion: "v0", fieldsType: "FieldsV1", fieldsV1: { "f:data": { "f:x": {} } } },
            { manager: "new", operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: { "f:data": { "f:y": {} } } },
          ],
        },
      }),
      apply("a", data({ x: "2" })),
    ],
  },
  {
    name: "kubectl takes over what it applied on the client side, and keeps the annotation of that",
    kind: "ConfigMap",
    steps: [
      create("kubectl-client-side-apply", {
        ...data({ x: "1", y: "1", z: "1" }),
        ...meta({
          annotations: {
            "kubectl.kubernetes.io/last-applied-configuration":
              '{"apiVersion":"v1","data":{"x":"1","y":"1"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"n"}}\n',
          },
        }),
      }),
      apply("other", data({ x: "2" })),
      apply("kubectl", data({ x: "2", z: "2" })),
      apply("kubectl", data({ y: "<&>", x: "2" })),
      mergePatch("u", data({ y: "9" })),
      apply("kubectl", data({ x: "3", y: "8" })),
      apply("kubectl", data({ x: "3" })),
    ],
  },
  {
    name: "more than ten updaters are merged into ancient-changes",
    kind: "ConfigMap",
    steps: [
      create("m00", data({ k00: "1" })),
      ...Array.from({ length: 12 }, (_, index) => {
        const number = String(index + 1).padStart(2, "0");
        return mergePatch(`m${number}`, data({ [`k${number}`]: "1" }));
      }),
    ],
  },
];

const container = (values: Body): Body => ({ name: "app", image: "img:1", ...values });
const deployment = (values: Body, containers: readonly Body[]): Body =>
  spec({
    selector: { matchLabels: { app: "d" } },
    template: { metadata: { labels: { app: "d" } }, spec: { containers } },
    ...values,
  });

const deployments: readonly MergeScenario[] = [
  {
    name: "containers are keyed by name, ports by number and protocol, env by name",
    kind: "Deployment",
    steps: [
      apply("a", deployment({ replicas: 1 }, [container({ ports: [{ containerPort: 80 }], env: [{ name: "A", value: "1" }] })])),
      apply(
        "b",
        deployment({}, [container({ ports: [{ containerPort: 443, protocol: "TCP", name: "tls" }], env: [{ name: "B", value: "1" }] })]),
      ),
      apply("a", deployment({ replicas: 1 }, [container({ env: [{ name: "C", value: "1" }] }), { name: "side", image: "side:1" }])),
      apply("b", deployment({}, [container({ image: "img:2" })])),
      force("b", deployment({}, [container({ image: "img:2" })])),
      apply("a", deployment({}, [container({ image: "img:2" })])),
    ],
  },
  {
    name: "a created deployment is owned down to what the server presents as empty structs",
    kind: "Deployment",
    steps: [
      create("c", deployment({ replicas: 2 }, [container({ resources: { limits: { cpu: "100m" } } })])),
      mergePatch("scaler", spec({ replicas: 3 })),
      apply("a", deployment({ replicas: 4 }, [container({})])),
      apply("a", deployment({}, [container({})])),
      mergePatch("r", spec({ strategy: { type: "Recreate", rollingUpdate: null } })),
      apply("a", spec({ paused: true, template: { spec: { containers: [{ name: "app", resources: { limits: { memory: "1Gi" } } }] } } })),
    ],
  },
  {
    name: "the status subresource has entries of its own and cannot own the spec",
    kind: "Deployment",
    steps: [
      create("c", { ...deployment({ replicas: 2 }, [container({})]), status: { replicas: 9 } }),
      mergePatch("kcm", { status: { observedGeneration: 1, replicas: 2 }, spec: { replicas: 7 } }, status),
      apply(
        "kcm",
        { status: { availableReplicas: 1, conditions: [{ type: "Available", status: "True" }] }, spec: { replicas: 8 } },
        status,
      ),
      apply(
        "other",
        {
          status: {
            conditions: [
              { type: "Available", status: "False" },
              { type: "Progressing", status: "True" },
            ],
          },
        },
        status,
      ),
      apply("kcm", { status: { conditions: [{ type: "Available", status: "True" }] } }, status),
      apply("c", { ...deployment({ replicas: 2 }, [container({})]), status: { replicas: 5 } }),
    ],
  },
  {
    name: "items that repeat are owned together, until they are one again",
    kind: "Deployment",
    steps: [
      create(
        "c",
        deployment({ replicas: 1 }, [
          container({
            env: [
              { name: "A", value: "1" },
              { name: "A", value: "2" },
              { name: "B", value: "1" },
            ],
          }),
        ]),
      ),
      apply("a", deployment({}, [container({ env: [{ name: "C", value: "1" }] })])),
      jsonPatch("j", [{ op: "replace", path: "/spec/template/spec/containers/0/env/0/value", value: "9" }]),
      jsonPatch("j", [{ op: "add", path: "/spec/template/spec/containers/0/env/-", value: { name: "B", value: "2" } }]),
      jsonPatch("k", [{ op: "remove", path: "/spec/template/spec/containers/0/env/0" }]),
      apply("a", deployment({}, [container({ env: [{ name: "A", value: "3" }] })])),
      force(
        "a",
        deployment({}, [
          container({
            env: [
              { name: "A", value: "3" },
              { name: "B", value: "3" },
            ],
          }),
        ]),
      ),
      apply("a", deployment({}, [container({})])),
      apply(
        "b",
        deployment({}, [
          container({
            env: [
              { name: "Z", value: "1" },
              { name: "Z", value: "2" },
            ],
          }),
        ]),
      ),
    ],
  },
  {
    name: "a replaced deployment",
    kind: "Deployment",
    steps: [
      apply("a", deployment({ replicas: 1 }, [container({ env: [{ name: "A", value: "1" }] }), { name: "side", image: "side:1" }])),
      update("u", deployment({ replicas: 1 }, [container({ image: "img:2" })])),
      update(
        "u",
        deployment({ replicas: 1, minReadySeconds: 3 }, [
          { name: "side", image: "side:1" },
          container({ image: "img:2", resources: { requests: { cpu: "1" } } }),
        ]),
      ),
      apply("a", deployment({ replicas: 1 }, [container({ image: "img:2" })])),
    ],
  },
  {
    name: "a selector and a volume source replace atomically",
    kind: "Deployment",
    steps: [
      apply(
        "a",
        deployment(
          {
            template: {
              metadata: { labels: { app: "d" } },
              spec: {
                containers: [container({})],
                volumes: [{ name: "v", emptyDir: {} }],
                nodeSelector: { a: "1" },
                tolerations: [{ key: "t" }],
              },
            },
          },
          [],
        ),
      ),
      apply("b", spec({ template: { spec: { nodeSelector: { b: "1" } } } })),
      force("b", spec({ template: { spec: { nodeSelector: { b: "1" }, tolerations: [{ key: "u" }] } } })),
      apply("b", {}),
    ],
  },
];

const services: readonly MergeScenario[] = [
  {
    name: "service ports are keyed by port and protocol",
    kind: "Service",
    steps: [
      apply("a", spec({ selector: { app: "s" }, ports: [{ port: 80, name: "http" }] })),
      apply("b", spec({ ports: [{ port: 53, protocol: "UDP", name: "dns" }] })),
      apply("b", spec({ ports: [{ port: 80, protocol: "TCP", name: "other" }] })),
      mergePatch("u", spec({ selector: { app: "t" } })),
      apply("a", spec({ selector: { app: "s" }, ports: [{ port: 80, name: "http", targetPort: 8080 }] })),
      force("a", spec({ selector: { app: "s" }, ports: [{ port: 80, name: "http", targetPort: "web" }] })),
      apply("b", {}),
    ],
  },
];

const widgets: readonly MergeScenario[] = [
  {
    name: "sets: appliers own their items",
    kind: "Widget",
    steps: [
      apply("a", spec({ set: ["x", "y"] })),
      apply("b", spec({ set: ["y", "z"] })),
      apply("a", spec({ set: ["x"] })),
      apply("b", spec({ set: ["z"] })),
      apply("b", spec({ set: ["q", "x", "z"] })),
      apply("a", spec({})),
      apply("b", spec({ set: [] })),
      apply("b", spec({ set: ["a", "a"] })),
    ],
  },
  {
    name: "list maps: items and their fields have different owners",
    kind: "Widget",
    steps: [
      apply(
        "a",
        spec({
          ports: [
            { port: 80, name: "http" },
            { port: 443, name: "https" },
          ],
        }),
      ),
      apply(
        "b",
        spec({
          ports: [
            { port: 443, protocol: "TCP", tags: ["t1"] },
            { port: 53, protocol: "UDP" },
          ],
        }),
      ),
      apply(
        "a",
        spec({
          ports: [
            { port: 443, name: "https" },
            { port: 80, name: "web" },
          ],
        }),
      ),
      apply("a", spec({ ports: [{ port: 443, name: "https" }] })),
      apply("a", spec({})),
      mergePatch("u", spec({ ports: [{ port: 443, protocol: "TCP", tags: ["t2"] }] })),
      apply("b", spec({ ports: [{ port: 443, tags: ["t1"] }] })),
      apply("b", spec({ ports: [{ name: "no key" }] })),
      apply("b", spec({ ports: [{ port: 1 }, { port: 1 }] })),
    ],
  },
  {
    name: "order of merged lists",
    kind: "Widget",
    steps: [
      apply("a", spec({ set: ["a", "b", "c", "d"] })),
      apply("b", spec({ set: ["x", "c", "y", "a", "z"] })),
      apply("a", spec({ set: ["d", "a", "n", "c"] })),
      apply("c", spec({ set: ["z", "d", "m"] })),
      apply("b", spec({ set: ["z", "y"] })),
    ],
  },
  {
    name: "atomic lists, maps and structs have one owner",
    kind: "Widget",
    steps: [
      apply("a", spec({ atomicList: ["x"], atomicMap: { a: "1" }, atomicStruct: { a: "1" } })),
      apply("b", spec({ atomicList: ["x"], atomicMap: { a: "1" }, atomicStruct: { a: "1" } })),
      apply("b", spec({ atomicList: ["y"], atomicMap: { b: "1" }, atomicStruct: { b: "1" } })),
      force("b", spec({ atomicList: ["y"], atomicMap: { b: "1" }, atomicStruct: { b: "1" } })),
      mergePatch("u", spec({ atomicMap: { c: "1" } })),
      apply("b", spec({ atomicList: [], atomicStruct: {} })),
      apply("b", {}),
    ],
  },
  {
    name: "nested structs and maps",
    kind: "Widget",
    steps: [
      apply("a", spec({ nested: { a: { b: { c: "1" } } }, labels: { x: "1" }, objects: { o: { p: "1", q: "1" } } })),
      apply("b", spec({ nested: { a: { b: { d: "1" } } }, labels: { y: "1" }, objects: { o: { q: "1" }, r: {} } })),
      apply("a", spec({ nested: { a: {} }, labels: {}, objects: { o: {} } })),
      apply("b", spec({ nested: {}, objects: {} })),
      apply("a", spec({ nested: { a: { b: { c: "2" } } } })),
      apply("a", spec({})),
    ],
  },
  {
    name: "fields without a schema are maps all the way down, their lists atomic",
    kind: "Widget",
    steps: [
      apply("a", spec({ free: { a: { b: "1" }, l: [{ name: "x" }], n: null, e: {} }, typedFree: { known: "1", other: { x: 1 } } })),
      apply("b", spec({ free: { a: { c: "1" } }, typedFree: { other: { y: 1 } } })),
      apply("b", spec({ free: { l: [{ name: "y" }] } })),
      mergePatch("u", spec({ free: { a: "scalar", z: 1 } })),
      apply("a", spec({ free: { l: [{ name: "x" }] } })),
      apply("a", spec({ free: { a: { b: "1" } } })),
      force("a", spec({ free: { a: { b: "1" } } })),
    ],
  },
  {
    name: "null values of a nullable field, int-or-string, numbers and booleans",
    kind: "Widget",
    steps: [
      apply("a", spec({ nullable: null, intOrString: 1, number: 1.5, flag: false })),
      apply("b", spec({ intOrString: "1" })),
      apply("b", spec({ nullable: "x" })),
      force("b", spec({ nullable: "x", intOrString: "50%" })),
      apply("a", spec({ number: 2, flag: "no" })),
      apply("a", spec({ replicas: "3" })),
      apply("a", spec({ number: 2 })),
    ],
  },
  {
    name: "created, replaced and patched custom resources",
    kind: "Widget",
    steps: [
      create("c", spec({ replicas: 1, ports: [{ port: 80 }], set: ["a"], labels: {}, nested: { a: {} }, atomicList: [] })),
      update("u", spec({ replicas: 2, ports: [{ port: 80, name: "n" }, { port: 81 }], set: ["b", "a"], nested: { a: { b: { c: "1" } } } })),
      update("c", spec({ ports: [{ port: 81 }], set: ["a"] })),
      mergePatch("c", spec({ set: null, ports: null })),
      update("u", { spec: {} }),
      update("u", {}),
    ],
  },
  {
    name: "the status subresource of a custom resource",
    kind: "Widget",
    steps: [
      create("c", { ...spec({ replicas: 1 }), status: { ready: 9 } }),
      update("s", { spec: { replicas: 5 }, status: { ready: 1, conditions: [{ type: "Ready", status: "True" }] } }, status),
      apply(
        "t",
        {
          ...meta({ labels: { x: "1" } }),
          ...spec({ replicas: 6 }),
          status: { ready: 1, conditions: [{ type: "Other", status: "True" }] },
        },
        status,
      ),
      apply("t", { status: { ready: 2 } }, status),
      apply("c", { ...spec({ replicas: 1 }), status: { ready: 3 } }),
      update("s", { spec: { replicas: 5 }, status: {} }, status),
      apply("t", {}, status),
    ],
  },
  {
    name: "an applier that also updates has two entries",
    kind: "Widget",
    steps: [
      apply("a", spec({ replicas: 1, labels: { x: "1" } })),
      mergePatch("a", spec({ replicas: 2 })),
      apply("a", spec({ replicas: 1, labels: { x: "1" } })),
      force("a", spec({ replicas: 1, labels: { x: "1" } })),
      apply("a", spec({ replicas: 1 })),
    ],
  },
  {
    name: "items whose optional key fields are missing, and mixed value sets",
    kind: "Widget",
    steps: [
      apply("a", spec({ pairs: [{ a: "1" }, { a: "1", b: "2" }, { b: "3" }], numbers: [3, 1] })),
      apply("b", spec({ pairs: [{ a: "1", v: "x" }], numbers: [1, 2] })),
      apply("a", spec({ pairs: [{ b: "3" }], numbers: [3] })),
      apply("b", spec({ pairs: [{ v: "y" }] })),
    ],
  },
];

const blobs: readonly MergeScenario[] = [
  {
    name: "a kind without fields in its schema",
    kind: "Blob",
    steps: [
      apply("a", { spec: { a: 1, list: [1, 2], map: { x: "1" } }, other: true }),
      apply("b", { spec: { b: 1, map: { y: "1" } } }),
      apply("a", { spec: { a: 1, list: [2] } }),
      apply("b", { spec: { list: [3] } }),
      mergePatch("u", { spec: { map: { x: null, y: "2" } }, top: [] }),
      apply("b", { spec: { map: {} } }),
    ],
  },
];

const podSpec = (values: Body): Body => spec({ template: { spec: values } });

const strategicPatches: readonly MergeScenario[] = [
  {
    name: "strategic patches of containers",
    kind: "Deployment",
    steps: [
      create(
        "c",
        deployment({ replicas: 1 }, [
          container({
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "1" },
            ],
            ports: [{ containerPort: 80 }, { containerPort: 81 }],
          }),
          { name: "side", image: "side:1" },
        ]),
      ),
      strategic(podSpec({ containers: [{ name: "side", image: "side:2" }] })),
      strategic(
        podSpec({
          containers: [
            { name: "first", image: "f:1", env: [{ name: "N", value: "1" }] },
            {
              name: "app",
              env: [
                { name: "B", value: "2" },
                { name: "C", value: "1" },
              ],
            },
          ],
        }),
      ),
      strategic(
        podSpec({
          "$setElementOrder/containers": [{ name: "side" }, { name: "new" }, { name: "app" }],
          containers: [{ name: "new", image: "n:1" }],
        }),
      ),
      strategic(
        podSpec({
          containers: [
            { name: "app", ports: [{ containerPort: 81, $patch: "delete" }], env: [{ name: "Z", value: "1" }, { $patch: "replace" }] },
          ],
        }),
      ),
      strategic(
        podSpec({
          containers: [
            { name: "first", $patch: "delete" },
            { name: "nobody", $patch: "delete" },
          ],
        }),
      ),
      strategic(podSpec({ "$setElementOrder/containers": [{ name: "app" }, { name: "side" }] })),
      strategic(podSpec({ containers: [{ image: "no:name" }] })),
      strategic(podSpec({ containers: [{ name: "app", $patch: "bogus" }] })),
      strategic(
        podSpec({
          "$setElementOrder/containers": [{ name: "side" }, { name: "app" }],
          containers: [
            { name: "app", image: "i:1" },
            { name: "side", image: "i:1" },
          ],
        }),
      ),
      strategic(podSpec({ "$setElementOrder/containers": [{ name: "side" }], containers: [{ name: "app", image: "i:1" }] })),
      strategic(podSpec({ containers: [{ name: "app", command: ["sh", "-c"], args: null, env: null }] })),
    ],
  },
  {
    name: "strategic patches of maps, unions and plain lists",
    kind: "Deployment",
    steps: [
      create("c", deployment({ replicas: 1, minReadySeconds: 1 }, [container({})])),
      strategic(spec({ strategy: { $retainKeys: ["type"], type: "Recreate" } })),
      strategic(spec({ strategy: { $retainKeys: ["type", "rollingUpdate"], type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } })),
      strategic(spec({ strategy: { $retainKeys: ["type"], type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } })),
      strategic(spec({ strategy: { $retainKeys: "type" } })),
      strategic(podSpec({ nodeSelector: { a: "1", b: "1", gone: null }, tolerations: [{ key: "t" }, { key: "u" }] })),
      strategic(podSpec({ nodeSelector: { a: null, c: "1" }, tolerations: [{ key: "v" }] })),
      strategic(podSpec({ nodeSelector: { $patch: "replace", d: "1" } })),
      strategic(podSpec({ nodeSelector: { $patch: "delete" } })),
      strategic(
        podSpec({
          volumes: [
            { name: "v", emptyDir: {} },
            { name: "w", configMap: { name: "x", items: [{ key: "k", path: "p" }] } },
          ],
        }),
      ),
      strategic(
        podSpec({
          volumes: [
            { name: "v", $retainKeys: ["name", "secret"], secret: { secretName: "s" } },
            { name: "w", configMap: { items: [{ key: "l", path: "q" }] } },
          ],
        }),
      ),
      strategic(podSpec({ volumes: [{ name: "w", $patch: "delete" }], "$setElementOrder/volumes": [{ name: "v" }] })),
      strategic(spec({ minReadySeconds: null, revisionHistoryLimit: 3, selector: { matchLabels: { app: "d" } } })),
    ],
  },
  {
    name: "strategic patches of lists of scalars and of metadata",
    kind: "ConfigMap",
    steps: [
      create("c", { ...data({ x: "1" }), ...meta({ finalizers: ["x.io/a", "x.io/b"], labels: { l: "1" } }) }),
      strategic(meta({ finalizers: ["x.io/c", "x.io/a"] })),
      strategic(meta({ "$deleteFromPrimitiveList/finalizers": ["x.io/a", "x.io/z"] })),
      strategic(meta({ "$setElementOrder/finalizers": ["x.io/d", "x.io/c", "x.io/b"], finalizers: ["x.io/d"] })),
      strategic(meta({ $deleteFromPrimitiveList: ["x.io/d"] })),
      strategic(meta({ ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "n", uid: "u1" }] })),
      strategic(
        meta({
          ownerReferences: [
            { apiVersion: "v1", kind: "Node", name: "m", uid: "u2" },
            { uid: "u1", controller: true },
          ],
        }),
      ),
      strategic(meta({ ownerReferences: [{ uid: "u1", $patch: "delete" }], labels: null })),
      strategic({ data: { x: null, y: "1" } }),
      strategic({ data: { $patch: "replace", z: "1" } }),
      strategic({ data: null }),
      strategic(data({ w: "1" })),
    ],
  },
  {
    name: "strategic patches of service ports",
    kind: "Service",
    steps: [
      create("c", spec({ selector: { app: "s" }, ports: [{ port: 80, name: "http" }] })),
      strategic(spec({ ports: [{ port: 443, name: "https" }] })),
      strategic(spec({ ports: [{ port: 80, targetPort: "web" }], selector: { tier: "x" } })),
      strategic(spec({ ports: [{ port: 80, $patch: "delete" }], "$setElementOrder/ports": [{ port: 443 }] })),
    ],
  },
];

export const mergeScenarios: readonly MergeScenario[] = [
  ...configMaps,
  ...deployments,
  ...services,
  ...widgets,
  ...blobs,
  ...strategicPatches,
];
