/** Checks of an app that run on the embedded cluster and on a real API server. */
export { World, expectEqual } from "./world.ts";
export type { AppCheck, CheckCluster } from "./world.ts";
