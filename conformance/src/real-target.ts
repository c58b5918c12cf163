import { RealCluster, type RealClusterOptions } from "./real-server/real-cluster.ts";
import type { ForgetfulTarget } from "./target.ts";

/** A real kube-apiserver of its own. It forgets only when started with `watchCache: false`. */
export async function startRealTarget(options: RealClusterOptions): Promise<ForgetfulTarget> {
  const cluster = await RealCluster.start(options);
  const { url, caPem, token, kubeconfigPath, folder, http, kubectl, serverPid } = cluster;
  return {
    name: "real",
    url,
    caPem,
    token,
    kubeconfigPath,
    folder,
    http,
    kubectl,
    serverPid,
    forgetHistory: () => cluster.forgetHistory(),
    startForgetful: () => startRealTarget({ ...options, watchCache: false }),
    [Symbol.asyncDispose]: () => cluster.close(),
  };
}
