import { expect, it } from "vitest";
import * as devcluster from "./devcluster/index.ts";
import * as operatorkit from "./index.ts";
import * as kinds from "./kinds/index.ts";

it("has what the first operator needs, each from its one place", () => {
  expect(Object.keys(operatorkit)).toEqual(
    expect.arrayContaining(["Controller", "Operator", "connect", "defineKind", "crdFor", "ensureCustomResources", "isNotFound"]),
  );
  expect(Object.keys(devcluster)).toEqual(expect.arrayContaining(["DevCluster", "ApiServer", "attachControllers"]));
  expect(kinds.Deployment).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" });
});

it("does not load the embedded server with the operator", async () => {
  expect(Object.keys(operatorkit)).not.toContain("DevCluster");
});
