/**
 * The objects of the informer workloads: custom resources as an operator meets them, 1.6 kB of JSON of which 45 % is managedFields, in the
 * order in which kube-apiserver writes custom resources. The same number always gives the same object.
 */
export function widgetJson(number: number, resourceVersion: number): string {
  const name = `widget-${String(number).padStart(6, "0")}`;
  const replicas = 1 + (number % 5);
  return JSON.stringify({
    apiVersion: "bench.example.com/v1",
    kind: "Widget",
    metadata: {
      annotations: { "example.com/contact": `team-${number % 50}@example.com`, "example.com/revision": String(number % 7) },
      creationTimestamp: "2026-11-20T03:20:00Z",
      generation: 3,
      labels: { "app.kubernetes.io/managed-by": "operatorkit", "app.kubernetes.io/name": name, tier: ["web", "db", "cache"][number % 3] },
      managedFields: MANAGED_FIELDS,
      name,
      namespace: `team-${String(number % 50).padStart(3, "0")}`,
      resourceVersion: String(resourceVersion),
      uid: `${((number * 2654435761) >>> 0).toString(16).padStart(8, "0")}-4f1c-4d7a-9b1e-${number.toString(16).padStart(12, "0")}`,
    },
    spec: {
      image: `registry.example.com/widgets/app:${number % 13}.2.1`,
      ports: [
        { containerPort: 8080, name: "http", protocol: "TCP" },
        { containerPort: 9090, name: "metrics", protocol: "TCP" },
      ],
      replicas,
      size: ["small", "medium", "large"][number % 3],
    },
    status: {
      conditions: [
        {
          lastTransitionTime: "2026-11-20T03:21:00Z",
          message: "all replicas are available",
          observedGeneration: 3,
          reason: "Available",
          status: "True",
          type: "Ready",
        },
      ],
      observedGeneration: 3,
      readyReplicas: replicas,
    },
  });
}

function owned(paths: string): Record<string, object> {
  return Object.fromEntries(paths.split(" ").map((path) => [path === "." ? "." : `f:${path}`, {}]));
}

const MANAGED_FIELDS = [
  {
    apiVersion: "bench.example.com/v1",
    fieldsType: "FieldsV1",
    fieldsV1: {
      "f:metadata": {
        "f:annotations": owned(". example.com/contact example.com/revision"),
        "f:labels": owned(". app.kubernetes.io/managed-by app.kubernetes.io/name tier"),
      },
      "f:spec": owned(". image ports replicas size"),
    },
    manager: "kubectl-client-side-apply",
    operation: "Update",
    time: "2026-11-20T03:20:00Z",
  },
  {
    apiVersion: "bench.example.com/v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:status": owned(". conditions observedGeneration readyReplicas") },
    manager: "widget-operator",
    operation: "Update",
    subresource: "status",
    time: "2026-11-20T03:21:00Z",
  },
];
