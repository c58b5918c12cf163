import type { Json } from "@operatorkit/object";

/**
 * A schema as a CustomResourceDefinition holds it: a subset of OpenAPI v3 with Kubernetes' extensions. The schemas of the
 * built-in kinds have this type too. A property may be a getter, so a schema can contain itself.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apis/apiextensions/v1` JSONSchemaProps.
 */
export interface StructuralSchema {
  readonly type?: SchemaType;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly example?: Json;
  readonly externalDocs?: { readonly description?: string; readonly url?: string };
  readonly nullable?: boolean;
  readonly enum?: readonly Json[];

  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;

  readonly items?: StructuralSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;

  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;

  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly maximum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;

  readonly allOf?: readonly NestedSchema[];
  readonly anyOf?: readonly NestedSchema[];
  readonly oneOf?: readonly NestedSchema[];
  readonly not?: NestedSchema;

  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-validations"?: readonly ValidationRule[];
  /** Built-in kinds only: how a strategic merge patch treats a list. */
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  /**
   * Built-in kinds only: the properties whose Go type is no pointer, with the zero value they have when nothing is given. The real
   * server presents such structs as `{}`, and nobody owns them for it. Not a default: `applyDefaults` leaves them alone.
   */
  readonly "x-operatorkit-zero"?: Readonly<Record<string, Json>>;
}

export type SchemaType = "array" | "boolean" | "integer" | "number" | "object" | "string";

/** A schema inside `allOf`, `anyOf`, `oneOf` or `not`: it may restrict values, but says nothing about their structure. */
export type NestedSchema = StructuralSchema;

/** A rule in CEL: `@operatorkit/schema/rules` evaluates it, `validate` does not. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: "FieldValueDuplicate" | "FieldValueForbidden" | "FieldValueInvalid" | "FieldValueRequired";
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}
