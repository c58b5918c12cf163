import { ApiError, type Client } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import type { CustomResourceDefinition as BuiltinDefinition } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { ConfigMap } from "../testing/kinds.ts";
import { crdReadiness } from "./crd-readiness.ts";
import type { CustomResourceDefinition } from "./custom-resource-definition.ts";
import { ensureCustomResources } from "./ensure-custom-resources.ts";
import { rejection } from "../testing/bodies.ts";

type Conditions = NonNullable<CustomResourceDefinition["status"]>["conditions"];

function crd(name: string, conditions?: Conditions): CustomResourceDefinition {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${name}.example.com` },
    spec: {
      group: "example.com",
      names: { kind: name, plural: name },
      scope: "Namespaced",
      versions: [
        { name: "v1", served: true, storage: true },
        { name: "v1beta1", served: false, storage: false },
      ],
    },
    ...(conditions === undefined ? {} : { status: { conditions } }),
  };
}
const condition = (type: string, status: "True" | "False", message = "") => ({ type, status, reason: `${type}Reason`, message });
const established = [condition("NamesAccepted", "True"), condition("Established", "True")];

/** A server that goes through these answers to GET, the last one for ever. */
function server(
  gets: readonly (Conditions | Error)[],
  { isListedAtMs = 0, applyError, version }: { isListedAtMs?: number; applyError?: Error | Error[]; version?: string } = {},
) {
  const clock = new ManualClock();
  const applied: unknown[] = [];
  const resolved: string[] = [];
  const left = [...gets];
  const client: Pick<Client, "apply" | "get" | "resolve"> = {
    async apply<T extends KubernetesObject>(object: T): Promise<T> {
      applied.push(object);
      const error = Array.isArray(applyError) ? applyError.shift() : object.metadata.name.startsWith("bad") ? applyError : undefined;
      if (error !== undefined) throw error;
      return object;
    },
    async get<T extends KubernetesObject>(): Promise<T> {
      const next = left.length > 1 ? left.shift() : left[0];
      if (next instanceof Error) throw next;
      const there = crd("widgets", next);
      const metadata = { ...there.metadata, ...(version === undefined ? {} : { resourceVersion: version }) };
      return { ...there, metadata } as KubernetesObject as T;
    },
    async resolve(ref) {
      resolved.push(`${ref.apiVersion} ${ref.kind}`);
      if (clock.monotonicMs() < isListedAtMs) throw new ApiError("the server does not serve it", { code: "NotFound" });
      return ConfigMap;
    },
  };
  return { client, clock, applied, resolved };
}

describe("ensureCustomResources", () => {
  it("applies, and resolves when the CRD is established and every served version is discovered", async () => {
    const { client, clock, resolved, applied } = server([undefined, [], established], { isListedAtMs: 200 });
    const manifest = { ...crd("widgets", established), metadata: { name: "widgets.example.com", resourceVersion: "7", uid: "u" } };
    const done = ensureCustomResources(client, [manifest], { clock });
    await clock.advance(1_000);
    expect(await done).toEqual(["unchanged"]);
    expect(applied).toEqual([crd("widgets")]);
    expect(new Set(resolved)).toEqual(new Set(["example.com/v1 widgets"]));
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["leaves a newer one alone, and waits for what the manifest serves", false, ["newer"], 0],
    ["takes a newer one back only when told to", true, ["unchanged"], 1],
  ])("%s", async (_title, allowDowngrade, outcome, applies) => {
    const { client, clock, applied } = server([established]);
    const older = { ...crd("widgets"), spec: { ...crd("widgets").spec, versions: [{ name: "v1alpha1", served: true, storage: true }] } };
    expect(await ensureCustomResources(client, [older], { clock, allowDowngrade })).toEqual(outcome);
    expect(applied).toHaveLength(applies);
  });

  it("applies with the version it compared, and looks again when somebody else wrote in between", async () => {
    const { client, clock, applied } = server([established], { version: "7", applyError: [new ApiError("changed", { code: "Conflict" })] });
    const done = ensureCustomResources(client, [crd("widgets")], { clock });
    await clock.advance(100);
    expect(await done).toEqual(["unchanged"]);
    expect(applied).toHaveLength(2);
    expect(applied[0]).toMatchObject({ metadata: { resourceVersion: "7" } });
  });

  it("puts up with failing reads until the time is up", async () => {
    const { client, clock } = server([
      new ApiError("down", { code: "ConnectionFailed" }),
      new ApiError("not there", { code: "NotFound" }),
      established,
    ]);
    const done = ensureCustomResources(client, [crd("widgets")], { clock });
    await clock.advance(1_000);
    expect(await done).toEqual(["created"]);
  });

  it.each([
    [
      "a name conflict",
      [condition("NamesAccepted", "False", "plural is taken"), condition("Established", "True")],
      "NameConflict",
      "plural is taken",
    ],
    ["a schema that is not structural", [condition("NonStructuralSchema", "True", "no type")], "NonStructuralSchema", "no type"],
  ])("gives up on %s at once", async (_title, conditions, code, message) => {
    const { client, clock } = server([conditions]);
    await expect(ensureCustomResources(client, [crd("widgets")], { clock })).rejects.toMatchObject({
      name: "CustomResourceError",
      code,
      crd: "widgets.example.com",
      message: expect.stringContaining(message),
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["its conditions", [undefined], {}, "the condition Established to be True (it is not there yet)"],
    ["a working server", [new ApiError("get: down", { code: "ConnectionFailed" })], {}, "the server to answer (get: down)"],
    ["discovery", [established], { isListedAtMs: Number.POSITIVE_INFINITY }, "discovery to list widgets of example.com/v1"],
  ])("says that it waited for %s when the time is up", async (_title, gets, options, message) => {
    const { client, clock } = server(gets, options);
    const rejected = rejection(ensureCustomResources(client, [crd("widgets")], { clock, timeoutMs: 5_000 }));
    await clock.advance(5_000);
    expect(await rejected).toMatchObject({
      code: "Timeout",
      message: expect.stringContaining(message),
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it("installs the others when one is refused, and says which were not", async () => {
    const applyError = new ApiError("apply: invalid", { code: "Invalid" });
    const one = server([established], { applyError });
    await expect(ensureCustomResources(one.client, [crd("bad"), crd("widgets")], { clock: one.clock })).rejects.toMatchObject({
      code: "NotApplied",
      crd: "bad.example.com",
      cause: applyError,
    });
    expect(one.applied).toHaveLength(2);
    expect(one.resolved).toHaveLength(1);
    const two = server([established], { applyError });
    await expect(ensureCustomResources(two.client, [crd("bad"), crd("bad2")], { clock: two.clock })).rejects.toMatchObject({
      name: "AggregateError",
      message: expect.stringContaining("2 of 2"),
    });
  });

  it.each<[unknown, string]>([
    [{}, "manifests: an object must be a list"],
    [undefined, "manifests: is missing, and must be a list"],
    [[null], "manifests[0]: null must be an object"],
    [[crd("widgets"), { ...crd("gadgets"), apiVersion: "v1" }], 'manifests[1].apiVersion: "v1" must be "apiextensions.k8s.io/v1"'],
    [[{ ...crd("widgets"), kind: "ConfigMap" }], 'manifests[0].kind: "ConfigMap" must be "CustomResourceDefinition"'],
    [[{ ...crd("widgets"), metadata: {} }], "manifests[0].metadata.name: is missing, and must be a string, and not empty"],
    [[{ ...crd("widgets"), spec: undefined }], "manifests[0].spec: is missing, and must be an object"],
  ])("refuses %j, and installs nothing", async (manifests, message) => {
    const { client, applied } = server([established]);
    const error = await rejection(ensureCustomResources(client, manifests as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: `ensureCustomResources: ${message}` });
    expect(applied).toEqual([]);
  });

  it("stops when its signal is aborted", async () => {
    const { client, clock } = server([undefined]);
    const controller = new AbortController();
    const rejected = rejection(ensureCustomResources(client, [crd("widgets")], { clock, signal: controller.signal }));
    await clock.advance(30);
    controller.abort(new Error("stopping"));
    expect(await rejected).toMatchObject({ message: expect.stringContaining("stopping") });
    expect(clock.pendingTimers).toBe(0);
  });
});

it("takes the CRDs of object/kinds", () => {
  expectTypeOf<BuiltinDefinition>().toExtend<CustomResourceDefinition>();
});

describe("crdReadiness", () => {
  it.each([
    [undefined, "waiting"],
    [[], "waiting"],
    [[condition("Established", "False", "soon")], "waiting"],
    [established, "established"],
    [[condition("Established", "True"), condition("NamesAccepted", "False")], "refused"],
  ] satisfies [Conditions, string][])("of %j is %s", (conditions, type) => {
    expect(crdReadiness(crd("widgets", conditions)).type).toBe(type);
  });
});
