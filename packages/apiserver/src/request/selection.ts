import {
  FieldSelectorError,
  LabelSelectorError,
  type FieldRequirement,
  type LabelRequirements,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from "@operatorkit/object";
import { type JsonObject, objectAt } from "../json-object.ts";
import type { ResourceDescriptor } from "../resource-descriptor.ts";
import { badRequest } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";

/** Which objects of a collection a request is about; `undefined`: every one of the namespace. */
export type Selection = ((stored: StoredObject) => boolean) | undefined;

/** @throws StatusError 400 for a selector that does not parse or names a field the kind does not offer */
export function selectionOf(
  descriptor: ResourceDescriptor,
  labelSelector: string,
  fieldSelector: string,
  present: (stored: StoredObject) => JsonObject,
): Selection {
  const labels: LabelRequirements = readable(() => parseLabelSelector(labelSelector));
  const tests = readable(() => parseFieldSelector(fieldSelector)).map((requirement) => fieldTest(descriptor, requirement));
  if (labels.length === 0 && tests.length === 0) return undefined;
  return (stored) => {
    // Stored labels are strings: decoding saw to it.
    const own = objectAt(objectAt(stored.object, "metadata"), "labels") as Readonly<Record<string, string>>;
    return matchesLabels(labels, own) && tests.every((test) => test(stored, present));
  };
}

function readable<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof LabelSelectorError || error instanceof FieldSelectorError) throw badRequest(error.message);
    throw error;
  }
}

type FieldTest = (stored: StoredObject, present: (stored: StoredObject) => JsonObject) => boolean;

function fieldTest(descriptor: ResourceDescriptor, { field, operator, value }: FieldRequirement): FieldTest {
  const wanted = operator === "=";
  if (field === "metadata.name") return (stored) => (stored.name === value) === wanted;
  if (field === "metadata.namespace") return (stored) => (stored.namespace === value) === wanted;
  const selectable = descriptor.selectableFields.find(({ path }) => path === field);
  if (selectable === undefined) throw unknownField(descriptor, field);
  return (stored, present) => (selectable.value(present(stored)) === value) === wanted;
}

function unknownField({ origin, selectableFields }: ResourceDescriptor, field: string): Error {
  if (origin === "custom" || selectableFields.length > 0) return badRequest(`field label not supported: ${field}`);
  return badRequest(`${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
}
