import { type LabelSelector, matchesLabels, parseLabelSelector } from "../label-selector.ts";
import { type JsonObject, objectAt } from "../json-object.ts";
import type { ResourceDescriptor } from "../resource-descriptor.ts";
import { badRequest } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { type FieldTerm, parseFieldSelector } from "./field-selector.ts";

/** Which objects of a collection a request is about; `undefined`: every one of the namespace. */
export type Selection = ((stored: StoredObject) => boolean) | undefined;

/** @throws StatusError 400 for a selector that does not parse or names a field the kind does not offer */
export function selectionOf(
  descriptor: ResourceDescriptor,
  labelSelector: string,
  fieldSelector: string,
  present: (stored: StoredObject) => JsonObject,
): Selection {
  const labels = labelSelector === "" ? undefined : labelsOf(labelSelector);
  const terms = fieldSelector === "" ? [] : parseFieldSelector(fieldSelector).map((term) => fieldTest(descriptor, term));
  if (labels === undefined && terms.length === 0) return undefined;
  return (stored) => {
    if (labels !== undefined && !matchesLabels(labels, objectAt(objectAt(stored.object, "metadata"), "labels"))) return false;
    return terms.every((test) => test(stored, present));
  };
}

function labelsOf(text: string): LabelSelector {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

type FieldTest = (stored: StoredObject, present: (stored: StoredObject) => JsonObject) => boolean;

function fieldTest(descriptor: ResourceDescriptor, { field, operator, value }: FieldTerm): FieldTest {
  const wanted = operator === "=";
  if (field === "metadata.name") return (stored) => (stored.name === value) === wanted;
  if (field === "metadata.namespace") return (stored) => (stored.namespace === value) === wanted;
  const selectable = descriptor.selectableFields.find(({ path }) => path === field);
  if (selectable === undefined) throw unknownField(descriptor, field);
  return (stored, present) => (selectable.value(present(stored)) === value) === wanted;
}

function unknownField(descriptor: ResourceDescriptor, field: string): Error {
  const { origin, selectableFields } = descriptor;
  if (origin === "custom" || selectableFields.length > 0) return badRequest(`field label not supported: ${field}`);
  return badRequest(`${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
}
