import { RealCluster, type RealClusterOptions } from "./real-server/real-cluster.ts";
import type { Target } from "./target.ts";

/** A real kube-apiserver of its own. */
export async function startRealTarget(options: RealClusterOptions): Promise<Target> {
  const cluster = await RealCluster.start(options);
  const { url, caPem, token, kubeconfigPath, folder, http, kubectl } = cluster;
  return { name: "real", url, caPem, token, kubeconfigPath, folder, http, kubectl, [Symbol.asyncDispose]: () => cluster.close() };
}
