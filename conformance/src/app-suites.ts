import { helloChecks } from "@operatorkit/hello-operator/checks";
import { Sample } from "@operatorkit/hello-operator/sample";
import { podChecks } from "@operatorkit/pod-operator/checks";
import { replicaSetChecks } from "@operatorkit/replicaset-operator/checks";
import { Jinghzhu } from "@operatorkit/replicaset-operator/jinghzhu";
import { appSuite } from "./app-suite.ts";
import type { Suite } from "./suite.ts";

/** The small apps' checks. */
export const appSuites: readonly Suite[] = [
  appSuite({ name: "hello operator", checks: helloChecks, kinds: [Sample] }),
  appSuite({ name: "replicaset operator", checks: replicaSetChecks, kinds: [Jinghzhu] }),
  appSuite({ name: "pod operator", checks: podChecks, kinds: [Jinghzhu] }),
];
