/** Checks of an app that run on the embedded cluster and on a real API server. */
export { outrun } from "./outrun.ts";
export type { ComingWrite } from "./outrun.ts";
export { Rbac } from "./rbac.ts";
export { World, expectEqual } from "./world.ts";
export type { AppCheck, CheckCluster, RunningOperator } from "./world.ts";
