import { dns1123SubdomainProblems, formatLabelSelector, labelRequirementsOf } from "@operatorkit/object";
import type { Kind } from "@operatorkit/object";
import { alwaysWritten, builtinDefinitionName, builtinSchema } from "@operatorkit/schema/kinds";
import type { FieldProblem } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt } from "../json-object.ts";
import { crdV1beta1Descriptor } from "../emulation/crd-v1beta1-descriptor.ts";
import type { ServerRelease } from "../emulation/server-release.ts";
import { thirdPartyResourceDescriptor } from "../emulation/third-party-descriptors.ts";
import type { GroupVersionKind, ResourceDescriptor, ResourceRules, Subresource, Verb } from "../resource-descriptor.ts";
import { builtInColumns } from "../table/built-in-columns.ts";
import { decodeBuiltIn } from "../typed/decode-built-in.ts";
import { BUILT_IN_KINDS, type BuiltInKind, EVENTS_FIELDS } from "./built-in-kinds.ts";
import { eventFromCore, eventToCore } from "./event-conversion.ts";
import { requiredFieldProblems } from "./required-fields.ts";
import { EVENT, type RuleOverrides } from "./rules.ts";
import { TYPE_DEFAULTS } from "./type-defaults.ts";

const ALL_VERBS: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const PART_VERBS: readonly Verb[] = ["get", "patch", "update"];
const CRDS = "customresourcedefinitions.apiextensions.k8s.io";
const SCALE: GroupVersionKind = { group: "autoscaling", version: "v1", kind: "Scale" };

/**
 * Descriptors of every built-in kind the server serves, in the order of discovery. Between releases only the kinds differ that register
 * custom resources; all others are today's.
 */
export function builtInDescriptors(release: ServerRelease): readonly ResourceDescriptor[] {
  const descriptors = BUILT_IN_KINDS.map(descriptorOf);
  return [
    ...descriptors.flatMap((descriptor) => (descriptor.storage === CRDS ? crdVersions(descriptor, release) : [descriptor])),
    ...(release.has("thirdPartyResources") ? [thirdPartyResourceDescriptor] : []),
    eventsDescriptor(descriptors),
  ];
}

function crdVersions(v1: ResourceDescriptor, release: ServerRelease): readonly ResourceDescriptor[] {
  return [...(release.has("crdV1") ? [v1] : []), ...(release.has("crdV1beta1") ? [crdV1beta1Descriptor(v1, release)] : [])];
}

function descriptorOf(builtIn: BuiltInKind): ResourceDescriptor {
  const { kind, fields = [], rules = {} } = builtIn;
  const { group, version } = kind;
  const definition = definitionOf(kind);
  return {
    group,
    version,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    plural: kind.plural,
    singular: kind.singular,
    listKind: kind.listKind,
    shortNames: kind.shortNames,
    categories: kind.categories,
    namespaced: kind.namespaced,
    verbs: verbsOf(rules),
    subresources: subresourcesOf(builtIn),
    origin: "built-in",
    storage: group === "" ? kind.plural : `${kind.plural}.${group}`,
    served: true,
    ...(builtIn.deprecated !== undefined && { deprecationWarning: builtIn.deprecated }),
    decode: (value) => decodeBuiltIn(value, definition, TYPE_DEFAULTS),
    schema: () => builtinSchema(group, version, kind.kind),
    columns: builtInColumns(group, kind.plural),
    selectableFields: fields,
    rules: rulesOf(builtIn, definition),
    ...(alwaysWritten[definition] !== undefined && { toStorage: nullForEmpty(alwaysWritten[definition]) }),
  };
}

/** Protobuf, in which built-in kinds are stored, knows no empty list. */
function nullForEmpty(lists: readonly string[]): (object: JsonObject) => JsonObject {
  return (object) => {
    const empty = lists.filter((name) => listAt(object, name).length === 0);
    return { ...object, ...Object.fromEntries(empty.map((name) => [name, null])) };
  };
}

/** Questions can only be asked; namespaces are not deleted by the dozen. */
function verbsOf({ answer, heldBack }: RuleOverrides): readonly Verb[] {
  if (answer !== undefined) return ["create"];
  return heldBack === undefined ? ALL_VERBS : ALL_VERBS.filter((verb) => verb !== "deletecollection");
}

