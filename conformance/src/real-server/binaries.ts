import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The Kubernetes version that `conformance/kube-apiserver/go.mod` pins. */
export const KUBERNETES_VERSION = "1.36.3";

/** The executables of a real API server. */
export interface Binaries {
  readonly kubeApiserver: string;
  readonly etcd: string;
  readonly kubectl: string;
}

/** Where the executables are, where they could be built, or why neither. */
export type BinarySource =
  | { readonly type: "found"; readonly binaries: Binaries }
  | { readonly type: "buildable"; readonly cacheFolder: string; readonly moduleFolder: string; readonly go: string }
  | { readonly type: "unavailable"; readonly reason: string };

const moduleFolder = fileURLToPath(new URL("../../kube-apiserver", import.meta.url));

/** Looks for executables: `KUBEBUILDER_ASSETS` first, then what was built before, then whether Go could build them. */
export function findBinaries(env: Readonly<Record<string, string | undefined>> = process.env): BinarySource {
  const assets = env["KUBEBUILDER_ASSETS"];
  if (assets !== undefined && assets !== "") {
    const binaries = { kubeApiserver: join(assets, "kube-apiserver"), etcd: join(assets, "etcd"), kubectl: join(assets, "kubectl") };
    const missing = Object.values(binaries).filter((path) => !existsSync(path));
    if (missing.length === 0) return { type: "found", binaries };
    return { type: "unavailable", reason: `KUBEBUILDER_ASSETS is set, but ${missing.join(" and ")} is missing` };
  }
  const cacheFolder = join(cacheHome(env), "operatorkit", `kube-apiserver-${KUBERNETES_VERSION}-${contentHash()}`);
  const built = builtBinaries(cacheFolder);
  if (Object.values(built).every((path) => existsSync(path))) return { type: "found", binaries: built };
  const go = onPath("go", env);
  if (go !== undefined) return { type: "buildable", cacheFolder, moduleFolder, go };
  return { type: "unavailable", reason: "there is no Go to build kube-apiserver with, and KUBEBUILDER_ASSETS is not set" };
}

/** The executables as `go build` names them: etcd's is called `server`. */
export function builtBinaries(folder: string): Binaries {
  return { kubeApiserver: join(folder, "kube-apiserver"), etcd: join(folder, "server"), kubectl: join(folder, "kubectl") };
}

function contentHash(): string {
  return createHash("sha256")
    .update(readFileSync(join(moduleFolder, "go.mod")))
    .update(readFileSync(join(moduleFolder, "go.sum")))
    .digest("hex")
    .slice(0, 12);
}

function cacheHome(env: Readonly<Record<string, string | undefined>>): string {
  const xdg = env["XDG_CACHE_HOME"];
  return xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache");
}

function onPath(program: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    if (folder !== "" && existsSync(path)) return path;
  }
  return undefined;
}
