import type { KubernetesObject, ResourceAction } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { dropAllRetries, opinionatedRetryDequeuePolicy } from "./retry-dequeue-policy.ts";

function object(uid: string, generation: number | undefined, resourceVersion = "1"): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Thing",
    metadata: { name: "a", uid, resourceVersion, ...(generation !== undefined && { generation }) },
  };
}

const g1 = object("u1", 1);
const g1Newer = object("u1", 1, "2");
const g2 = object("u1", 2);
const v1 = object("u1", undefined, "1");
const v2 = object("u1", undefined, "2");
const recreated = object("u2", 1);

type Row = [ResourceAction, KubernetesObject | undefined, ResourceAction, KubernetesObject | undefined, "drop" | "keep"];

describe("opinionatedRetryDequeuePolicy", () => {
  it.each<Row>([
    ["CREATE", g1, "UPDATE", g1, "keep"],
    ["CREATE", g1, "UPDATE", g2, "keep"],
    ["UPDATE", g1, "UPDATE", g1Newer, "keep"],
    ["UPDATE", g1, "UPDATE", g2, "drop"],
    ["CREATE", g1, "DELETE", g1, "drop"],
    ["UPDATE", g1, "DELETE", g2, "drop"],
    ["DELETE", g1, "DELETE", g1, "drop"],
    ["RESYNC", g1, "UPDATE", g2, "keep"],
    ["UPDATE", v1, "UPDATE", v1, "keep"],
    ["UPDATE", v1, "UPDATE", v2, "drop"],
    ["CREATE", g1, "CREATE", recreated, "drop"],
    ["CREATE", g1, "UPDATE", recreated, "drop"],
    ["DELETE", g1, "CREATE", recreated, "keep"],
    ["DELETE", g1, "DELETE", recreated, "keep"],
    ["UPDATE", undefined, "DELETE", undefined, "drop"],
    ["CREATE", undefined, "UPDATE", undefined, "keep"],
    ["UPDATE", undefined, "UPDATE", undefined, "keep"],
    ["UPDATE", g1, "UPDATE", undefined, "drop"],
    ["UPDATE", g1, "CREATE", undefined, "keep"],
    ["DELETE", g1, "DELETE", undefined, "drop"],
    ["DELETE", undefined, "DELETE", g1, "drop"],
  ])("a pending %s of %j when %s of %j happens: %s", (pendingAction, pendingObject, action, newObject, verdict) => {
    const drop = opinionatedRetryDequeuePolicy(
      { action, object: newObject },
      { action: pendingAction, object: pendingObject, error: new Error("no") },
    );
    expect(drop ? "drop" : "keep").toBe(verdict);
  });
});

describe("dropAllRetries", () => {
  it("drops whatever waits", () => {
    expect(dropAllRetries({ action: "UPDATE", object: g1 }, { action: "CREATE", object: g1, error: undefined })).toBe(true);
  });
});
