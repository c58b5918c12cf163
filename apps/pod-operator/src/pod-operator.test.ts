import { describeChecks } from "@operatorkit/app-kit/testing/vitest";
import { Jinghzhu } from "@operatorkit/replicaset-operator/jinghzhu";
import { podChecks } from "./testing/pod-checks.ts";

describeChecks("the Pod operator", {
  kinds: [Jinghzhu],
  checks: podChecks,
  rbac: [new URL("../deploy/rbac.yaml", import.meta.url), new URL("../../replicaset-operator/deploy/rbac.yaml", import.meta.url)],
});
