import type { StructuralSchema } from "./structural-schema.ts";

/**
 * The conditions of a status, one per type. Source: k8s.io/apimachinery `meta/v1` Condition, with the bounds that its comments ask for.
 */
export const CONDITIONS_SCHEMA: StructuralSchema = {
  description: "The state of the object, one entry per aspect.",
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["type"],
  items: {
    type: "object",
    required: ["type", "status", "lastTransitionTime", "reason", "message"],
    properties: {
      type: {
        description: "The aspect, in CamelCase or in foo.example.com/CamelCase.",
        type: "string",
        maxLength: 316,
        pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
      },
      status: { description: "Whether it holds.", type: "string", enum: ["True", "False", "Unknown"] },
      reason: {
        description: "Why, as one word in CamelCase that programs may read.",
        type: "string",
        minLength: 1,
        maxLength: 1024,
        pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
      },
      message: { description: "Why, for people. May be empty.", type: "string", maxLength: 32768 },
      lastTransitionTime: { description: "When the status last changed.", type: "string", format: "date-time" },
      observedGeneration: {
        description: "The metadata.generation that the condition speaks about.",
        type: "integer",
        format: "int64",
        minimum: 0,
      },
    },
  },
};

export const OBSERVED_GENERATION_SCHEMA: StructuralSchema = {
  description: "The metadata.generation that this status speaks about.",
  type: "integer",
  format: "int64",
};
