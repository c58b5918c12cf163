import { apiSuite } from "./api-suite.ts";
import { appSuites } from "./app-suites.ts";
import { clientSuite } from "./client-suite.ts";
import { differentialSuite } from "./differential-suite.ts";
import { faultSuite } from "./fault-suite.ts";
import { historySuite } from "./history-suite.ts";
import { informerControllerTableSuite } from "./informer-controller-table-suite.ts";
import { informerSuite } from "./informer-suite.ts";
import { kubectlSuite } from "./kubectl-suite.ts";
import { oldServersSuite } from "./old-servers-suite.ts";
import { perturbationSuite } from "./perturbation-suite.ts";
import { podLogsSuite } from "./pod-logs-suite.ts";
import { processSuite } from "./process-suite.ts";
import { propertySuite } from "./property-suite.ts";
import { reconnectSuite } from "./reconnect-suite.ts";
import { resourceControllerTableSuite } from "./resource-controller-table-suite.ts";
import type { Suite } from "./suite.ts";
import { vanishingSuite } from "./vanishing-suite.ts";
import { watcherTableSuite } from "./watcher-table-suite.ts";
import { wireSuite } from "./wire-suite.ts";

/** Every suite, in the order they run. A new one is a line here. */
export const suites: readonly Suite[] = [
  apiSuite,
  historySuite,
  informerSuite,
  faultSuite,
  wireSuite,
  processSuite,
  reconnectSuite,
  propertySuite,
  kubectlSuite,
  clientSuite,
  oldServersSuite,
  podLogsSuite,
  ...appSuites,
  watcherTableSuite,
  vanishingSuite,
  informerControllerTableSuite,
  resourceControllerTableSuite,
  perturbationSuite,
  differentialSuite,
];
