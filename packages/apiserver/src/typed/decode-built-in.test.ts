import { describe, expect, it } from "vitest";
import { decodeBuiltIn } from "./decode-built-in.ts";

const decode = (value: object, definition: string): unknown => decodeBuiltIn({ ...value }, definition).object;
const CONFIG_MAP = "io.k8s.api.core.v1.ConfigMap";
const DEPLOYMENT = "io.k8s.api.apps.v1.Deployment";

describe("decodeBuiltIn", () => {
  it("drops unknown fields and names them with indices", () => {
    const container = { name: "a", typo: 1, ports: [{ containerPort: 1, typo: 2 }] };
    const { unknown } = decodeBuiltIn({ typo: 0, spec: { template: { spec: { containers: [container] } } } }, DEPLOYMENT);
    expect(unknown).toEqual(["spec.template.spec.containers[0].ports[0].typo", "spec.template.spec.containers[0].typo", "typo"]);
  });

  it("drops nulls and empty maps and lists, as omitempty does", () => {
    expect(decode({ metadata: { creationTimestamp: null, labels: {}, finalizers: [] }, data: {} }, CONFIG_MAP)).toEqual({ metadata: {} });
  });

  it("keeps an empty list of managed fields, which means something", () => {
    expect(decode({ metadata: { managedFields: [] } }, CONFIG_MAP)).toEqual({ metadata: { managedFields: [] } });
  });

  it("drops zeros that omitempty drops, and keeps those behind a pointer", () => {
    const { spec, status } = decode({ spec: { replicas: 0, minReadySeconds: 0, paused: false }, status: { replicas: 0 } }, DEPLOYMENT) as {
      spec: object;
      status: object;
    };
    expect([Object.keys(spec), status]).toEqual([["replicas", "strategy", "template"], {}]);
  });

  it("writes what Go always writes", () => {
    expect(decode({ metadata: { name: "a" } }, DEPLOYMENT)).toEqual({
      metadata: { name: "a" },
      spec: { strategy: {}, template: { metadata: {}, spec: { containers: null } } },
      status: {},
    });
  });

  it.each([
    [CONFIG_MAP, { data: { x: 1 } }, "json: cannot unmarshal number into Go struct field ConfigMap.data of type string"],
    [CONFIG_MAP, { metadata: { uid: 1 } }, "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.uid of type types.UID"],
    [CONFIG_MAP, { data: 1 }, "json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string"],
    [
      CONFIG_MAP,
      { metadata: { labels: { a: 1 } } },
      "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
    ],
    [
      DEPLOYMENT,
      { spec: { replicas: "1" } },
      "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    ["io.k8s.api.core.v1.Secret", { data: { a: "not base64!" } }, "illegal base64 data at input byte 3"],
  ])("refuses wrong types in Go's words: %s %j", (definition, value, message) => {
    expect(() => decode(value, definition)).toThrow(message);
  });

  it("keeps a key called __proto__ a key", () => {
    const object = decode(JSON.parse('{"data":{"__proto__":"x"}}') as object, CONFIG_MAP) as { data: object };
    expect(Object.keys(object.data)).toEqual(["__proto__"]);
  });
});
