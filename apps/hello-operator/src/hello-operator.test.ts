import { describeChecks } from "@operatorkit/app-kit/testing/vitest";
import { Sample } from "./sample.ts";
import { helloChecks } from "./testing/hello-checks.ts";

describeChecks("the hello operator", { kinds: [Sample], checks: helloChecks, rbac: [new URL("../deploy/rbac.yaml", import.meta.url)] });
