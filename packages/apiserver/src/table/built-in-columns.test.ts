import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { SCALE_COLUMNS, builtInColumns } from "./built-in-columns.ts";

const NOW = Date.parse("2026-01-01T01:00:00Z");
const created = "2026-01-01T00:55:00Z";

function cells(group: string, plural: string, object: JsonObject): unknown[] {
  const metadata = { name: "a", creationTimestamp: created, ...(object["metadata"] as JsonObject | undefined) };
  return builtInColumns(group, plural).map((column) => column.cell?.({ ...object, metadata }, NOW));
}

const template = {
  metadata: { labels: { a: "b" } },
  spec: {
    nodeSelector: { k: "v" },
    containers: [
      { name: "c1", image: "i1" },
      { name: "c2", image: "i2" },
    ],
  },
};

// What kube-apiserver 1.36.3 answered for the same objects.
describe("builtInColumns", () => {
  it.each<[string, string, JsonObject, unknown[]]>([
    ["", "namespaces", { status: { phase: "Active" } }, ["a", "Active", "5m"]],
    ["", "configmaps", { data: { a: "1", b: "2" }, binaryData: { c: "" } }, ["a", 3, "5m"]],
    ["", "secrets", { type: "Opaque", data: { a: "" } }, ["a", "Opaque", 1, "5m"]],
    ["", "serviceaccounts", {}, ["a", "5m"]],
    ["", "limitranges", {}, ["a", created]],
    ["apiextensions.k8s.io", "customresourcedefinitions", {}, ["a", created]],
    [
      "",
      "pods",
      { spec: { nodeName: "n1", containers: [{}] }, status: { phase: "Running", podIP: "10.0.0.1" } },
      ["a", "0/1", "Running", "0", "5m", "10.0.0.1", "n1", "<none>", "<none>"],
    ],
    [
      "",
      "services",
      {
        spec: {
          type: "NodePort",
          clusterIP: "10.0.0.80",
          externalIPs: ["1.2.3.4"],
          selector: { b: "x", a: "yy" },
          ports: [
            { port: 80, nodePort: 30_080, protocol: "TCP" },
            { port: 443, protocol: "UDP" },
          ],
        },
      },
      ["a", "NodePort", "10.0.0.80", "1.2.3.4", "80:30080/TCP,443/UDP", "5m", "a=yy,b=x"],
    ],
    ["", "services", { spec: { type: "ClusterIP", clusterIP: "None" } }, ["a", "ClusterIP", "None", "<none>", "<none>", "5m", "<none>"]],
    [
      "",
      "services",
      { spec: { type: "ExternalName", externalName: "example.com" } },
      ["a", "ExternalName", "<none>", "example.com", "<none>", "5m", "<none>"],
    ],
    [
      "",
      "services",
      { spec: { type: "LoadBalancer", clusterIP: "10.0.0.2" } },
      ["a", "LoadBalancer", "10.0.0.2", "<pending>", "<none>", "5m", "<none>"],
    ],
    [
      "",
      "services",
      { spec: { type: "LoadBalancer", clusterIP: "1" }, status: { loadBalancer: { ingress: [{ ip: "9.9.9.9" }] } } },
      ["a", "LoadBalancer", "1", "9.9.9.9", "<none>", "5m", "<none>"],
    ],
    [
      "",
      "endpoints",
      { subsets: [{ addresses: [{ ip: "10.0.0.1" }, { ip: "10.0.0.2" }, { ip: "10.0.0.3" }, { ip: "10.0.0.4" }], ports: [{ port: 80 }] }] },
      ["a", "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...", "5m"],
    ],
    [
      "discovery.k8s.io",
      "endpointslices",
      {
        addressType: "IPv4",
        ports: [{ port: 80 }, { port: 81 }],
        endpoints: [{ addresses: ["1", "2"] }, { addresses: ["3"] }, { addresses: ["4"] }, { addresses: ["5"] }],
      },
      ["a", "IPv4", "80,81", "1,2,3 + 2 more...", "5m"],
    ],
    ["discovery.k8s.io", "endpointslices", { addressType: "IPv4" }, ["a", "IPv4", "<unset>", "<unset>", "5m"]],
    [
      "apps",
      "deployments",
      {
        spec: {
          replicas: 3,
          template,
          selector: {
            matchLabels: { a: "b" },
            matchExpressions: [
              { key: "x", operator: "In", values: ["q", "p"] },
              { key: "y", operator: "Exists" },
              { key: "zz", operator: "DoesNotExist" },
              { key: "w", operator: "NotIn", values: ["m"] },
            ],
          },
        },
        status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
      },
      ["a", "2/3", 3, 1, "5m", "c1,c2", "i1,i2", "a=b,w notin (m),x in (p,q),y,!zz"],
    ],
    [
      "apps",
      "replicasets",
      { spec: { replicas: 1, template, selector: { matchLabels: { a: "b" } } }, status: { replicas: 1 } },
      ["a", 1, 1, 0, "5m", "c1,c2", "i1,i2", "a=b"],
    ],
    ["apps", "statefulsets", { spec: { replicas: 1, template } }, ["a", "0/1", "5m", "c1,c2", "i1,i2"]],
    [
      "apps",
      "daemonsets",
      { spec: { template, selector: { matchLabels: { a: "b" } } }, status: { numberReady: 2 } },
      ["a", 0, 0, 2, 0, 0, "k=v", "5m", "c1,c2", "i1,i2", "a=b"],
    ],
    [
      "apps",
      "controllerrevisions",
      { revision: 3, metadata: { ownerReferences: [{ apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", controller: true }] } },
      ["a", "daemonset.apps/ds", 3, "5m"],
    ],
    [
      "batch",
      "jobs",
      { spec: { completions: 1, template, selector: { matchLabels: { a: "b" } } } },
      ["a", "Running", "0/1", "", "5m", "c1,c2", "i1,i2", "a=b"],
    ],
    [
      "batch",
      "jobs",
      {
        spec: { parallelism: 3, template },
        status: {
          succeeded: 1,
          startTime: created,
          completionTime: "2026-01-01T00:56:00Z",
          conditions: [{ type: "Complete", status: "True" }],
        },
      },
      ["a", "Complete", "1/1 of 3", "60s", "5m", "c1,c2", "i1,i2", "<none>"],
    ],
    [
      "batch",
      "cronjobs",
      { spec: { schedule: "* * * * *", jobTemplate: { spec: { template } } } },
      ["a", "* * * * *", "<none>", "False", 0, "<none>", "5m", "c1,c2", "i1,i2", "<none>"],
    ],
    ["coordination.k8s.io", "leases", { spec: { holderIdentity: "me" } }, ["a", "me", "5m"]],
    ["coordination.k8s.io", "leases", { spec: {} }, ["a", "", "5m"]],
    [
      "networking.k8s.io",
      "ingresses",
      { spec: { ingressClassName: "nginx", tls: [{}], rules: [{ host: "a.com" }] } },
      ["a", "nginx", "a.com", "", "80, 443", "5m"],
    ],
    ["networking.k8s.io", "ingresses", { spec: {} }, ["a", "<none>", "*", "", "80", "5m"]],
    [
      "networking.k8s.io",
      "ingressclasses",
      { spec: { controller: "x.io/y", parameters: { apiGroup: "g.io", kind: "K", name: "nn" } } },
      ["a", "x.io/y", "K.g.io/nn", "5m"],
    ],
    ["networking.k8s.io", "networkpolicies", { spec: { podSelector: { matchLabels: { a: "b" } } } }, ["a", "a=b", "5m"]],
    ["policy", "poddisruptionbudgets", { spec: { minAvailable: 1 } }, ["a", "1", "N/A", 0, "5m"]],
    [
      "autoscaling",
      "horizontalpodautoscalers",
      {
        spec: {
          minReplicas: 1,
          maxReplicas: 3,
          scaleTargetRef: { kind: "Deployment", name: "d" },
          metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
        },
      },
      ["a", "Deployment/d", "cpu: <unknown>/50%", "1", 3, 0, "5m"],
    ],
    [
      "rbac.authorization.k8s.io",
      "rolebindings",
      {
        roleRef: { kind: "ClusterRole", name: "view" },
        subjects: [
          { kind: "User", name: "jane" },
          { kind: "ServiceAccount", name: "sa", namespace: "ns" },
          { kind: "Group", name: "g" },
        ],
      },
      ["a", "ClusterRole/view", "5m", "jane", "g", "ns/sa"],
    ],
    [
      "",
      "nodes",
      { metadata: { labels: { "node-role.kubernetes.io/control-plane": "", "kubernetes.io/role": "w" } }, spec: { unschedulable: true } },
      ["a", "Unknown,SchedulingDisabled", "control-plane,w", "5m", "", "<none>", "<none>", "<unknown>", "<unknown>", "<unknown>"],
    ],
    [
      "",
      "nodes",
      {
        status: {
          conditions: [{ type: "Ready", status: "True" }],
          addresses: [{ type: "InternalIP", address: "10.0.0.9" }],
          nodeInfo: { kubeletVersion: "v1.36.3", osImage: "Linux" },
        },
      },
      ["a", "Ready", "<none>", "5m", "v1.36.3", "10.0.0.9", "<none>", "Linux", "<unknown>", "<unknown>"],
    ],
    [
      "",
      "persistentvolumeclaims",
      { spec: { volumeMode: "Filesystem" }, status: { phase: "Pending" } },
      ["a", "Pending", "", "", "", "", "<unset>", "5m", "Filesystem"],
    ],
    [
      "",
      "persistentvolumes",
      {
        spec: {
          accessModes: ["ReadWriteOnce", "ReadOnlyMany"],
          capacity: { storage: "1Gi" },
          persistentVolumeReclaimPolicy: "Retain",
          volumeMode: "Filesystem",
        },
        status: { phase: "Pending" },
      },
      ["a", "1Gi", "RWO,ROX", "Retain", "Pending", "", "", "<unset>", "", "5m", "Filesystem"],
    ],
    [
      "storage.k8s.io",
      "storageclasses",
      {
        metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
        provisioner: "x.io/y",
        reclaimPolicy: "Delete",
        volumeBindingMode: "Immediate",
      },
      ["a (default)", "x.io/y", "Delete", "Immediate", false, "5m"],
    ],
    [
      "scheduling.k8s.io",
      "priorityclasses",
      { value: 5, preemptionPolicy: "PreemptLowerPriority" },
      ["a", 5, false, "5m", "PreemptLowerPriority"],
    ],
    ["admissionregistration.k8s.io", "validatingwebhookconfigurations", { webhooks: [{}] }, ["a", 1, "5m"]],
  ])("%s %s", (group, plural, object, row) => {
    expect(cells(group, plural, object)).toEqual(row);
  });

  it("shows an event the same way in either of its APIs", () => {
    const core = {
      involvedObject: { kind: "Pod", name: "p", fieldPath: "spec.containers{c}" },
      type: "Warning",
      reason: "Because",
      message: "  hello there \n",
      count: 4,
      firstTimestamp: "2026-01-01T00:23:00Z",
      lastTimestamp: "2026-01-01T00:33:00Z",
      source: { component: "comp", host: "h" },
    };
    const row = ["27m", "Warning", "Because", "pod/p", "spec.containers{c}", "comp, h", "hello there", "37m", 4, "a"];
    expect(cells("", "events", core)).toEqual(row);
    const { involvedObject, message, count, firstTimestamp, lastTimestamp, source, ...rest } = core;
    const renamed = {
      ...rest,
      regarding: involvedObject,
      note: message,
      deprecatedCount: count,
      deprecatedFirstTimestamp: firstTimestamp,
      deprecatedLastTimestamp: lastTimestamp,
      deprecatedSource: source,
    };
    expect(cells("events.k8s.io", "events", renamed)).toEqual(row);
    const modern = {
      regarding: { kind: "Pod", name: "p" },
      type: "Normal",
      reason: "R",
      note: "noted",
      eventTime: "2026-01-01T00:23:00.000000Z",
      reportingController: "ex.com/ctl",
      reportingInstance: "inst",
    };
    expect(cells("events.k8s.io", "events", modern)).toEqual([
      "37m",
      "Normal",
      "R",
      "pod/p",
      "",
      "ex.com/ctl, inst",
      "noted",
      "37m",
      1,
      "a",
    ]);
    expect(cells("events.k8s.io", "events", { ...modern, series: { count: 9, lastObservedTime: "2026-01-01T00:59:00.000000Z" } })[0]).toBe(
      "60s",
    );
  });

  it("shows every kind without failing when an object has nothing but a name", () => {
    for (const [group, plural] of [
      ["", "pods"],
      ["", "services"],
      ["", "nodes"],
      ["apps", "deployments"],
      ["batch", "cronjobs"],
      ["", "events"],
      ["autoscaling", "horizontalpodautoscalers"],
      ["", "resourcequotas"],
    ] as const) {
      expect(cells(group, plural, {})).toHaveLength(builtInColumns(group, plural).length);
    }
  });

  it("has columns for scales", () => {
    const scale = { metadata: { name: "d", creationTimestamp: created }, spec: { replicas: 3 }, status: { replicas: 1 } };
    expect(SCALE_COLUMNS.map((column) => column.cell?.(scale, NOW))).toEqual(["d", 3, 1, "5m"]);
  });
});
