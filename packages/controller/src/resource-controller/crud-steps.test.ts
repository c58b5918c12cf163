import { describe, expect, it } from "vitest";
import type { ReconcileContext } from "../reconcile-context.ts";
import { recordingLogger, type LogLine } from "../testing/harness.ts";
import { crudSteps } from "./crud-steps.ts";
import { Pass } from "./pass.ts";
import type { ResourceContext } from "./resource-context.ts";
import type { CrudResource, ResourcePatch } from "./resource.ts";

type Patch = ResourcePatch<string[]> | undefined;
type Hook = (step: string, context: ResourceContext) => void;

function crud(calls: string[], patch: Patch, hook: Hook = () => {}): CrudResource<never, string[]> {
  const at = (step: string, context: ResourceContext, ...args: unknown[]): void => {
    calls.push([step, ...args.map((arg) => JSON.stringify(arg))].join(" "));
    hook(step, context);
  };
  return {
    name: "crud",
    getCurrentState: (context) => (at("getCurrentState", context), ["current"]),
    getDesiredState: async (context) => (at("getDesiredState", context), ["desired"]),
    newUpdatePatch: (current, desired, context) => (at("newUpdatePatch", context, current, desired), patch),
    newDeletePatch: async (current, desired, context) => (at("newDeletePatch", context, current, desired), patch),
    applyCreateChange: (change, context) => at("applyCreateChange", context, change),
    applyUpdateChange: (change, context) => at("applyUpdateChange", context, change),
    applyDeleteChange: async (change, context) => at("applyDeleteChange", context, change),
  };
}

function context(logs: LogLine[] = []): ResourceContext<never> {
  const reconcile = { key: "n/a", log: recordingLogger(logs) } as unknown as ReconcileContext<never>;
  return new Pass(reconcile, "update", "echo-0").contextFor("crud").context;
}

const all = { create: ["c"], update: ["u"], delete: ["d"] };
const upTo = (step: string): string[] => {
  const steps = ["getCurrentState", "getDesiredState", "newUpdatePatch", "applyCreateChange", "applyDeleteChange", "applyUpdateChange"];
  return steps.slice(0, steps.indexOf(step) + 1);
};

describe("a CRUD resource", () => {
  it("applies its patch in the order create, delete, update", async () => {
    const calls: string[] = [];
    await crudSteps(crud(calls, all)).ensureCreated(context());
    expect(calls).toEqual([
      "getCurrentState",
      "getDesiredState",
      'newUpdatePatch ["current"] ["desired"]',
      'applyCreateChange ["c"]',
      'applyDeleteChange ["d"]',
      'applyUpdateChange ["u"]',
    ]);
  });

  it("takes its delete patch when the object is being deleted", async () => {
    const calls: string[] = [];
    await crudSteps(crud(calls, { delete: ["d"] })).ensureDeleted(context());
    expect(calls).toEqual(["getCurrentState", "getDesiredState", 'newDeletePatch ["current"] ["desired"]', 'applyDeleteChange ["d"]']);
  });

  it.each<[string, Patch, string[]]>([
    ["no patch", undefined, []],
    ["a patch without parts", {}, []],
    ["a part that is undefined", { create: undefined }, []],
    ["a part that is an empty list", { update: [] }, ["applyUpdateChange []"]],
  ])("with %s applies what is set, and only that", async (_what, patch, applied) => {
    const calls: string[] = [];
    await crudSteps(crud(calls, patch)).ensureCreated(context());
    expect(calls.slice(3)).toEqual(applied);
  });

  describe.each(["cancelResource", "cancelReconciliation"] as const)("that calls %s", (cancel) => {
    it.each(upTo("applyUpdateChange"))("in %s skips the steps that are left", async (step) => {
      const calls: string[] = [];
      const resource = crudSteps(crud(calls, all, (at, given) => at === step && given[cancel]()));
      await resource.ensureCreated(context());
      expect(calls.map((call) => call.split(" ")[0])).toEqual(upTo(step));
    });
  });

  it.each(upTo("applyUpdateChange"))("that fails in %s ends there, with that error", async (step) => {
    const calls: string[] = [];
    const resource = crudSteps(
      crud(calls, all, (at) => {
        if (at === step) throw new Error(at);
      }),
    );
    await expect(resource.ensureCreated(context())).rejects.toThrow(step);
    expect(calls.map((call) => call.split(" ")[0])).toEqual(upTo(step));
  });

  it("gives each step a context that is whole, and flags that are those of now", async () => {
    const seen: unknown[] = [];
    const given = context();
    await crudSteps(
      crud([], all, (step, at) => {
        if (step === "getDesiredState") at.allowUpdate();
        if (step === "newUpdatePatch") given.requireUpdate();
        seen.push([Object.keys(at).length, at.isUpdateAllowed, at.isUpdateRequired]);
      }),
    ).ensureCreated(given);
    const keys = Object.keys(given).length;
    expect(seen.slice(0, 3)).toEqual([
      [keys, false, false],
      [keys, true, false],
      [keys, true, true],
    ]);
  });

  it("names its step in the log context", async () => {
    const logs: LogLine[] = [];
    await crudSteps(crud([], all, (_step, { log }) => log.info("said"))).ensureCreated(context(logs));
    expect(logs.map(({ fields }) => fields)).toEqual(upTo("applyUpdateChange").map((step) => ({ resource: "crud", function: step })));
  });
});
