import { readFileSync } from "node:fs";
import { applyJsonPatch, deepFreeze, fieldElement, FieldSet, mergePatch, sameJson } from "@operatorkit/object";
import type { Json, JsonPatchOperation, PathElement } from "@operatorkit/object";
import { describe, expect, test } from "vitest";
import { blobSchema, widgetSchema } from "../../scripts/merge-crds.ts";
import type { MergeStep, ScenarioKind } from "../../scripts/merge-scenarios.ts";
import { builtinSchema } from "../../src/kinds/index.ts";
import {
  applyConfiguration,
  conflictStatus,
  MergeError,
  strategicMergePatch,
  trackUpdate,
  withZeroStructs,
} from "../../src/merge/index.ts";
import type { ApplyResult } from "../../src/merge/index.ts";
import type { StructuralSchema } from "../../src/structural-schema.ts";

/** What a real kube-apiserver answered to the scenarios of `scripts/merge-scenarios.ts`; see `scripts/record-merge-cases.ts`. */
interface RecordedCase {
  readonly name: string;
  readonly kind: ScenarioKind;
  readonly apiVersion: string;
  readonly objectName: string;
  readonly steps: readonly RecordedStep[];
}

interface RecordedStep extends MergeStep {
  readonly code: number;
  readonly object?: Item;
  readonly status?: { readonly message: string; readonly details?: { readonly causes?: readonly { readonly field: string }[] } };
}

type Item = { readonly [key: string]: Json } & { readonly metadata: { readonly [key: string]: Json } };

