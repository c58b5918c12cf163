import { describe, expect, it } from "vitest";
import { decodeBuiltIn } from "../typed/decode-built-in.ts";
import { decodeProtobuf } from "./decode-protobuf.ts";

/** A Pod as kube-apiserver 1.36.3 wrote it. */
const POD =
  "azhzAAoJCgJ2MRIDUG9kEuoKCr4HCgVwcm90bxIAGgRjb3JlIgAqJGU1MGNhYTExLTk1MjgtNDBmMy05ZTAxLWRlNzMzNTFjMzIzYzIFMTQyNDQ4AUIICN+3htgGEABaBg" +
  "oBYRIBYooB6AYKBGN1cmwSBlVwZGF0ZRoCdjEiCAjft4bYBhAAMghGaWVsZHNWMTq9Bgq6BnsiZjptZXRhZGF0YSI6eyJmOmxhYmVscyI6eyIuIjp7fSwiZjphIjp7fX19" +
  "LCJmOnNwZWMiOnsiZjpjb250YWluZXJzIjp7Ims6e1wibmFtZVwiOlwiY1wifSI6eyIuIjp7fSwiZjplbnYiOnsiLiI6e30sIms6e1wibmFtZVwiOlwiRVwifSI6eyIuIj" +
  "p7fSwiZjpuYW1lIjp7fSwiZjp2YWx1ZUZyb20iOnsiLiI6e30sImY6Y29uZmlnTWFwS2V5UmVmIjp7fX19fSwiZjppbWFnZSI6e30sImY6aW1hZ2VQdWxsUG9saWN5Ijp7" +
  "fSwiZjpsaXZlbmVzc1Byb2JlIjp7Ii4iOnt9LCJmOmZhaWx1cmVUaHJlc2hvbGQiOnt9LCJmOmh0dHBHZXQiOnsiLiI6e30sImY6cGF0aCI6e30sImY6cG9ydCI6e30sIm" +
  "Y6c2NoZW1lIjp7fX0sImY6cGVyaW9kU2Vjb25kcyI6e30sImY6c3VjY2Vzc1RocmVzaG9sZCI6e30sImY6dGltZW91dFNlY29uZHMiOnt9fSwiZjpuYW1lIjp7fSwiZjpy" +
  "ZXNvdXJjZXMiOnsiLiI6e30sImY6bGltaXRzIjp7Ii4iOnt9LCJmOmNwdSI6e319LCJmOnJlcXVlc3RzIjp7Ii4iOnt9LCJmOmNwdSI6e319fSwiZjp0ZXJtaW5hdGlvbk" +
  "1lc3NhZ2VQYXRoIjp7fSwiZjp0ZXJtaW5hdGlvbk1lc3NhZ2VQb2xpY3kiOnt9fX0sImY6ZG5zUG9saWN5Ijp7fSwiZjplbmFibGVTZXJ2aWNlTGlua3MiOnt9LCJmOnJl" +
  "c3RhcnRQb2xpY3kiOnt9LCJmOnNjaGVkdWxlck5hbWUiOnt9LCJmOnNlY3VyaXR5Q29udGV4dCI6e30sImY6dGVybWluYXRpb25HcmFjZVBlcmlvZFNlY29uZHMiOnt9LC" +
  "JmOnZvbHVtZXMiOnsiLiI6e30sIms6e1wibmFtZVwiOlwidlwifSI6eyIuIjp7fSwiZjplbXB0eURpciI6eyIuIjp7fSwiZjptZWRpdW0iOnt9fSwiZjpuYW1lIjp7fX19" +
  "fX1CABKBAwoPCgF2EgoSCAoGTWVtb3J5EpkBCgFjEgNpOjEqADoTCgFFEgAaDBoKCgMKAW0SAWsYAEIeCg0KA2NwdRIGCgQxMDBtEg0KA2NwdRIGCgQxMDBtUiQKGBIWCg" +
  "EvEgkIARAAGgN3ZWIaACIESFRUUBAAGAEgCigBMANqFC9kZXYvdGVybWluYXRpb24tbG9ncgxJZk5vdFByZXNlbnSAAQCIAQCQAQCiAQRGaWxlGgZBbHdheXMgADIMQ2x1" +
  "c3RlckZpcnN0QgBKAFIAWABgAGgAcgCCAQCKAQCaARFkZWZhdWx0LXNjaGVkdWxlcrIBNgocbm9kZS5rdWJlcm5ldGVzLmlvL25vdC1yZWFkeRIGRXhpc3RzGgAiCU5vRX" +
  "hlY3V0ZSisArIBOAoebm9kZS5rdWJlcm5ldGVzLmlvL3VucmVhY2hhYmxlEgZFeGlzdHMaACIJTm9FeGVjdXRlKKwCwgEAyAEA8AEB+gEUUHJlZW1wdExvd2VyUHJpb3Jp" +
  "dHkaIwoHUGVuZGluZxoAIgAqADIASglCdXJzdGFibGVaAHIAiAEAGgAiAA==";

