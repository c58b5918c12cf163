import { ApiError } from "@operatorkit/api";
import { KubernetesBasedInformer } from "@operatorkit/informer";
import type { ResourceAction } from "@operatorkit/object";
import { silentLogger } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import { backoffRetryPolicy, constantBackoff } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import { InformerController } from "./informer-controller.ts";
import { OpinionatedReconciler, type OpinionatedReconcilerOptions } from "./opinionated-reconciler.ts";
import type { ReconcilerRequest, ReconcilerResult } from "./resource-reconciler.ts";

const A = { namespace: "n", name: "a" };
const deletionTimestamp = "2026-01-01T00:00:00Z";

type Answer = (request: ReconcilerRequest<Echo, string>, call: number) => ReconcilerResult<string> | undefined | void;

/** A reconciler that writes down what it is handed, with the finalizers that are on the object at the server. */
class World {
  readonly cluster: FakeCluster = new FakeCluster([Echo]);
  readonly clock: ManualClock = new ManualClock();
  readonly log: string[] = [];
  readonly reconciler: OpinionatedReconciler<Echo, string>;
  answer: Answer = () => {};

  constructor(options: Partial<OpinionatedReconcilerOptions<Echo, string>> = {}) {
    this.reconciler = new OpinionatedReconciler<Echo, string>({
      kind: Echo,
      client: this.cluster.client(),
      finalizer: "F",
      inProgressFinalizer: "W",
      finalizerOptions: { clock: this.clock },
      reconciler: {
        reconcile: (request) => {
          this.log.push(
            `${request.action} [${(this.finalizers ?? []).join(" ")}]${request.state === undefined ? "" : ` ${request.state}`}`,
          );
          return this.answer(request, this.log.length);
        },
      },
      ...options,
    });
  }

  /** The object as the server has it, or had it. */
  put(finalizers: readonly string[], metadata: Partial<Echo["metadata"]> = {}): Echo {
    return this.cluster.put(echo("a", "hello", { ...this.object?.metadata, finalizers, ...metadata }));
  }

  get object(): Echo | undefined {
    return this.cluster.get(Echo, A);
  }

  get finalizers(): readonly string[] | undefined {
    return this.object?.metadata.finalizers;
  }

  reconcile(action: ResourceAction, object: Echo, state?: string): Promise<ReconcilerResult<string> | undefined> {
    return this.reconciler.reconcile({ action, object, state, attempt: 0, signal: new AbortController().signal, logger: silentLogger });
  }
}

function failing(): never {
  throw new Error("failed");
}

describe("what is handed on, and what is left on the object", () => {
  it.each<[ResourceAction, string, string[], string[] | undefined]>([
    ["CREATE", "", ["CREATE [W]"], ["F"]],
    ["CREATE", "W", ["CREATE [W]"], ["F"]],
    ["CREATE", "F", ["RESYNC [F]"], ["F"]],
    ["CREATE", "F W", ["RESYNC [F W]"], ["F"]],
    ["UPDATE", "", ["UPDATE [F]"], ["F"]],
    ["UPDATE", "W", ["CREATE [W]"], ["F"]],
    ["UPDATE", "F", ["UPDATE [F]"], ["F"]],
    ["RESYNC", "", ["RESYNC [F]"], ["F"]],
    ["RESYNC", "W", ["CREATE [W]"], ["F"]],
    ["RESYNC", "F", ["RESYNC [F]"], ["F"]],
    ["CREATE", "x", ["CREATE [x W]"], ["x", "F"]],
    ["CREATE", "D x", [], ["x"]],
    ["UPDATE", "D x", [], ["x"]],
    ["CREATE", "D F", ["DELETE [F]"], undefined],
    ["UPDATE", "D W", ["DELETE [W]"], undefined],
    ["UPDATE", "D x F W", ["DELETE [x F W]"], ["x"]],
    ["RESYNC", "D F", ["DELETE [F]"], undefined],
    ["DELETE", "F", [], ["F"]],
  ])("%s of an object with %o: %j, then %j", async (action, marks, told, left) => {
    const world = new World();
    const words = marks.split(" ").filter((word) => word !== "");
    const object = world.put(
      words.filter((word) => word !== "D"),
      words.includes("D") ? { deletionTimestamp } : {},
    );
    await world.reconcile(action, object);
    expect([world.log, world.finalizers]).toEqual([told, left]);
  });

  it("is decided by what there is, not by an old event: a creation that was finished, deleted, or is gone", async () => {
    const world = new World();
    const stale = world.put([]);
    world.put(["F"]);
    await world.reconcile("CREATE", stale);
    world.put(["F", "x"], { deletionTimestamp });
    await world.reconcile("CREATE", stale);
    await world.reconcile("UPDATE", stale);
    world.put([], { deletionTimestamp });
    await world.reconcile("CREATE", stale);
    await world.reconcile("UPDATE", stale);
    expect(world.log).toEqual(["RESYNC [F]", "DELETE [F x]"]);
  });

  it("comes first and the finalizer after it, without an in-progress finalizer", async () => {
    const world = new World({ inProgressFinalizer: false });
    await world.reconcile("CREATE", world.put([]));
    expect([world.log, world.finalizers]).toEqual([["CREATE []"], ["F"]]);
  });
});

