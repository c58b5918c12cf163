import { Secret } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { Echo } from "../testing/harness.ts";
import { ResourceController } from "./resource-controller.ts";
import type { ResourceControllerOptions } from "./resource-controller-options.ts";
import { noting } from "./testing/run-controller.ts";

describe("ResourceController", () => {
  it.each<[string, Partial<ResourceControllerOptions<Echo>>]>([
    ["resources: give either", {}],
    ["resources: give either", { resources: [noting("r", [])], resourceSets: [{ resources: [noting("r", [])] }] }],
    ["resources: a list must have one", { resources: [] }],
    ["resourceSets: a list must have one", { resourceSets: [] }],
    ["resourceSets[0].resources: a list must have one", { resourceSets: [{ resources: [] }] }],
    ['resources[0].name: "" must be a string, and not empty', { resources: [noting("", [])] }],
    ['resources[1].name: "r" is there twice', { resources: [noting("r", []), noting("r", [])] }],
    ["resources[0].ensureDeleted: is missing, and must be a function", { resources: [{ name: "r", ensureCreated() {} } as never] }],
    ["resources[0].applyDeleteChange: is missing, and must be a function", { resources: [{ ...crudWithout, name: "r" } as never] }],
    ["init: belongs to a set", { resourceSets: [{ resources: [noting("r", [])] }], init() {} }],
    ["bootTries: 0", { resources: [noting("r", [])], bootTries: 0 }],
    ["bootWaitMs: -1", { resources: [noting("r", [])], bootWaitMs: -1 }],
    ["bootTimeoutMs: NaN", { resources: [noting("r", [])], bootTimeoutMs: Number.NaN }],
    ["labelSelector: ", { resources: [noting("r", [])], labelSelector: "a in" }],
    ['whenDeselected: "x" must be "keep"', { resources: [noting("r", [])], whenDeselected: "x" as never, labelSelector: "a" }],
    ["whenDeselected: is about", { resources: [noting("r", [])], whenDeselected: "release" }],
    ["pauseAnnotations.a: true must be a string", { resources: [noting("r", [])], pauseAnnotations: { a: true as never } }],
    ["resources[0]: is missing, and must be an object", { resources: [undefined as never] }],
    ["resourceSets: an object must be a list", { resourceSets: {} as never }],
    ["resourceSets[0].handles: true must be a function", { resourceSets: [{ handles: true as never, resources: [noting("r", [])] }] }],
    ["resourceSets[0]: is missing, and must be an object", { resourceSets: [undefined as never] }],
    ["init: 1 must be a function", { init: 1 as never, resources: [noting("r", [])] }],
    ["boot: true must be a function", { boot: true as never, resources: [noting("r", [])] }],
    ["onBootFailed: 1 must be a function", { onBootFailed: 1 as never, resources: [noting("r", [])] }],
    ["errorTracker: an object must be an ErrorTracker, with capture", { errorTracker: {} as never, resources: [noting("r", [])] }],
    [
      "whenDeselected: is about the finalizer, and there is none",
      { whenDeselected: "release", labelSelector: "a", finalizer: false, resources: [noting("r", [])] },
    ],
  ])("refuses what cannot work: %s", (message, options) => {
    expect(() => new ResourceController<Echo>({ name: "echo", for: Echo, ...options })).toThrow(`ResourceController echo: ${message}`);
  });

  it("refuses to be made without options", () => {
    expect(() => new ResourceController(undefined as never)).toThrow("ResourceController: options are missing; give one object of them");
  });

  it("leaves what else a controller refuses to the controller", () => {
    const resources = [{ name: "r", ensureCreated() {}, ensureDeleted() {} }];
    expect(() => new ResourceController<Secret>({ name: "s", for: Secret, resources })).toThrow("the core group has no name");
    expect(() => new ResourceController<Echo>({ name: "", for: Echo, resources: [noting("r", [])] })).toThrow(
      'ResourceController: name: "" must be a string',
    );
  });
});

const crudWithout = {
  getCurrentState() {},
  getDesiredState() {},
  newUpdatePatch() {},
  newDeletePatch() {},
  applyCreateChange() {},
  applyUpdateChange() {},
};
