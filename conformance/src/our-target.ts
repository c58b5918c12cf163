import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiServer } from "@operatorkit/apiserver";
import { Kubectl } from "./kubectl.ts";
import { RawHttp } from "./raw-http.ts";
import { findBinaries } from "./real-server/binaries.ts";
import { ProcessGroup } from "./real-server/process-group.ts";
import type { ForgetfulTarget } from "./target.ts";

/** Our server, with TLS on a port of its own, as a user starts it. */
export async function startOurTarget(): Promise<ForgetfulTarget> {
  const folder = mkdtempSync(join(tmpdir(), "operatorkit-ours-"));
  const files = new ProcessGroup({ folder });
  try {
    const server = await ApiServer.start();
    const { url, caPem, token } = server;
    const kubeconfigPath = join(folder, "kubeconfig");
    await server.writeKubeconfig(kubeconfigPath);
    const binaries = findBinaries();
    const cacheFolder = join(folder, "kubectl");
    const kubectl =
      binaries.type === "found" ? new Kubectl({ program: binaries.binaries.kubectl, kubeconfigPath, cacheFolder }) : undefined;
    return {
      name: "ours",
      url,
      caPem,
      token,
      kubeconfigPath,
      folder,
      kubectl,
      http: new RawHttp({ url, caPem, token }),
      async forgetHistory() {
        server.compact();
      },
      startForgetful: startOurTarget,
      async [Symbol.asyncDispose]() {
        await server.close();
        await files.close();
      },
    };
  } catch (error) {
    await files.close();
    throw error;
  }
}