describe("a request that fails", () => {
  it.each<[string, Answer]>([
    ["throws", failing],
    ["returns an error", () => ({ error: new Error("failed"), state: "half" })],
  ])("and %s leaves the finalizers as they are", async (_how, answer) => {
    const creating = new World();
    creating.answer = answer;
    const deleting = new World();
    deleting.answer = answer;
    for (const work of [
      creating.reconcile("CREATE", creating.put([])),
      deleting.reconcile("UPDATE", deleting.put(["F"], { deletionTimestamp })),
    ]) {
      const error = await work.then(
        (result) => result?.error,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ message: "failed" });
    }
    expect([creating.finalizers, deleting.finalizers]).toEqual([["W"], ["F"]]);
  });

  it("or asks to be called again keeps the finalizer of a deletion, not of a creation", async () => {
    const world = new World();
    world.answer = () => ({ requeueAfterMs: 500, state: "s" });
    expect(await world.reconcile("CREATE", world.put([]))).toEqual({ requeueAfterMs: 500, state: "s" });
    expect(world.finalizers).toEqual(["F"]);
    const deleting = world.put(["F"], { deletionTimestamp });
    expect(await world.reconcile("UPDATE", deleting, "s")).toEqual({ requeueAfterMs: 500, state: "s" });
    expect(world.finalizers).toEqual(["F"]);
    world.answer = () => {};
    await world.reconcile("UPDATE", deleting, "s");
    expect([world.log, world.finalizers]).toEqual([["CREATE [W]", "DELETE [F] s", "DELETE [F] s"], undefined]);
  });

  it.each<[string, ResourceAction, string[], Partial<Echo["metadata"]>, string, number]>([
    ["a creation", "CREATE", [], {}, "CREATE [W]", 2],
    ["a deletion", "UPDATE", ["F", "x"], { deletionTimestamp }, "DELETE [F x]", 1],
  ])(
    "only to write the finalizer after %s is not made again: the retry writes alone",
    async (_what, action, marks, metadata, told, nth) => {
      const world = new World();
      world.answer = () => ({ state: "made" });
      const object = world.put(marks, metadata);
      let patches = 0;
      world.cluster.onWrite = () => {
        patches += 1;
        if (patches === nth) throw new ApiError("patch: 500", { code: "InternalError", status: 500 });
      };
      expect(await world.reconcile(action, object)).toMatchObject({ state: "made", error: { code: "InternalError" } });
      expect((await world.reconcile(action, object, "made"))?.error).toBeUndefined();
      expect(world.log).toEqual([told]);
      expect(world.finalizers).toEqual(action === "CREATE" ? ["F"] : ["x"]);
    },
  );

  it("in its own write of the leftover mark is reported, and the resync is not lost", async () => {
    const world = new World();
    const object = world.put(["F", "W"]);
    world.cluster.onWrite = () => {
      throw new ApiError("patch: 403", { code: "Forbidden", status: 403 });
    };
    expect(await world.reconcile("CREATE", object)).toMatchObject({ error: { code: "Forbidden" } });
    expect(world.log).toEqual(["RESYNC [F W]"]);
  });
});

