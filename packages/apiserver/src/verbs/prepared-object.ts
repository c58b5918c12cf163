import { generateName, mutableCopy } from "@operatorkit/object";
import { CRDS } from "../crd/crd-rules.ts";
import type { FieldProblem } from "../field-problem.ts";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import type { ResourceDescriptor, RuleContext } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { kindSubject } from "../resource-request.ts";
import { timestamp } from "../rules/deletion.ts";
import { completedMetadata, metadataProblems, metadataUpdateProblems } from "../rules/metadata.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { badRequest, forbiddenError, invalidError, notFound } from "../status-error.ts";

/** Sets the namespace of the path in the object; 400 when it says another one. A cluster-scoped one loses it. */
export function placeInNamespace(object: JsonObject, { target, descriptor }: ResourceRequest): JsonObject {
  const metadata = objectAt(object, "metadata");
  const given = stringAt(metadata, "namespace");
  if (!descriptor.namespaced) {
    if (given === "") return object;
    const { namespace: _, ...rest } = metadata;
    return { ...object, metadata: rest };
  }
  if (given !== "" && given !== target.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return { ...object, metadata: { ...metadata, namespace: target.namespace } };
}

/**
 * New objects need a namespace that exists and is not going away.
 * Source: apiserver `admission/plugin/namespace/lifecycle`.
 * @throws StatusError 403, 404
 */
export function checkNamespace(context: ServerContext, { descriptor, target, subject }: ResourceRequest, name: string): void {
  if (!descriptor.namespaced) return;
  const { namespace } = target;
  const stored = context.store.collection(NAMESPACES).get("", namespace);
  if (stored === undefined) throw notFound({ group: "", resource: "namespaces" }, namespace);
  if (objectAt(stored.object, "metadata")["deletionTimestamp"] === undefined) return;
  throw forbiddenError(subject, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    { reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated`, field: "metadata.namespace" },
  ]);
}

/**
 * A kind that is going takes no new objects.
 * Source: apiextensions-apiserver `pkg/apiserver/customresource_handler.go`.
 * @throws StatusError 403
 */
export function checkKind(context: ServerContext, { descriptor, subject }: ResourceRequest, name: string): void {
  if (descriptor.origin !== "custom") return;
  const crd = context.store.collection(CRDS).get("", descriptor.storage);
  if (crd === undefined || objectAt(crd.object, "metadata")["deletionTimestamp"] === undefined) return;
  throw forbiddenError(subject, name, "create not allowed while custom resource definition is terminating");
}

/** The storage of namespaces: the one kind others depend on. */
export const NAMESPACES = "namespaces";

/** Drops what another path writes. */
export function withoutForeignFields(object: JsonObject, { rules }: ResourceDescriptor): JsonObject {
  if (rules.writtenElsewhere.every((field) => object[field] === undefined)) return object;
  const result = { ...object };
  for (const field of rules.writtenElsewhere) delete result[field];
  return result;
}

/** A new object, ready to be stored: system metadata, the kind's own preparation, and every check passed. */
export function preparedForCreate(context: ServerContext, request: ResourceRequest, object: JsonObject, rule: RuleContext): JsonObject {
  const { descriptor } = request;
  const { rules } = descriptor;
  const prepared = mutableCopy(object);
  const metadata = systemMetadata(context, objectAt(prepared, "metadata"), descriptor);
  prepared["metadata"] = metadata;
  rules.prepareForCreate?.(prepared, rule);
  allocated(context, request, prepared, undefined);
  if (rules.generationChanges !== undefined) (prepared["metadata"] as JsonObject)["generation"] = 1;
  const problems = [
    ...metadataProblems(prepared, descriptor.namespaced, rules.nameProblems),
    ...(rules.validate?.(prepared, undefined, { ...rule, sent: object, warn: (warning) => void request.warnings.push(warning) }) ?? []),
  ];
  refuse(descriptor, prepared, problems);
  return prepared;
}

function systemMetadata(context: ServerContext, metadata: JsonObject, descriptor: ResourceDescriptor): JsonObject {
  const { deletionTimestamp: _dt, deletionGracePeriodSeconds: _dg, selfLink: _sl, resourceVersion: _rv, ...kept } = metadata;
  const prefix = stringAt(kept, "generateName");
  const { name: _, ...rest } = kept;
  const name = stringAt(kept, "name");
  return {
    ...(name !== "" ? { name } : prefix !== "" ? { name: freeName(context, descriptor, kept, prefix) } : {}),
    ...rest,
    uid: context.randomUuid(),
    creationTimestamp: timestamp(context.clock.now()),
  };
}

/** Tries as often as the real server does, which then answers AlreadyExists. Source: apiserver `registry/generic/registry/store.go` (Create). */
const NAME_ATTEMPTS = 8;

function freeName(context: ServerContext, descriptor: ResourceDescriptor, metadata: JsonObject, prefix: string): string {
  const collection = collectionOf(context, descriptor);
  let name = generateName(prefix, context.random);
  for (let attempt = 1; attempt < NAME_ATTEMPTS && collection.get(stringAt(metadata, "namespace"), name) !== undefined; attempt += 1) {
    name = generateName(prefix, context.random);
  }
  return name;
}

/** A changed object, ready to be stored in place of `before`. Metadata that only the server sets is taken from there. */
export function preparedForUpdate(
  context: ServerContext,
  request: ResourceRequest,
  object: JsonObject,
  before: JsonObject,
  rule: RuleContext,
): JsonObject {
  const { descriptor } = request;
  const { rules } = descriptor;
  const old = objectAt(before, "metadata");
  const metadata = completedMetadata(objectAt(object, "metadata"), old);
  if (rules.generationChanges !== undefined) setOrDelete(metadata, "generation", old["generation"]);
  const prepared = mutableCopy({ ...object, metadata });
  rules.prepareForUpdate?.(prepared, before, rule);
  allocated(context, request, prepared, before);
  // What a part of an object (its status) holds, or a scheduler decides, is not what its author wants.
  const behaviour = request.subresource?.behaviour.type;
  if ((behaviour === undefined || behaviour === "scale") && rules.generationChanges?.(before, prepared) === true) {
    prepared["metadata"]["generation"] = ((old["generation"] as number | undefined) ?? 0) + 1;
  }
  const problems = [
    ...metadataProblems(prepared, descriptor.namespaced, rules.nameProblems),
    ...metadataUpdateProblems(prepared, before),
    ...(rules.validate?.(prepared, before, { ...rule, sent: object, warn: (warning) => void request.warnings.push(warning) }) ?? []),
  ];
  refuse(descriptor, prepared, problems);
  return prepared;
}

function setOrDelete(target: JsonObject, key: string, value: unknown): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}

function refuse(descriptor: ResourceDescriptor, object: JsonObject, problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw invalidError(kindSubject(descriptor), stringAt(object["metadata"], "name"), problems);
}

/** Takes the unique values a kind hands out, but not to who writes a part of an object alone. @throws StatusError 422 */
function allocated(
  context: ServerContext,
  { descriptor, subresource }: ResourceRequest,
  object: JsonObject,
  before: JsonObject | undefined,
): void {
  const { allocate } = descriptor.rules;
  if (allocate === undefined || subresource !== undefined) return;
  const others = collectionOf(context, descriptor).objects();
  refuse(descriptor, object, allocate(object, before, others, context.random));
}
