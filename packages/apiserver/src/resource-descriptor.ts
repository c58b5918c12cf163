import type { StructuralSchema } from "@operatorkit/schema";
import type { FieldProblem } from "./field-problem.ts";
import type { AccessRequest, Authorizer } from "./auth/authorize.ts";
import type { Rights } from "./auth/rights.ts";
import type { UserInfo } from "./handler.ts";
import type { JsonObject } from "./json-object.ts";
import type { ResourceTarget } from "./request/request-info.ts";
import type { Subject } from "./status-error.ts";
import type { DecodedObject } from "./typed/decode-built-in.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** Where a kind's objects live: `plural.group`. Several descriptors (versions, or both event APIs) share one. */
export type StorageName = string;

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A part of an object that has a path of its own: `status`, `scale`, `binding`, `finalize`. */
export interface Subresource {
  readonly name: string;
  /** What its body is: the kind itself for `status`, `autoscaling/v1 Scale` for `scale`. */
  readonly body: GroupVersionKind;
  readonly verbs: readonly Verb[];
  /** How it is read and written. */
  readonly behaviour: SubresourceBehaviour;
}

export type SubresourceBehaviour =
  /** The whole object is sent; only the given top-level fields are taken from it, and its metadata or none of that. */
  | {
      readonly type: "part";
      readonly fields: readonly string[];
      readonly metadata: "keep" | "take";
      /** Fields of taken metadata that stay as they are all the same. */
      readonly metadataKept?: readonly string[];
    }
  | {
      readonly type: "scale";
      readonly specReplicasPath: readonly string[];
      readonly statusReplicasPath: readonly string[];
      /** The selector as text; for built-in kinds it is made from the object's own selector. */
      readonly selector: (object: JsonObject) => string | undefined;
    }
  /** POST only: deletes the object (a Pod's `eviction`). */
  | { readonly type: "evict" }
  /** GET only: what a container has logged, as text. */
  | { readonly type: "log" }
  /** POST only: answers a token for the object (a service account). */
  | { readonly type: "token" }
  /** POST only: changes the object in place as the body says (a Pod's `binding`), or says why it conflicts. */
  | { readonly type: "action"; readonly act: (object: JsonObject, body: JsonObject, nowMs: number) => string | undefined };

/** One column of a Table. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority: number;
  /** A custom resource's column: evaluated by `table`. */
  readonly jsonPath?: string;
  /** A built-in kind's column. */
  readonly cell?: (object: JsonObject, nowMs: number) => string | number | boolean | null;
}

/** A field that `fieldSelector` may name, beside `metadata.name` and `metadata.namespace`. */
export interface SelectableField {
  /** As written in a selector: `status.phase`, `spec.color`. */
  readonly path: string;
  readonly value: (object: JsonObject) => string;
}

/** What an admission rule may look at. */
export interface RuleContext {
  readonly operation: "create" | "update" | "delete";
  readonly subresource: string | undefined;
  readonly nowMs: number;
  readonly dryRun: boolean;
  /** For validation: the object as it was decoded, before it was prepared. */
  readonly sent?: JsonObject;
  /** For validation: takes what is wrong and let through all the same; it is sent as a warning. */
  readonly warn?: (warning: string) => void;
}

/** What a review may ask the server. */
export interface ReviewContext {
  readonly user: UserInfo;
  readonly authorize: Authorizer;
  /** Whose token this is. */
  readonly authenticate: (token: string) => UserInfo | undefined;
  /** As metadata writes it. */
  readonly now: string;
  /** Where the question was asked; `""` at cluster scope. */
  readonly namespace: string;
  /** What the Roles in the server give. */
  readonly rights: Rights;
  /** Why something is allowed, where the server knows. */
  readonly reasonFor: (request: AccessRequest) => string | undefined;
}

/** Who writes an object, and what they may do beside. */
export interface WriteAccess {
  readonly user: UserInfo;
  readonly target: ResourceTarget;
  readonly subject: Subject;
  readonly authorize: Authorizer;
  readonly rights: Rights;
}

