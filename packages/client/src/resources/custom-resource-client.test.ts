import { ApiError, type ApiErrorCode, type Client } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { CustomResourceClient } from "./custom-resource-client.ts";
import type { CustomResourceDefinition } from "./custom-resource-definition.ts";

const NAME = "widgets.example.com";
const established = { conditions: [{ type: "Established", status: "True" as const }] };

function crd(versions: readonly string[], plus: Partial<CustomResourceDefinition> = {}): CustomResourceDefinition {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: NAME },
    spec: {
      group: "example.com",
      names: { kind: "Widget", plural: "widgets" },
      scope: "Namespaced",
      versions: versions.map((name, index) => ({ name, served: true, storage: index === 0 })),
    },
    ...plus,
  };
}

const failed = (code: ApiErrorCode): ApiError => new ApiError(`server: ${code}`, { code });

/** A server with one CRD or none; `failures` come first, whatever is asked. */
function world({ there, failures = [] }: { there?: CustomResourceDefinition; failures?: readonly ApiError[] } = {}) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const left = [...failures];
  const state = { crd: there, version: 7 };
  const stored = (): CustomResourceDefinition => {
    if (state.crd === undefined) throw failed("NotFound");
    return {
      ...state.crd,
      metadata: { ...state.crd.metadata, uid: "u", resourceVersion: String(state.version), generation: state.version },
    };
  };
  const begin = (what: string): void => {
    asked.push(what);
    const failure = left.shift();
    if (failure !== undefined) throw failure;
  };
  const client: Pick<Client, "apply" | "delete" | "get"> = {
    async get<T extends KubernetesObject>(): Promise<T> {
      begin("get");
      return stored() as KubernetesObject as T;
    },
    async apply<T extends KubernetesObject>(object: T): Promise<T> {
      begin("apply");
      const { spec, metadata } = object as KubernetesObject as CustomResourceDefinition;
      if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== String(state.version)) throw failed("Conflict");
      if (state.crd !== undefined && JSON.stringify(spec) !== JSON.stringify(state.crd?.spec)) state.version += 1;
      state.crd = { ...(state.crd ?? { ...crd([]), metadata, status: established }), spec };
      return stored() as KubernetesObject as T;
    },
    async delete() {
      begin("delete");
      state.crd = undefined;
    },
  };
  return { client, clock, asked, state, crds: new CustomResourceClient({ client, clock, timeoutMs: 5_000 }) };
}

const there = (versions: readonly string[]) => crd(versions, { status: established });

describe("CustomResourceClient", () => {
  it("creates, waits until established, and leaves the manifest as it was", async () => {
    const { crds, asked } = world();
    const manifest = crd(["v1"], {
      metadata: { name: NAME, resourceVersion: "99", uid: "other", labels: { a: "b" } },
      status: established,
    });
    const before = structuredClone(manifest);
    expect(await crds.ensureCreated(manifest)).toBe("created");
    expect(manifest).toEqual(before);
    expect(asked).toEqual(["get", "apply", "get"]);
  });

  it.each([
    ["an older one", ["v1beta1"], ["v1"], "updated"],
    ["the same", ["v1"], ["v1"], "unchanged"],
    ["the same versions with another order", ["v1", "v1beta1"], ["v1beta1", "v1"], "updated"],
    ["a newer one", ["v2alpha1"], ["v1"], "newer"],
    ["a newer one beside an older", ["v1", "v2alpha1"], ["v1"], "newer"],
    ["any, to no version at all", ["v1"], [], "newer"],
    ["one without versions", [], ["v1"], "updated"],
  ])("meets %s", async (_title, current, wanted, outcome) => {
    const { crds, state } = world({ there: there(current) });
    expect(await crds.ensureCreated(crd(wanted))).toBe(outcome);
    expect(state.crd?.spec.versions.map(({ name }) => name)).toEqual(outcome === "updated" ? wanted : current);
  });

  it("refuses to compare what is no version", async () => {
    const { crds } = world({ there: there(["first"]) });
    expect(await rejection(crds.ensureUpdated(crd(["v1"])))).toMatchObject({ code: "InvalidVersion", crd: NAME });
    expect(await crds.ensureUpdated(crd(["first"]))).toBe("unchanged");
    expect(await crds.ensureUpdated(crd(["second", "first"]))).toBe("updated");
  });

  it("compares nothing when told to bring a CRD back", async () => {
    const { client, state } = world({ there: there(["v2", "first"]) });
    const crds = new CustomResourceClient({ client, allowDowngrade: true });
    expect(await crds.ensureUpdated(crd(["v1"]))).toBe("updated");
    expect(state.crd?.spec.versions.map(({ name }) => name)).toEqual(["v1"]);
  });

  it("looks again when somebody else updated in between", async () => {
    const { crds, clock, asked } = world({ there: there(["v1beta1"]), failures: [failed("Conflict")] });
    const done = crds.ensureUpdated(crd(["v1"]));
    await clock.advance(500);
    expect(await done).toBe("updated");
    expect(asked).toEqual(["get", "get", "apply"]);
  });

  it("updates only what is there", async () => {
    expect(await rejection(world().crds.ensureUpdated(crd(["v1"])))).toMatchObject({ code: "NotFound" });
  });

  it("waits for the condition, which being absent is not", async () => {
    const { crds, clock, state } = world({ there: crd(["v1"]) });
    const done = crds.ensureEstablished(NAME);
    await clock.advance(1_000);
    state.crd = there(["v1"]);
    await clock.advance(500);
    await done;
    expect(clock.pendingTimers).toBe(0);
  });

  it("deletes nothing when it fails, at once or after the time is up", async () => {
    const conflicting = crd(["v1"], { status: { conditions: [{ type: "NamesAccepted", status: "False", message: "plural is taken" }] } });
    const refused = world({ there: conflicting });
    expect(await rejection(refused.crds.ensureCreated(crd(["v1"])))).toMatchObject({ code: "NameConflict" });
    const slow = world({ there: crd(["v1"]) });
    const late = rejection(slow.crds.ensureCreated(crd(["v1"])));
    await slow.clock.advance(5_000);
    expect(await late).toMatchObject({ code: "Timeout", message: expect.stringContaining("the condition Established to be True") });
    const away = world({ there: there(["v1"]), failures: Array<ApiError>(50).fill(failed("ServiceUnavailable")) });
    const never = rejection(away.crds.ensureCreated(crd(["v1"])));
    await away.clock.advance(5_000);
    expect(await never).toMatchObject({ code: "Timeout", cause: { code: "ServiceUnavailable" } });
    for (const { asked, state, clock } of [refused, slow, away]) {
      expect(asked).not.toContain("delete");
      expect(state.crd).toBeDefined();
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it("puts up with a server that is away for a while", async () => {
    const { crds, clock } = world({ failures: [failed("ConnectionFailed"), failed("ServiceUnavailable")] });
    const done = crds.ensureCreated(crd(["v1"]));
    await clock.advance(1_000);
    expect(await done).toBe("created");
  });

  it("passes refusals on", async () => {
    const { crds } = world({ failures: [failed("Forbidden")] });
    expect(await rejection(crds.ensureCreated(crd(["v1"])))).toMatchObject({ code: "Forbidden" });
  });

  it("deletes when told to, and waits until it is gone", async () => {
    const { crds, clock, asked } = world({ there: there(["v1"]) });
    const done = crds.ensureDeleted(NAME);
    await clock.advance(500);
    await done;
    expect(asked).toEqual(["get", "delete", "get"]);
    await crds.ensureDeleted(NAME);
  });
});
