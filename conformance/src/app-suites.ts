import { helloChecks } from "@operatorkit/hello-operator/checks";
import { Sample } from "@operatorkit/hello-operator/sample";
import { appSuite } from "./app-suite.ts";
import type { Suite } from "./suite.ts";

/** The small apps' checks. */
export const appSuites: readonly Suite[] = [appSuite({ name: "hello operator", checks: helloChecks, kinds: [Sample] })];
