import { describe, expect, it } from "vitest";
import type { CustomResource } from "./custom-resource.ts";
import { crdV1, crdV1beta1, registrationStrategyFor, thirdPartyResource } from "./registration-strategy.ts";

const sample: CustomResource = { group: "myproject.io", version: "v1alpha1", kind: "Sample", shortNames: ["sm"] };
const names = { plural: "samples", singular: "sample", kind: "Sample", listKind: "SampleList", shortNames: ["sm"] };
const established = { status: { conditions: [{ type: "Established", status: "True" }] } };

describe("registrationStrategyFor", () => {
  it.each([
    ["v1.36.3", crdV1],
    ["v1.16.0", crdV1],
    ["v1.15.12-gke.20", crdV1beta1],
    ["v1.7.0", crdV1beta1],
    ["v1.7.0-beta.1", thirdPartyResource],
    ["v1.6.13", thirdPartyResource],
  ])("takes what %s has", (version, strategy) => {
    expect(registrationStrategyFor(version).name).toBe(strategy.name);
  });

  it("rejects a version that says nothing", () => {
    expect(() => registrationStrategyFor("latest")).toThrow(
      expect.objectContaining({ name: "CustomResourceError", code: "ServerVersion" }),
    );
  });
});

describe("registration strategies", () => {
  it("register a CRD v1 that keeps all fields unless there is a schema", () => {
    expect(crdV1.create(sample)).toEqual({
      method: "POST",
      path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      body: {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "samples.myproject.io" },
        spec: {
          group: "myproject.io",
          names,
          scope: "Namespaced",
          versions: [
            {
              name: "v1alpha1",
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
          ],
        },
      },
    });
    expect(JSON.stringify(crdV1.create({ ...sample, schema: { type: "object" } }))).toContain('"openAPIV3Schema":{"type":"object"}');
    expect(crdV1.look(sample)).toEqual({ path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/samples.myproject.io" });
    expect(crdV1.readiness(established)).toEqual({ type: "established" });
    expect(crdV1.readiness({}).type).toBe("waiting");
  });

  it("register a CRD v1beta1 with its one version", () => {
    expect(crdV1beta1.create({ ...sample, scope: "Cluster", schema: { type: "object" } })).toEqual({
      method: "POST",
      path: "/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions",
      body: {
        apiVersion: "apiextensions.k8s.io/v1beta1",
        kind: "CustomResourceDefinition",
        metadata: { name: "samples.myproject.io" },
        spec: { group: "myproject.io", version: "v1alpha1", scope: "Cluster", names, validation: { openAPIV3Schema: { type: "object" } } },
      },
    });
    expect(crdV1beta1.look(sample)).toEqual({ path: "/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions/samples.myproject.io" });
    expect(crdV1beta1.readiness(established)).toEqual({ type: "established" });
  });

  it("register a ThirdPartyResource under the name that gives its kind", () => {
    expect(thirdPartyResource.create({ ...sample, kind: "CronTab" })).toEqual({
      method: "POST",
      path: "/apis/extensions/v1beta1/thirdpartyresources",
      body: {
        apiVersion: "extensions/v1beta1",
        kind: "ThirdPartyResource",
        metadata: { name: "cron-tab.myproject.io" },
        description: "CronTab of myproject.io",
        versions: [{ name: "v1alpha1" }],
      },
    });
    expect(thirdPartyResource.look(sample)).toEqual({ path: "/apis/myproject.io/v1alpha1/samples" });
    expect(thirdPartyResource.readiness({})).toEqual({ type: "established" });
  });

  it.each<[string, CustomResource, string]>([
    ["a plural the server would not make", { ...sample, plural: "sampling" }, "the plural samples"],
    ["objects without namespaces", { ...sample, scope: "Cluster" }, "always in namespaces"],
  ])("refuse as a ThirdPartyResource %s", (_title, resource, why) => {
    expect(() => thirdPartyResource.create(resource)).toThrow(why);
  });

  it.each<[Partial<CustomResource>, string]>([
    [{ kind: "sample" }, "kind"],
    [{ group: "example" }, "group"],
    [{ version: "1" }, "version"],
    [{ plural: "Samples" }, "plural"],
    [{ scope: "cluster" as "Cluster" }, "scope"],
  ])("refuse %j by its name", (wrong, field) => {
    expect(() => crdV1.create({ ...sample, ...wrong })).toThrow(
      expect.objectContaining({ code: "InvalidResource", message: expect.stringContaining(field) }),
    );
  });
});
