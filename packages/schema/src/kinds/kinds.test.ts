import { describe, expect, it } from "vitest";
import type { StructuralSchema } from "../structural-schema.ts";
import { builtinDefinition, builtinDefinitionName, builtinSchema, definitionsFor } from "./index.ts";

function at(schema: StructuralSchema | undefined, ...path: string[]): StructuralSchema | undefined {
  return path.reduce<StructuralSchema | undefined>((part, name) => {
    if (name === "[]") return part?.items;
    if (name === "*") return typeof part?.additionalProperties === "object" ? part.additionalProperties : undefined;
    return part?.properties?.[name];
  }, schema);
}

describe("builtinSchema", () => {
  const deployment = builtinSchema("apps", "v1", "Deployment");
  const containers = ["spec", "template", "spec", "containers"];

  it("follows references down to the containers of a Deployment's pods", () => {
    expect(at(deployment, ...containers, "[]", "name")).toMatchObject({ type: "string" });
    expect(at(deployment, ...containers, "[]")?.required).toEqual(["name"]);
    expect(at(deployment, "metadata", "labels", "*")).toMatchObject({ type: "string" });
  });

  it("keeps what merging lists needs", () => {
    expect(at(deployment, ...containers)).toMatchObject({
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      "x-kubernetes-patch-merge-key": "name",
      "x-kubernetes-patch-strategy": "merge",
    });
    expect(at(builtinSchema("", "v1", "Service"), "spec", "ports")).toMatchObject({ "x-kubernetes-list-map-keys": ["port", "protocol"] });
    expect(at(deployment, "spec", "selector")).toMatchObject({ "x-kubernetes-map-type": "atomic" });
    expect(at(builtinSchema("", "v1", "ConfigMap"), "metadata", "finalizers")).toMatchObject({ "x-kubernetes-list-type": "set" });
  });

  it("puts keywords beside a reference on a schema of its own", () => {
    expect(at(deployment, "spec", "strategy")).toMatchObject({ type: "object", "x-kubernetes-patch-strategy": "retainKeys" });
    const spec = builtinDefinition("io.k8s.api.apps.v1.DeploymentStrategy");
    expect(spec).not.toHaveProperty("x-kubernetes-patch-strategy");
  });

  it("keeps defaults the server sets and leaves out Go's zero values", () => {
    expect(at(deployment, ...containers, "[]", "ports", "[]", "protocol")?.default).toBe("TCP");
    expect(at(deployment, ...containers, "[]", "ports", "[]", "containerPort")).not.toHaveProperty("default");
    expect(at(deployment, "spec")).not.toHaveProperty("default");
  });

  it("knows int-or-string, quantities and times", () => {
    expect(at(deployment, "spec", "strategy", "rollingUpdate", "maxSurge")).toEqual({ "x-kubernetes-int-or-string": true });
    expect(at(deployment, ...containers, "[]", "resources", "limits", "*")?.type).toBeUndefined();
    expect(at(builtinSchema("coordination.k8s.io", "v1", "Lease"), "spec", "renewTime")).toMatchObject({
      type: "string",
      format: "date-time",
    });
  });

  it("can be walked into itself", () => {
    const crd = builtinSchema("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
    const root = at(crd, "spec", "versions", "[]", "schema", "openAPIV3Schema");
    const deep = at(root, "properties", "*", "properties", "*", "not");
    expect(deep?.properties?.["maxLength"]).toMatchObject({ type: "integer" });
  });

  it("is the same one every time", () => {
    expect(builtinSchema("apps", "v1", "Deployment")).toBe(deployment);
    expect(at(deployment, ...containers)).toBe(at(deployment, ...containers));
  });

  it("is undefined for a kind the server does not have", () => {
    expect(builtinSchema("apps", "v1", "Deploymint")).toBeUndefined();
    expect(builtinSchema("apps", "v1beta1", "Deployment")).toBeUndefined();
    expect(builtinSchema("constructor", "v1", "toString")).toBeUndefined();
  });
});

describe("definitionsFor", () => {
  it("holds every definition that its definitions refer to", () => {
    const definitions = definitionsFor("apps", "v1");
    const references = [...JSON.stringify(definitions).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      (match) => match[1] ?? "",
    );
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((name) => !Object.hasOwn(definitions, name))).toEqual([]);
  });

  it("can be limited to some kinds, with their lists", () => {
    const names = Object.keys(definitionsFor("", "v1", { kinds: ["ConfigMap"] }));
    expect(names).toContain("io.k8s.api.core.v1.ConfigMapList");
    expect(names).toContain("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions");
    expect(names).not.toContain("io.k8s.api.core.v1.Pod");
  });

  it("puts DeleteOptions into the document's group, as the server does", () => {
    const options = definitionsFor("apps", "v1")["io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"];
    expect(options?.["x-kubernetes-group-version-kind"]).toEqual([
      { group: "", kind: "DeleteOptions", version: "v1" },
      { group: "apps", kind: "DeleteOptions", version: "v1" },
    ]);
  });

  it("is empty for a group version the server does not have", () => {
    expect(definitionsFor("example.com", "v1")).toEqual({});
  });
});

describe("builtinDefinitionName", () => {
  it("names a kind's definition", () => {
    expect(builtinDefinitionName("", "v1", "Pod")).toBe("io.k8s.api.core.v1.Pod");
    expect(builtinDefinitionName("events.k8s.io", "v1", "Event")).toBe("io.k8s.api.events.v1.Event");
    expect(builtinDefinitionName("", "v1", "Wish")).toBeUndefined();
  });
});