function definitionOf({ group, version, kind }: GroupVersionKind): string {
  const name = builtinDefinitionName(group, version, kind);
  if (name === undefined) throw new Error(`built-in kind ${group}/${version} ${kind}: there is no definition of it`);
  return name;
}

/** That a field may not change says nothing about whether it may be left out. */
function isAboutChange({ reason, message }: FieldProblem): boolean {
  return reason === "FieldValueForbidden" || message.endsWith(": field is immutable");
}

function rulesOf({ status = false, rules = {} }: BuiltInKind, definition: string): ResourceRules {
  const defaults: ResourceRules = {
    unconditionalUpdate: true,
    createOnUpdate: false,
    writtenElsewhere: status ? ["status"] : [],
    deleteAnswersObject: false,
    nameProblems: dns1123SubdomainProblems,
    ...(status && { prepareForCreate: emptyStatus(definition) }),
  };
  const { validate: validateKind, ...overrides } = rules;
  const validate: ResourceRules["validate"] = (object, before, rule): readonly FieldProblem[] => {
    const own = validateKind?.(object, before, rule) ?? [];
    if (rule.subresource !== undefined && before !== undefined) return own;
    // Of a value that a kind's own rules speak about, they say it better.
    const known = new Set(own.filter((problem) => !isAboutChange(problem)).map(({ field }) => field));
    return [...own, ...requiredFieldProblems(object, definition).filter(({ field }) => !known.has(field))];
  };
  return { ...defaults, ...overrides, validate: distinct(validate) };
}

/** A status that was dropped is written again as an empty one, where the type always writes it. */
function emptyStatus(definition: string): (object: JsonObject) => void {
  return (object) => {
    const { status } = decodeBuiltIn({}, definition, TYPE_DEFAULTS).object;
    if (status !== undefined) object["status"] = status;
  };
}

/** A kind's own rules and the required fields may find the same thing. */
function distinct(validate: NonNullable<ResourceRules["validate"]>): NonNullable<ResourceRules["validate"]> {
  return (object, before, rule) => {
    const seen = new Set<string>();
    return validate(object, before, rule).filter(({ field, message }) => {
      const key = `${field}: ${message}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  };
}

function subresourcesOf(builtIn: BuiltInKind): readonly Subresource[] {
  const { kind, status = false, statusKeeps: metadataKept = [], scale = false, subresources: own = [] } = builtIn;
  const body = { group: kind.group, version: kind.version, kind: kind.kind };
  const subresources: Subresource[] = [...own];
  if (status) {
    const behaviour = { type: "part", fields: ["status"], metadata: "take", metadataKept } as const;
    subresources.push({ name: "status", body, verbs: PART_VERBS, behaviour });
  }
  if (scale) {
    subresources.push({
      name: "scale",
      body: SCALE,
      verbs: PART_VERBS,
      behaviour: {
        type: "scale",
        specReplicasPath: ["spec", "replicas"],
        statusReplicasPath: ["status", "replicas"],
        selector: selectorOf,
      },
    });
  }
  return subresources;
}

function selectorOf(object: JsonObject): string {
  const selector = objectAt(object, "spec")["selector"];
  if (!isObject(selector)) return "";
  // A ReplicationController's selector is a plain map of labels.
  const isPlain = !("matchLabels" in selector || "matchExpressions" in selector);
  return formatLabelSelector(labelRequirementsOf(isPlain ? { matchLabels: selector } : selector));
}

const EVENTS: Kind = {
  group: "events.k8s.io",
  version: "v1",
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  plural: "events",
  singular: "event",
  listKind: "EventList",
  namespaced: true,
  shortNames: ["ev"],
  categories: [],
};

/** The newer API of the same events: another shape over the storage of the core ones. */
function eventsDescriptor(descriptors: readonly ResourceDescriptor[]): ResourceDescriptor {
  const core = descriptors.find(({ storage }) => storage === "events");
  if (core === undefined) throw new Error("events.k8s.io: the core events it shares the storage with are not served");
  return {
    ...descriptorOf({ kind: EVENTS, rules: EVENT, fields: EVENTS_FIELDS }),
    storage: core.storage,
    fromStorage: eventFromCore,
    toStorage: eventToCore,
  };
}
