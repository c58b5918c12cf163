import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { sleep } from "@operatorkit/observe";
import { builtBinaries, KUBERNETES_VERSION, type Binaries } from "./binaries.ts";

export interface BuildOptions {
  readonly cacheFolder: string;
  readonly moduleFolder: string;
  readonly go: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/**
 * Builds the executables into the cache folder, which appears whole or not at all. A lock file keeps a second process from building
 * at the same time: it waits for the first, and takes over when the first has died.
 */
export async function buildBinaries(options: BuildOptions): Promise<Binaries> {
  const { cacheFolder, moduleFolder, go, signal, onProgress } = options;
  const binaries = builtBinaries(cacheFolder);
  const isBuilt = (): boolean => Object.values(binaries).every((path) => existsSync(path));
  mkdirSync(dirname(cacheFolder), { recursive: true });
  const unlock = await lock(`${cacheFolder}.lock`, isBuilt, signal);
  try {
    if (isBuilt()) return binaries;
    onProgress?.(`building kube-apiserver ${KUBERNETES_VERSION}, etcd and kubectl into ${cacheFolder} (minutes the first time)`);
    const folder = mkdtempSync(`${cacheFolder}.building-`);
    try {
      await goBuild(go, moduleFolder, folder, signal);
      rmSync(cacheFolder, { recursive: true, force: true });
      renameSync(folder, cacheFolder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return binaries;
  } finally {
    unlock();
  }
}

async function lock(path: string, isBuilt: () => boolean, signal: AbortSignal | undefined): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (isBuilt()) return () => undefined;
    if (holderIsGone(path)) rmSync(path, { force: true });
    else await sleep(500, { signal });
  }
}

function holderIsGone(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    // Between creating the file and writing to it, it is empty: that holder lives.
    if (!Number.isInteger(pid) || pid <= 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

function goBuild(go: string, moduleFolder: string, outputFolder: string, signal: AbortSignal | undefined): Promise<void> {
  // Without the version flags kubectl cannot parse its own version, and the server calls itself v0.0.0.
  const version = `v${KUBERNETES_VERSION}`;
  const flags = [
    "-s",
    "-w",
    ...["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].map((path) => `-X ${path}.gitVersion=${version}`),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(go, ["build", "-ldflags", flags.join(" "), "-o", join(outputFolder, "/"), "tool"], {
      cwd: moduleFolder,
      stdio: ["ignore", "ignore", "pipe"],
      signal,
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-4000);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`build kube-apiserver in ${moduleFolder}: go build ended with ${code}: ${stderr}`));
    });
  });
}
