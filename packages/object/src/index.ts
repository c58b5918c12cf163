/** The shape of Kubernetes objects and pure functions over them. */
export type {
  Condition,
  FieldsV1,
  Immutable,
  Json,
  KubernetesObject,
  ManagedFieldsEntry,
  Manifest,
  Mutable,
  ObjectMeta,
  OwnerReference,
  PartialObjectMetadata,
} from "./kubernetes-object.ts";
export type { Kind, KindRef, ObjectOf } from "./kind.ts";
export { defineKind } from "./define-kind.ts";
export type {
  CustomResource,
  DefinedKind,
  KindDefinition,
  KindOptions,
  NoStatus,
  PrinterColumn,
  ScalePaths,
  StatusConditions,
  StatusOutput,
} from "./define-kind.ts";
export { jsonSchema } from "./author-schema.ts";
export type { AuthorSchema, JsonSchemaOf, SchemaOutput, StandardSchemaTypes } from "./author-schema.ts";
export type { TypeBoxStatic } from "./typebox-static.ts";
export { pluralOf } from "./plural.ts";
export {
  dns1035LabelProblems,
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  finalizerProblems,
  generateName,
  labelValueProblems,
  qualifiedNameProblems,
} from "./names.ts";
export { keyOf, refOf } from "./object-key.ts";
export type { ObjectKey, ObjectRef } from "./object-key.ts";
export { FieldSet, FieldSetBuilder } from "./field-set.ts";
export type { FieldPath } from "./field-set.ts";
export { fieldElement, fieldPathString, indexElement, keyElement, valueElement } from "./path-element.ts";
export type { PathElement } from "./path-element.ts";
export { applyJsonPatch, JsonPatchError } from "./json-patch.ts";
export type { JsonPatchErrorCode, JsonPatchOperation } from "./json-patch.ts";
export { mergePatch, mergePatchBetween } from "./merge-patch.ts";
export { sameJson } from "./same-json.ts";
export { setOwn } from "./set-own.ts";
export { findCondition, isConditionTrue, withCondition, withoutCondition } from "./conditions.ts";
export type { ConditionUpdate, WithConditionOptions } from "./conditions.ts";
export { controllerOf, isControlledBy, isOwnedBy, ownerReferenceTo, OwnerReferenceError, withOwner } from "./owner-references.ts";
export type { Dependent, Owned, Owner, OwnerReferenceOptions } from "./owner-references.ts";
export { LabelSelectorError } from "./label-requirement.ts";
export type { LabelRequirement, LabelRequirements } from "./label-requirement.ts";
export { formatLabelSelector, labelRequirementsOf, matchesLabels, parseLabelSelector } from "./label-selector.ts";
export type { LabelSelector, LabelSelectorRequirement } from "./label-selector.ts";
export { FieldSelectorError, formatFieldSelector, matchesFields, parseFieldSelector } from "./field-selector.ts";
export type { FieldRequirement, FieldRequirements } from "./field-selector.ts";
export { deepFreeze, mutableCopy } from "./mutable-copy.ts";
export type { ResourceAction } from "./resource-action.ts";
export { compareResourceVersions } from "./resource-version.ts";
