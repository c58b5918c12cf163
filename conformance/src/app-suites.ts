import { helloChecks } from "@operatorkit/hello-operator/checks";
import { Sample } from "@operatorkit/hello-operator/sample";
import { podChecks } from "@operatorkit/pod-operator/checks";
import { replicaSetChecks } from "@operatorkit/replicaset-operator/checks";
import { Jinghzhu } from "@operatorkit/replicaset-operator/jinghzhu";
import { memcachedChecks } from "@operatorkit/sample-operator/checks";
import { Memcached } from "@operatorkit/sample-operator/memcached";
import { appSuite } from "./app-suite.ts";
import type { Suite } from "./suite.ts";

const installed = [Memcached, Sample, Jinghzhu];

/** What the apps do. */
export const appSuites: readonly Suite[] = [
  appSuite({ name: "sample operator", checks: memcachedChecks, kinds: [Memcached], installed, apps: ["sample-operator"] }),
  appSuite({ name: "hello operator", checks: helloChecks, kinds: [Sample], installed, apps: ["hello-operator"] }),
  appSuite({ name: "replicaset operator", checks: replicaSetChecks, kinds: [Jinghzhu], installed, apps: ["replicaset-operator"] }),
  appSuite({ name: "pod operator", checks: podChecks, kinds: [Jinghzhu], installed, apps: ["pod-operator", "replicaset-operator"] }),
];
