import { describeChecks } from "@operatorkit/app-kit/testing/vitest";
import { Memcached } from "./memcached.ts";
import { memcachedChecks } from "./testing/memcached-checks.ts";

describeChecks("the sample operator", {
  kinds: [Memcached],
  checks: memcachedChecks,
  rbac: [new URL("../deploy/rbac.yaml", import.meta.url)],
});
