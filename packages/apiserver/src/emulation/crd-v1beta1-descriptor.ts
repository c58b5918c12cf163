import { forbidden, invalid, type FieldProblem } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt } from "../json-object.ts";
import type { ResourceDescriptor, ResourceRules } from "../resource-descriptor.ts";
import { crdProblems, prepareCrd, prepareCrdUpdate } from "../crd/crd-rules.ts";
import { type DecodedObject, decodeBuiltIn } from "../typed/decode-built-in.ts";
import { OLD_DEFINITIONS } from "../typed/definition-of.ts";
import { TYPE_DEFAULTS } from "../built-in/type-defaults.ts";
import { crdFromV1, crdToV1 } from "./crd-v1beta1.ts";
import type { ServerRelease } from "./server-release.ts";

/** CustomResourceDefinitions as servers from 1.7 to 1.21 know them: another shape over the storage of v1's. */
export function crdV1beta1Descriptor(v1: ResourceDescriptor, release: ServerRelease): ResourceDescriptor {
  const body = { group: v1.group, version: "v1beta1", kind: v1.kind };
  return {
    ...v1,
    version: "v1beta1",
    apiVersion: `${v1.group}/v1beta1`,
    ...(release.minor >= 19 && {
      deprecationWarning:
        "apiextensions.k8s.io/v1beta1 CustomResourceDefinition is deprecated in v1.16+, unavailable in v1.22+; use apiextensions.k8s.io/v1 CustomResourceDefinition",
    }),
    subresources: v1.subresources.map((subresource) => ({ ...subresource, body })),
    decode: (value) => decode(value, release),
    schema: () => undefined,
    rules: rulesOf(v1.rules, release),
    fromStorage: presenter(release),
    toStorage: (object) => stored(object, release),
  };
}

function decode(value: JsonObject, release: ServerRelease): DecodedObject {
  const { object, unknown } = decodeBuiltIn(known(value, release), OLD_DEFINITIONS.crdV1beta1, TYPE_DEFAULTS);
  return { object: known(object, release), unknown };
}

/** Without the fields of later releases, which an old server drops. */
function known(crd: JsonObject, release: ServerRelease): JsonObject {
  if (!isObject(crd["spec"])) return crd;
  const later = [
    ...(release.has("crdValidation") ? [] : ["validation"]),
    ...(release.has("crdVersions") ? [] : ["versions", "subresources", "additionalPrinterColumns"]),
    ...(release.has("crdConversion") ? [] : ["conversion"]),
    ...(release.has("crdPruning") ? [] : ["preserveUnknownFields"]),
  ];
  return { ...crd, spec: Object.fromEntries(Object.entries(crd["spec"]).filter(([key]) => !later.includes(key))) };
}

/** As it is stored. Before 1.15 nothing is ever pruned, before 1.13 converted; before 1.11 the one version is the stored one. */
function stored(crd: JsonObject, release: ServerRelease): JsonObject {
  const v1 = crdToV1(crd);
  const spec: JsonObject = {
    ...objectAt(v1, "spec"),
    ...(!release.has("crdConversion") && { conversion: { strategy: "None" } }),
    ...(!release.has("crdPruning") && { preserveUnknownFields: true }),
  };
  if (release.has("crdVersions")) return { ...v1, spec };
  return { ...v1, spec, status: { ...objectAt(v1, "status"), storedVersions: [objectAt(crd, "spec")["version"]] } };
}

/** Answers are remembered while the stored object lives. */
function presenter(release: ServerRelease): (crd: JsonObject) => JsonObject {
  const shown = new WeakMap<JsonObject, JsonObject>();
  return (crd) => {
    const object = shown.get(crd) ?? crdFromV1(crd, release);
    shown.set(crd, object);
    return object;
  };
}

function rulesOf(v1: ResourceRules, release: ServerRelease): ResourceRules {
  /** Statuses are prepared by what v1 says of the versions. */
  const prepared = (crd: JsonObject, prepare: (v1Form: JsonObject) => void): void => {
    const form = crdToV1(crd);
    prepare(form);
    const { storedVersions, ...status } = objectAt(form, "status");
    crd["status"] = release.has("crdVersions") ? { ...status, storedVersions } : status;
  };
  return {
    ...v1,
    prepareForCreate: (crd) => prepared(crd, prepareCrd),
    prepareForUpdate: (crd, before) => prepared(crd, (form) => prepareCrdUpdate(form, before)),
    validate: (crd, before) => [
      ...shapeProblems(crd),
      ...crdProblems(stored(crd, release), before === undefined ? undefined : stored(before, release), "v1beta1"),
    ],
  };
}

const SHARED = [
  ["validation", "schema", "schemas"],
  ["subresources", "subresources", "subresources"],
  ["additionalPrinterColumns", "additionalPrinterColumns", "additionalPrinterColumns"],
] as const;

/** Said once for all versions, or in each. Source: apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go`. */
function shapeProblems(crd: JsonObject): readonly FieldProblem[] {
  const spec = objectAt(crd, "spec");
  const versions = listAt(spec, "versions").filter(isObject);
  const problems: FieldProblem[] = [];
  for (const [top, own, words] of SHARED) {
    if (spec[top] !== undefined && versions.some((version) => version[own] !== undefined)) {
      problems.push(forbidden(`spec.${top}`, `top-level and per-version ${words} are mutually exclusive`));
    }
  }
  const { version } = spec;
  if (versions.length > 0 && versions[0]?.["name"] !== version) {
    problems.push(invalid("spec.version", version, "must match the first version in spec.versions"));
  }
  return problems;
}