/** What makes a kind behave as it does, as data and pure functions; every verb reads it and none knows a kind's name. */
export interface ResourceRules {
  /** PUT without a resourceVersion overwrites. */
  readonly unconditionalUpdate: boolean;
  /** PUT of a missing object creates it, and so do PUT and apply to a part of it, with nothing handed out (`allocate`). */
  readonly createOnUpdate: boolean;
  /**
   * Whether a change makes a new generation. Left out: the kind has none, and what a client sends stays.
   * Only the parts a kind's own author writes count: `spec`, or for a custom resource all but metadata and status.
   */
  readonly generationChanges?: (before: JsonObject, after: JsonObject) => boolean;
  /** Top-level fields the main path may not write (`status`, when it has a path of its own): kept on update, dropped on create. */
  readonly writtenElsewhere: readonly string[];
  /** DELETE answers the object itself even when it is gone at once, else a Status. */
  readonly deleteAnswersObject: boolean;
  /** Present for kinds that are given time to stop (pods): how many seconds, when a delete asks for `requested`. */
  readonly gracePeriodSeconds?: (object: JsonObject, requested: number | undefined) => number;
  /** Present for kinds whose deletion is begun in their own way (namespaces, CRDs): changes `object` in place; it stays until nothing holds it. */
  readonly beginDeletion?: (object: JsonObject, nowMs: number) => void;
  /** A hold outside `metadata.finalizers` (a namespace's `spec.finalizers`). */
  readonly heldBack?: (object: JsonObject) => boolean;
  /** Why an object may not be deleted at all. */
  readonly deleteRefusal?: (object: JsonObject) => string | undefined;
  /** Refuses a write for what the writer may not do beside; called before the object is prepared. @throws StatusError 403, 404 */
  readonly admit?: (object: JsonObject, before: JsonObject | undefined, access: WriteAccess) => void;
  /** Before validation; changes `object` in place (drop status, keep immutable fields, allocate addresses). */
  readonly prepareForCreate?: (object: JsonObject, context: RuleContext) => void;
  readonly prepareForUpdate?: (object: JsonObject, before: JsonObject, context: RuleContext) => void;
  /** What is wrong with the object beyond its schema. `before` is given on update. */
  readonly validate?: (object: JsonObject, before: JsonObject | undefined, context: RuleContext) => readonly FieldProblem[];
  /** What is wrong with what an apply made, before it is read as the kind's type, which would mend some of it. */
  readonly mergedProblems?: (object: JsonObject) => readonly FieldProblem[];
  /** After preparation and before validation: takes what must be unique among all objects of the kind (addresses, ports); changes `object` in place. */
  readonly allocate?: (
    object: JsonObject,
    before: JsonObject | undefined,
    others: Iterable<JsonObject>,
    random: () => number,
  ) => readonly FieldProblem[];
  /** Present for kinds that are questions (access reviews): a create answers with these fields added, and nothing is stored. */
  readonly answer?: (question: JsonObject, context: ReviewContext) => JsonObject;
  /** Where the real server keeps the kind, as some of its messages tell. @default the plural, after the group for a custom resource */
  readonly keyPrefix?: string;
  /** How a name must look. @default DNS subdomain */
  readonly nameProblems?: (name: string) => readonly string[];
}

/**
 * All the server knows about one kind in one version. The request pipeline, discovery, OpenAPI and tables read this and
 * nothing else: built-in kinds, custom resources and views differ only in their descriptors.
 */
export interface ResourceDescriptor {
  /** `""` is the core group. */
  readonly group: string;
  readonly version: string;
  /** `group/version`, or the version alone in the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  readonly origin: "built-in" | "custom";
  readonly storage: StorageName;
  /** False for a version that is not served (it may still be stored). */
  readonly served: boolean;
  readonly deprecationWarning?: string;
  /** Reads a body as the kind's own type would: drops and reports what the type has not, refuses wrong types, fills in what is always there. */
  readonly decode: (value: JsonObject) => DecodedObject;
  /** Computed when first asked for. `undefined`: anything goes. */
  readonly schema: () => StructuralSchema | undefined;
  /** All columns of its table, `Name` first. */
  readonly columns: readonly Column[];
  readonly selectableFields: readonly SelectableField[];
  readonly rules: ResourceRules;
  /** From the stored form to this version's and back; changes nothing it is given. Left out: only `apiVersion` differs. */
  readonly fromStorage?: (stored: JsonObject) => JsonObject;
  readonly toStorage?: (object: JsonObject) => JsonObject;
}
