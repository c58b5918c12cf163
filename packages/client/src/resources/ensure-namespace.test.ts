import { ApiError, type Client } from "@operatorkit/api";
import type { KubernetesObject, Manifest } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { ensureNamespace, ensureNamespaceDeleted } from "./ensure-namespace.ts";
import { rejection } from "../testing/bodies.ts";

type State = "absent" | "Active" | "Terminating";

/** A server whose namespace goes through these states, one per create, the last one for ever. */
function server(states: readonly State[], createError?: Error) {
  const created: unknown[] = [];
  const left = [...states];
  let state: State = "absent";
  const objectIn = (phase: State) =>
    ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "x", ...(phase === "Terminating" ? { deletionTimestamp: "now" } : {}) },
      status: { phase },
    }) as const;
  const client: Pick<Client, "create" | "get"> = {
    async create<T extends KubernetesObject>(object: Manifest<T>): Promise<T> {
      if (createError !== undefined) throw createError;
      state = (left.length > 1 ? left.shift() : left[0]) ?? "absent";
      if (state !== "absent") throw new ApiError("taken", { code: "AlreadyExists" });
      created.push(object);
      state = "Active";
      return objectIn(state) as KubernetesObject as T;
    },
    async get<T extends KubernetesObject>(): Promise<T> {
      if (state === "absent") throw new ApiError("gone", { code: "NotFound" });
      return objectIn(state) as KubernetesObject as T;
    },
  };
  return { client, created, clock: new ManualClock() };
}

describe("ensureNamespace", () => {
  it("makes a namespace with its labels", async () => {
    const { client, created } = server(["absent"]);
    await ensureNamespace(client, "x", { labels: { a: "b" } });
    expect(created).toEqual([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "x", labels: { a: "b" } } }]);
  });

  it("leaves one that is there alone", async () => {
    const { client, created } = server(["Active"]);
    await ensureNamespace(client, "x");
    expect(created).toEqual([]);
  });

  it("waits for one that is being deleted to be gone, and makes it anew", async () => {
    const { client, created, clock } = server(["Terminating", "Terminating", "absent"]);
    const done = ensureNamespace(client, "x", { clock });
    await clock.advance(1_000);
    await done;
    expect(created).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("says in which phase it is stuck when the time is up", async () => {
    const { client, clock } = server(["Terminating"]);
    const rejected = rejection(ensureNamespace(client, "x", { clock, timeoutMs: 2_000 }));
    await clock.advance(2_000);
    expect(await rejected).toMatchObject({
      code: "DeadlineExceeded",
      message: "create Namespace x: not Active within 2 s (phase Terminating)",
    });
  });

  it("passes other refusals on", async () => {
    const { client } = server([], new ApiError("no", { code: "Forbidden" }));
    await expect(ensureNamespace(client, "x")).rejects.toMatchObject({ code: "Forbidden" });
  });
});

describe("ensureNamespaceDeleted", () => {
  /** A server whose namespace is seen `looks` more times after it was deleted. */
  function deleting(looks: number) {
    const clock = new ManualClock();
    let left = looks;
    const client: Pick<Client, "delete" | "get"> = {
      async delete() {
        if (left === 0) throw new ApiError("gone", { code: "NotFound" });
      },
      async get<T extends KubernetesObject>(): Promise<T> {
        if (left === 0) throw new ApiError("gone", { code: "NotFound" });
        left -= 1;
        const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "x" }, status: { phase: "Terminating" } };
        return object as KubernetesObject as T;
      },
    };
    return { client, clock };
  }

  it("waits until it is gone; one that is not there is fine", async () => {
    const { client, clock } = deleting(2);
    const done = ensureNamespaceDeleted(client, "x", { clock });
    await clock.advance(1_000);
    await done;
    await ensureNamespaceDeleted(deleting(0).client, "x");
    expect(clock.pendingTimers).toBe(0);
  });

  it("says in which phase it is stuck when the time is up", async () => {
    const { client, clock } = deleting(1_000);
    const rejected = rejection(ensureNamespaceDeleted(client, "x", { clock, timeoutMs: 2_000 }));
    await clock.advance(2_000);
    expect(await rejected).toMatchObject({
      code: "DeadlineExceeded",
      message: "delete Namespace x: not gone within 2 s (phase Terminating)",
    });
  });
});
