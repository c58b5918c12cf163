import { homedir } from "node:os";
import { join } from "node:path";

/** What the machine says about where a cluster may be. */
export interface HostEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly defaultKubeconfigPath: string;
  /** Where the kubelet mounts a pod's token, CA and namespace. */
  readonly serviceAccountFolder: string;
}

/** This process's own. */
export function hostEnvironment(): HostEnvironment {
  return {
    env: process.env,
    defaultKubeconfigPath: join(homedir(), ".kube", "config"),
    serviceAccountFolder: "/var/run/secrets/kubernetes.io/serviceaccount",
  };
}
