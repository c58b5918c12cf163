import type { StructuralSchema } from "../src/structural-schema.ts";

/** The custom kinds of the recorded cases. `Blob` takes anything. */
const string: StructuralSchema = { type: "string" };
const integer: StructuralSchema = { type: "integer" };

export const widgetSchema: StructuralSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        replicas: integer,
        number: { type: "number" },
        flag: { type: "boolean" },
        nullable: { type: "string", nullable: true },
        intOrString: { "x-kubernetes-int-or-string": true },
        set: { type: "array", "x-kubernetes-list-type": "set", items: string },
        numbers: { type: "array", "x-kubernetes-list-type": "set", items: integer },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port", "protocol"],
          items: {
            type: "object",
            required: ["port"],
            properties: {
              port: integer,
              protocol: { type: "string", default: "TCP" },
              name: string,
              tags: { type: "array", "x-kubernetes-list-type": "set", items: string },
            },
          },
        },
        pairs: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["a", "b"],
          items: { type: "object", properties: { a: { type: "string", default: "-" }, b: { type: "string", default: "-" }, v: string } },
        },
        atomicList: { type: "array", items: string },
        atomicMap: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: string },
        atomicStruct: { type: "object", "x-kubernetes-map-type": "atomic", properties: { a: string, b: string } },
        labels: { type: "object", additionalProperties: string },
        objects: { type: "object", additionalProperties: { type: "object", properties: { p: string, q: string } } },
        nested: {
          type: "object",
          properties: { a: { type: "object", properties: { b: { type: "object", properties: { c: string, d: string } } } } },
        },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        typedFree: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { known: string } },
      },
    },
    status: {
      type: "object",
      properties: {
        ready: integer,
        conditions: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["type"],
          items: { type: "object", required: ["type"], properties: { type: string, status: string } },
        },
      },
    },
  },
};

export const blobSchema: StructuralSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export const CRD_GROUP: string = "merge.example.com";

export function crd(kind: string, plural: string, schema: StructuralSchema): unknown {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${CRD_GROUP}` },
    spec: {
      group: CRD_GROUP,
      names: { kind, plural, singular: kind.toLowerCase() },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: kind === "Widget" ? { status: {} } : {},
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}