describe("decodeProtobuf", () => {
  it("reads a recorded Pod as the JSON the same server shows", () => {
    const decoded = decodeProtobuf(Buffer.from(POD, "base64"));
    const { object } = decodeBuiltIn(decoded, "io.k8s.api.core.v1.Pod");
    const { managedFields, ...metadata } = object["metadata"] as Record<string, unknown>;
    expect(managedFields).toMatchObject([{ manager: "curl", operation: "Update", fieldsType: "FieldsV1", fieldsV1: { "f:metadata": {} } }]);
    expect({ ...object, metadata }).toEqual({
      kind: "Pod",
      apiVersion: "v1",
      metadata: {
        name: "proto",
        namespace: "core",
        uid: "e50caa11-9528-40f3-9e01-de73351c323c",
        resourceVersion: "14244",
        generation: 1,
        creationTimestamp: "2026-11-21T13:25:51Z",
        labels: { a: "b" },
      },
      spec: {
        volumes: [{ name: "v", emptyDir: { medium: "Memory" } }],
        containers: [
          {
            name: "c",
            image: "i:1",
            env: [{ name: "E", valueFrom: { configMapKeyRef: { name: "m", key: "k", optional: false } } }],
            resources: { limits: { cpu: "100m" }, requests: { cpu: "100m" } },
            livenessProbe: {
              httpGet: { path: "/", port: "web", scheme: "HTTP" },
              timeoutSeconds: 1,
              periodSeconds: 10,
              successThreshold: 1,
              failureThreshold: 3,
            },
            terminationMessagePath: "/dev/termination-log",
            terminationMessagePolicy: "File",
            imagePullPolicy: "IfNotPresent",
          },
        ],
        restartPolicy: "Always",
        terminationGracePeriodSeconds: 0,
        dnsPolicy: "ClusterFirst",
        securityContext: {},
        schedulerName: "default-scheduler",
        tolerations: [
          { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
          { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
        ],
        priority: 0,
        enableServiceLinks: true,
        preemptionPolicy: "PreemptLowerPriority",
      },
      status: { phase: "Pending", qosClass: "Burstable" },
    });
  });

  it("keeps zero where a pointer says it was meant", () => {
    const { spec } = decodeProtobuf(Buffer.from(POD, "base64")) as { spec: { terminationGracePeriodSeconds: number } };
    expect(spec.terminationGracePeriodSeconds).toBe(0);
  });

  it.each([
    ["nothing", new Uint8Array(), "does not appear to be a protobuf message"],
    ["JSON", Buffer.from("{}"), "does not appear to be a protobuf message"],
    [
      "a kind that has no protobuf form",
      Buffer.from("k8s\u0000\u000a\u000b\u000a\u0002v1\u0012\u0005Thing"),
      'there is no protobuf form of "Thing" in "v1"',
    ],
    ["a message that is cut off", Buffer.from(POD, "base64").subarray(0, 200), "a field is longer than its message"],
    ["a number without end", Buffer.from([0x6b, 0x38, 0x73, 0, ...Array<number>(11).fill(0xff)]), "a number is longer than 64 bits"],
  ])("refuses %s", (_title, bytes, message) => {
    expect(() => decodeProtobuf(bytes)).toThrow(message);
  });
});