const recording = readFileSync(new URL("recorded-cases.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
/** The first line tells the server's version. */
const recordedCases = recording.slice(1).map((line) => JSON.parse(line) as RecordedCase);

const schemas: Readonly<Record<ScenarioKind, StructuralSchema | undefined>> = {
  ConfigMap: builtinSchema("", "v1", "ConfigMap"),
  Deployment: builtinSchema("apps", "v1", "Deployment"),
  Service: builtinSchema("", "v1", "Service"),
  Widget: widgetSchema,
  Blob: blobSchema,
};

const f = fieldElement;
const nothing = FieldSet.empty;
const status = FieldSet.of([f("status")]);
const resetFields: Readonly<Record<ScenarioKind, { readonly main: FieldSet; readonly status: FieldSet }>> = {
  ConfigMap: { main: nothing, status: nothing },
  Deployment: { main: status, status: FieldSet.of([f("spec")], [f("metadata"), f("labels")]) },
  Service: { main: status, status: FieldSet.of([f("spec")]) },
  Widget: { main: status, status: FieldSet.of([f("metadata")], [f("spec")]) },
  Blob: { main: nothing, status: nothing },
};

describe.each(recordedCases)("$kind: $name", (scenario) => {
  test.each(scenario.steps.map((step, number) => [`${number}: ${step.manager} ${step.verb} → ${step.code}`, number] as const))(
    "%s",
    (_title, number) => {
      expect.hasAssertions();
      const step = present(scenario.steps[number]);
      const live = scenario.steps.slice(0, number).findLast((earlier) => earlier.object !== undefined)?.object;
      const stored = live === undefined ? undefined : deepFreeze(asStored(live));
      if (step.verb === "strategic-patch") expectStrategicPatch(scenario, step, present(stored));
      if (step.verb === "apply") expectApply(scenario, step, number, stored);
      else if (step.object !== undefined) expectUpdate(scenario, step, number, stored);
    },
  );
});

function expectStrategicPatch(scenario: RecordedCase, step: RecordedStep, live: Item): void {
  const schema = present(schemas[scenario.kind]);
  const outcome = outcomeOf(() => ({ object: strategicMergePatch(live, deepFreeze(step.body as object), schema), conflicts: [] }));
  expect(outcome.kind).toBe(OUTCOMES[step.code]);
  if (outcome.kind === "error") expectError(outcome.error, step);
  else if (step.object !== undefined)
    expectData(withZeroStructs(outcome.result.object as Item, schema), asStored(step.object), scenario.kind);
}

function expectApply(scenario: RecordedCase, step: RecordedStep, number: number, live: Item | undefined): void {
  const given = step.body as { metadata?: object };
  const { apiVersion, kind, objectName: name } = scenario;
  const config = deepFreeze({ apiVersion, kind, ...given, metadata: { name, ...given.metadata } });
  const options = { ...optionsFor(scenario, step, number), config, force: step.force === true };
  const outcome = outcomeOf(() => applyConfiguration({ ...options, ...(live === undefined ? {} : { live }) }));
  expect(outcome.kind).toBe(OUTCOMES[step.code]);
  if (outcome.kind === "error") expectError(outcome.error, step);
  else if (outcome.kind === "conflict") expectConflict(outcome.result, step, live);
  else if (step.object !== undefined) {
    const object = outcome.result.object as Item;
    const schema = schemas[scenario.kind];
    expectManagers(object, asStored(step.object), scenario.kind);
    const reset = resetFields[scenario.kind][step.subresource ?? "main"];
    expectData(withZeroStructs(withReset(object, live, reset), schema), asStored(step.object), scenario.kind);
  }
}

/** 422: merged, but the result does not pass the server's validation. */
const OUTCOMES: Readonly<Record<number, string>> = {
  200: "merged",
  201: "merged",
  422: "merged",
  409: "conflict",
  400: "error",
  500: "error",
};

type Outcome = { kind: "merged" | "conflict"; result: ApplyResult } | { kind: "error"; error: MergeError };

function outcomeOf(run: () => ApplyResult): Outcome {
  try {
    const result = run();
    return { kind: result.conflicts.length === 0 ? "merged" : "conflict", result };
  } catch (error) {
    if (error instanceof MergeError) return { kind: "error", error };
    throw error;
  }
}

function expectError(error: MergeError, step: RecordedStep): void {
  expect(sortedLines(error.message)).toEqual(sortedLines(present(step.status).message));
  expect(error.code).toBe(step.code === 400 ? "BadRequest" : "InvalidType");
}

function expectConflict(result: ApplyResult, step: RecordedStep, live: Item | undefined): void {
  expect(result.object).toBe(live);
  const answer = conflictStatus(result.conflicts);
  expect(answer.message).toBe(present(step.status).message);
  expect(sortCauses(answer.details.causes)).toEqual(sortCauses(present(step.status?.details?.causes)));
}

/** What a request to a resource or subresource cannot change is put back after the merge. */
function withReset(object: Item, live: Item | undefined, reset: FieldSet): Item {
  const put = (path: readonly PathElement[], target: Json | undefined, source: Json | undefined): Json | undefined => {
    const [element, ...rest] = path;
    if (element === undefined) return source;
    if (!isMap(target)) return target;
    const key = element.slice(2);
    const { [key]: old, ...others } = target;
    const value = put(rest, old, isMap(source) ? source[key] : undefined);
    return value === undefined ? others : { ...others, [key]: value };
  };
  const { managedFields } = object.metadata;
  let result = object;
  for (const path of reset.paths()) result = put(path, result, live) as Item;
  return { ...result, metadata: { ...result.metadata, ...(managedFields === undefined ? {} : { managedFields }) } };
}

function expectUpdate(scenario: RecordedCase, step: RecordedStep, number: number, live: Item | undefined): void {
  const result = asStored(present(step.object));
  const { managedFields: _, ...metadata } = result.metadata;
  const sent = managedFieldsSent(step, live);
  const after = deepFreeze(
    asSent(scenario.kind, live, { ...result, metadata: { ...metadata, ...(sent === undefined ? {} : { managedFields: sent }) } }),
  );
  const object = trackUpdate({ ...optionsFor(scenario, step, number), ...(live === undefined ? {} : { before: live }), after });
  expectManagers(object, result, scenario.kind);
  const { managedFields: __, ...resultMetadata } = object.metadata;
  const { managedFields: ___, ...afterMetadata } = after.metadata;
  expect({ ...object, metadata: resultMetadata }).toEqual({ ...after, metadata: afterMetadata });
}

function optionsFor(scenario: RecordedCase, step: RecordedStep, number: number) {
  const { subresource } = step;
  const schema = schemas[scenario.kind];
  return {
    manager: step.manager,
    apiVersion: scenario.apiVersion,
    versions: {},
    resetFields: resetFields[scenario.kind][subresource ?? "main"],
    nowMs: timeOf(number),
    ...(subresource === undefined ? {} : { subresource }),
    ...(schema === undefined ? {} : { schema }),
  };
}

function expectManagers(object: Item, expected: Item, kind: ScenarioKind): void {
  const entries = object.metadata["managedFields"];
  const expectedEntries = expected.metadata["managedFields"];
  expect(entries).toEqual(expectedEntries);
  // The order within; custom resources come with their keys sorted by the alphabet, which is not ours.
  const isCustom = kind === "Widget" || kind === "Blob";
  expect(isCustom || fieldsText(entries) === fieldsText(expectedEntries)).toBe(true);
}

function fieldsText(entries: Json | undefined): string {
  return JSON.stringify(((entries ?? []) as { fieldsV1: Json }[]).map((entry) => entry.fieldsV1));
}

/** The server sets defaults after the merge: it may have those more than we do. */
function expectData(object: Item, expected: Item, kind: ScenarioKind): void {
  const { managedFields: _, namespace: __, ...metadata } = expected.metadata;
  const { managedFields: ___, namespace: ____, ...ourMetadata } = object.metadata;
  const differences = differencesOf({ ...object, metadata: { ...ourMetadata, uid: "uid" } }, { ...expected, metadata }, "");
  expect(differences.filter((difference) => !isDefault(difference, kind))).toEqual([]);
}

interface Difference {
  readonly path: string;
  readonly ours: Json | undefined;
  readonly theirs: Json | undefined;
}

function differencesOf(ours: Json | undefined, theirs: Json | undefined, path: string): Difference[] {
  if (sameJson(ours, theirs)) return [];
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    return ours.flatMap((item: Json, index) => differencesOf(item, (theirs as readonly Json[])[index], `${path}[]`));
  }
  if (isMap(ours) && isMap(theirs)) {
    return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap((key) =>
      differencesOf(ours[key], theirs[key], `${path}.${key}`),
    );
  }
  return [{ path, ours, theirs }];
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fields the real server fills in after the merge, by path; nothing else may differ. */
const DEFAULTS: Readonly<Record<ScenarioKind, readonly string[]>> = {
  ConfigMap: [],
  Blob: [],
  Widget: [".spec.ports[].protocol", ".spec.pairs[].a", ".spec.pairs[].b"],
  Service: [
    ".spec.clusterIP",
    ".spec.clusterIPs",
    ".spec.internalTrafficPolicy",
    ".spec.ipFamilies",
    ".spec.ipFamilyPolicy",
    ".spec.ports[].protocol",
    ".spec.ports[].targetPort",
    ".spec.sessionAffinity",
    ".spec.type",
  ],
  Deployment: [
    ".spec.progressDeadlineSeconds",
    ".spec.replicas",
    ".spec.revisionHistoryLimit",
    ".spec.strategy.rollingUpdate",
    ".spec.strategy.rollingUpdate.maxUnavailable",
    ".spec.strategy.type",
    ".spec.template.spec.dnsPolicy",
    ".spec.template.spec.restartPolicy",
    ".spec.template.spec.schedulerName",
    ".spec.template.spec.securityContext",
    ".spec.template.spec.terminationGracePeriodSeconds",
    ".spec.template.spec.volumes[].configMap.defaultMode",
    ".spec.template.spec.volumes[].secret.defaultMode",
    ".spec.template.spec.containers[].imagePullPolicy",
    ".spec.template.spec.containers[].ports[].protocol",
    ".spec.template.spec.containers[].terminationMessagePath",
    ".spec.template.spec.containers[].terminationMessagePolicy",
    ".status.conditions[].lastTransitionTime",
    ".status.conditions[].lastUpdateTime",
  ],
};

function isDefault({ path, ours, theirs }: Difference, kind: ScenarioKind): boolean {
  if (ours === undefined) return DEFAULTS[kind].includes(path);
  // Go leaves empty maps out of what it writes.
  const isBuiltIn = kind !== "Widget" && kind !== "Blob";
  return isBuiltIn && theirs === undefined && isMap(ours) && Object.keys(ours).length === 0;
}

/** What was there when ownership was computed: what only the server sets came later. */
function asSent(kind: ScenarioKind, live: Item | undefined, object: Item): Item {
  if (kind !== "Service" || live !== undefined) return object;
  const { clusterIP: _, clusterIPs: __, ipFamilies: ___, ipFamilyPolicy: ____, ...spec } = object["spec"] as Record<string, Json>;
  return { ...object, spec };
}

function managedFieldsSent(step: RecordedStep, live: Item | undefined): Json | undefined {
  if (step.verb === "merge-patch") return (mergePatch(present(live), step.body as Json) as Item).metadata["managedFields"];
  if (step.verb === "json-patch")
    return (applyJsonPatch(present(live), step.body as JsonPatchOperation[]) as Item).metadata["managedFields"];
  return undefined;
}

const START_MS = Date.UTC(2026, 0, 1);

function timeOf(step: number): number {
  return START_MS + step * 60_000;
}

/** The recorded object with real times and a uid, as it would be stored. */
function asStored(object: Item): Item {
  const entries = object.metadata["managedFields"] as readonly { readonly time?: string }[] | undefined;
  const managedFields = entries?.map((entry) =>
    entry.time === undefined
      ? entry
      : { ...entry, time: new Date(timeOf(Number(entry.time.slice("step ".length)))).toISOString().replace(".000", "") },
  );
  return { ...object, metadata: { ...object.metadata, uid: "uid", ...(managedFields === undefined ? {} : { managedFields }) } } as Item;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the recording lacks something");
  return value;
}

function sortedLines(text: string): string[] {
  return text.split("\n").toSorted();
}

function sortCauses<T extends { readonly field: string }>(causes: readonly T[]): T[] {
  return causes.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
