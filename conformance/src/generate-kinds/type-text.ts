import type { Definition } from "./server-description.ts";
import { firstSentence } from "./first-sentence.ts";
import type { TypeName } from "./type-names.ts";

/** Definitions whose JSON is not what their OpenAPI says: the text of their type. */
const SPECIAL: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "number | string",
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "number | string",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "string",
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "string",
  "io.k8s.apimachinery.pkg.runtime.RawExtension": "Readonly<Record<string, unknown>>",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "Json",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "JSONSchemaProps | readonly JSONSchemaProps[]",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "JSONSchemaProps | boolean",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "JSONSchemaProps | readonly string[]",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus": "Readonly<Record<string, never>>",
};

/** Definitions that `object` declares by hand. */
const BY_HAND: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": "Partial<ObjectMeta>",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Condition": "Condition",
  "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference": "OwnerReference",
  "io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry": "ManagedFieldsEntry",
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "FieldsV1",
};

const REF = "#/components/schemas/";

/** A kind's own identity: its `apiVersion` and `kind` are literals and its metadata is required. */
export interface KindOfType {
  readonly apiVersion: string;
  readonly kind: string;
  readonly rootHasMetadata: boolean;
}

/** Collects what a module's text refers to while the text is made. */
export interface References {
  /** Other definitions' names. */
  readonly definitions: Set<string>;
  /** Types of `object` written by hand. */
  readonly byHand: Set<string>;
}

/** Writes types as text. `kindOf` tells which definitions are kinds. */
export class TypeText {
  readonly #names: ReadonlyMap<string, TypeName>;
  readonly #kindOf: (definition: string) => KindOfType | undefined;

  constructor(options: { names: ReadonlyMap<string, TypeName>; kindOf: (definition: string) => KindOfType | undefined }) {
    this.#names = options.names;
    this.#kindOf = options.kindOf;
  }

  /** `export interface Deployment { … }` */
  declaration(definitionName: string, definition: Definition, references: References): string {
    const name = this.#names.get(definitionName)?.name ?? definitionName;
    const kind = this.#kindOf(definitionName);
    const lines = [...comment(definition.description, ""), `export interface ${name} {`];
    const required = new Set(definition.required ?? []);
    for (const [property, schema] of identityFirst(definition.properties ?? {})) {
      const special = kind === undefined ? undefined : this.#kindProperty(kind, property, references);
      if (special !== undefined) {
        lines.push(`  readonly ${property}: ${special};`);
        continue;
      }
      const optional = required.has(property) ? "" : "?";
      lines.push(...comment(schema.description, "  "), `  readonly ${quoted(property)}${optional}: ${this.#text(schema, references)};`);
    }
    lines.push("}");
    return lines.join("\n");
  }

  /** The definitions a definition's type mentions: what has to be declared with it. */
  mentions(definition: Definition): Set<string> {
    const references: References = { definitions: new Set(), byHand: new Set() };
    for (const schema of Object.values(definition.properties ?? {})) this.#text(schema, references);
    return references.definitions;
  }

  #kindProperty(kind: KindOfType, property: string, references: References): string | undefined {
    if (property === "apiVersion") return JSON.stringify(kind.apiVersion);
    if (property === "kind") return JSON.stringify(kind.kind);
    if (property !== "metadata" || !kind.rootHasMetadata) return undefined;
    references.byHand.add("ObjectMeta");
    return "ObjectMeta";
  }

  #text(schema: Definition, references: References): string {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (ref !== undefined) return this.#reference(ref.slice(REF.length), references);
    if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    switch (schema.type) {
      case "string":
        return "string";
      case "integer":
      case "number":
        return "number";
      case "boolean":
        return "boolean";
      case "array": {
        const item = this.#text(schema.items ?? {}, references);
        return item.includes("|") ? `readonly (${item})[]` : `readonly ${item}[]`;
      }
      case "object": {
        const values = schema.additionalProperties;
        return `Readonly<Record<string, ${typeof values === "object" ? this.#text(values, references) : "unknown"}>>`;
      }
      default:
        throw new Error(`no TypeScript type for ${JSON.stringify(schema).slice(0, 200)}`);
    }
  }

  #reference(definition: string, references: References): string {
    const byHand = BY_HAND[definition];
    if (byHand !== undefined) {
      references.byHand.add(byHand.replace(/^Partial<(.*)>$/, "$1"));
      return byHand;
    }
    const special = SPECIAL[definition];
    if (special !== undefined) {
      if (special.includes("JSONSchemaProps")) references.definitions.add(definition.replace(/Or\w+$/, ""));
      if (special === "Json") references.byHand.add("Json");
      return special;
    }
    references.definitions.add(definition);
    const name = this.#names.get(definition)?.name ?? definition;
    // A kind inside another object (a volume claim template) may leave its apiVersion and kind out.
    if (this.#kindOf(definition)?.rootHasMetadata !== true) return name;
    references.byHand.add("Embedded");
    return `Embedded<${name}>`;
  }
}

const IDENTITY = ["apiVersion", "kind", "metadata"];

function identityFirst(properties: Readonly<Record<string, Definition>>): [string, Definition][] {
  const entries = Object.entries(properties);
  const first = IDENTITY.flatMap((name) => entries.filter(([property]) => property === name));
  return [...first, ...entries.filter(([property]) => !IDENTITY.includes(property))];
}

function comment(description: string | undefined, indent: string): string[] {
  const sentence = description === undefined ? "" : firstSentence(description);
  return sentence === "" ? [] : [`${indent}/** ${sentence.replaceAll("*/", "*\\/")} */`];
}

function quoted(property: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(property) ? property : JSON.stringify(property);
}