describe("in an informer controller, on a real watch", () => {
  async function run(world: World, during: (settle: () => Promise<void>) => Promise<void>): Promise<string[]> {
    const errors: string[] = [];
    const controller = new InformerController({
      clock: world.clock,
      retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 3 }),
      onError: (_error, { action, attempt }) => errors.push(`${action} ${attempt}`),
    });
    controller.addInformer(new KubernetesBasedInformer({ kind: Echo, client: world.cluster.client(), clock: world.clock }), "echoes");
    controller.addReconciler(world.reconciler, "echoes");
    const stop = new AbortController();
    const running = controller.run({ signal: stop.signal });
    const settle = async (): Promise<void> => {
      for (let index = 0; index < 10; index += 1) await world.clock.advance(0);
    };
    await settle();
    await during(settle);
    stop.abort();
    await settle();
    await running;
    expect(world.clock.pendingTimers).toBe(0);
    return errors;
  }

  it("an object's whole life is CREATE, UPDATE, DELETE, each once", async () => {
    const world = new World();
    const errors = await run(world, async (settle) => {
      world.put([]);
      await settle();
      world.cluster.put({ ...echo("a", "changed"), metadata: { ...world.object?.metadata, name: "a", namespace: "n" } });
      await settle();
      world.cluster.remove(Echo, A);
      await settle();
    });
    expect([errors, world.log, world.object]).toEqual([[], ["CREATE [W]", "UPDATE [F]", "DELETE [F]"], undefined]);
  });

  it("a creation that fails is one chain of retries, and its deletion meanwhile is handed on", async () => {
    const world = new World();
    world.answer = ({ action }) => (action === "CREATE" ? failing() : undefined);
    const errors = await run(world, async (settle) => {
      world.put([]);
      await settle();
      await world.clock.advance(1000);
      world.cluster.remove(Echo, A);
      await settle();
      await world.clock.advance(10_000);
    });
    expect(errors).toEqual(["CREATE 0", "CREATE 1"]);
    expect([world.log, world.object]).toEqual([["CREATE [W]", "CREATE [W]", "DELETE [W]"], undefined]);
  });

  it("a finalizer that somebody took off is put on again", async () => {
    const world = new World();
    await run(world, async (settle) => {
      world.put([]);
      await settle();
      world.put([]);
      await settle();
    });
    expect([world.log, world.finalizers]).toEqual([["CREATE [W]", "UPDATE [F]"], ["F"]]);
  });
});

describe("an opinionated reconciler", () => {
  it("has its finalizers named after group and name, and says that they are its own", () => {
    const { reconciler } = new World({ finalizer: undefined, inProgressFinalizer: undefined, name: "echo" });
    expect(reconciler.finalizerClaims()).toEqual([
      { kind: Echo, finalizer: "example.com/echo" },
      { kind: Echo, finalizer: "example.com/echo-wip" },
    ]);
  });

  it("refuses what cannot work", async () => {
    expect(() => new World({ reconciler: {} as never })).toThrow(
      "OpinionatedReconciler: reconciler: an object must be a reconciler, with reconcile",
    );
    expect(() => new World({ kind: undefined as never })).toThrow("OpinionatedReconciler: kind: is missing, and must be a kind");
    await expect(new World().reconcile("CREATE", undefined as never)).rejects.toThrow("OpinionatedReconciler of echos: object is missing");
  });
});
