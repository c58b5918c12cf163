import type { ConfigMap } from "@operatorkit/object/kinds";
import { describe, expectTypeOf, it } from "vitest";
import type { Echo } from "../testing/harness.ts";
import { configMapResource } from "./config-map-resource.ts";
import type { ResourceControllerOptions } from "./resource-controller-options.ts";
import { withLog, withRetry } from "./resource-wrappers.ts";
import type { CrudResource, Resource } from "./resource.ts";

describe("the types of resources", () => {
  it("keep the object's and the state's through wrappers, and a list takes resources of any state", () => {
    const configMaps = configMapResource<Echo>({ name: "c", getCurrentState: () => [], getDesiredState: () => [] });
    const basic: Resource<Echo> = { name: "b", ensureCreated: ({ object }) => void object.spec.text, ensureDeleted() {} };
    expectTypeOf(withRetry(withLog(configMaps))).toEqualTypeOf<CrudResource<Echo, readonly ConfigMap[]>>();
    expectTypeOf(withLog(basic)).toEqualTypeOf<Resource<Echo>>();
    expectTypeOf([withRetry(configMaps), basic] as const).toExtend<NonNullable<ResourceControllerOptions<Echo>["resources"]>>();
    expectTypeOf<Parameters<Resource<Echo>["ensureCreated"]>[0]["object"]>().toEqualTypeOf<Echo>();
  });
});
