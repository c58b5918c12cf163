import { describeChecks } from "@operatorkit/app-kit/testing/vitest";
import { Jinghzhu } from "./jinghzhu.ts";
import { replicaSetChecks } from "./testing/replicaset-checks.ts";

describeChecks("the ReplicaSet operator", {
  kinds: [Jinghzhu],
  checks: replicaSetChecks,
  rbac: [new URL("../deploy/rbac.yaml", import.meta.url)],
});
