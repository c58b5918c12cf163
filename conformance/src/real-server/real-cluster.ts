import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "@operatorkit/observe";
import { Kubectl } from "../kubectl.ts";
import { kubeconfigText } from "../kubeconfig-text.ts";
import { RawHttp } from "../raw-http.ts";
import { buildBinaries } from "./build-binaries.ts";
import { findBinaries, type Binaries } from "./binaries.ts";
import { freePorts } from "./free-ports.ts";
import { ProcessGroup } from "./process-group.ts";

export interface RealClusterOptions {
  /** Stops the start, and the cluster once it runs. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  /** @default 60 000 */
  readonly startTimeoutMs?: number | undefined;
  /** Without its cache, the server knows no more history than etcd, and forgets with it. @default true */
  readonly watchCache?: boolean | undefined;
}

/** Whether a real API server can be had here, and if not, why not. */
export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/**
 * A real kube-apiserver on a real etcd, on loopback ports of their own: the truth that our server is compared with. There are no
 * controllers: nothing collects garbage, empties namespaces or makes pods. Everything it starts and writes is gone after `close`,
 * and also when this process dies.
 */
export class RealCluster implements AsyncDisposable {
  readonly url: string;
  readonly caPem: string;
  /** A member of system:masters. */
  readonly token: string;
  readonly kubeconfigPath: string;
  readonly folder: string;
  /** The storage behind it, without credentials: for who must know, or put back, what is really there. */
  readonly etcdUrl: string;
  /** The process of kube-apiserver. */
  readonly serverPid: number;
  readonly http: RawHttp;
  readonly kubectl: Kubectl;
  readonly #etcd: RawHttp;
  readonly #processes: ProcessGroup;

  private constructor(options: {
    url: string;
    caPem: string;
    token: string;
    etcdUrl: string;
    serverPid: number;
    folder: string;
    kubectl: string;
    processes: ProcessGroup;
  }) {
    this.url = options.url;
    this.caPem = options.caPem;
    this.token = options.token;
    this.folder = options.folder;
    this.etcdUrl = options.etcdUrl;
    this.serverPid = options.serverPid;
    this.#processes = options.processes;
    this.kubeconfigPath = join(options.folder, "kubeconfig");
    writeFileSync(this.kubeconfigPath, kubeconfigText(options), { mode: 0o600 });
    this.http = new RawHttp(options);
    this.#etcd = new RawHttp({ url: options.etcdUrl });
    this.kubectl = new Kubectl({
      program: options.kubectl,
      kubeconfigPath: this.kubeconfigPath,
      cacheFolder: join(options.folder, "kubectl"),
    });
  }

  /** Says whether `start` could work, without building or starting anything. */
  static available(): Availability {
    if (process.platform === "win32") return { available: false, reason: "kube-apiserver does not run on Windows" };
    const source = findBinaries();
    return source.type === "unavailable" ? { available: false, reason: source.reason } : { available: true };
  }

  /** The executables, built first where they have to be. */
  static async binaries(options: RealClusterOptions = {}): Promise<Binaries> {
    const source = findBinaries();
    if (source.type === "found") return source.binaries;
    if (source.type === "unavailable") throw new Error(`start a real kube-apiserver: ${source.reason}`);
    return buildBinaries({ ...source, signal: options.signal, onProgress: options.onProgress });
  }

  static async start(options: RealClusterOptions = {}): Promise<RealCluster> {
    const { signal, startTimeoutMs = 60_000, watchCache = true } = options;
    const binaries = await RealCluster.binaries(options);
    const folder = mkdtempSync(join(tmpdir(), "operatorkit-real-"));
    const processes = new ProcessGroup({ folder });
    try {
      const deadline = AbortSignal.any([AbortSignal.timeout(startTimeoutMs), ...(signal === undefined ? [] : [signal])]);
      const started = await startServers({ binaries, folder, processes, watchCache, signal: deadline });
      const cluster = new RealCluster({ ...started, folder, processes, kubectl: binaries.kubectl });
      signal?.addEventListener("abort", () => void cluster.close(), { once: true });
      return cluster;
    } catch (error) {
      const log = tail(join(folder, "kube-apiserver.log")) + tail(join(folder, "etcd.log"));
      await processes.close();
      throw new Error(`start a real kube-apiserver: ${error instanceof Error ? error.message : String(error)}\n${log}`, { cause: error });
    }
  }

  /** Compacts etcd up to now: continue tokens and versions from before are gone, as after five minutes on a real cluster. */
  async forgetHistory(): Promise<void> {
    const { header } = (await this.#etcd.request("POST", "/v3/kv/range", { body: { key: "AA==" } })).json as {
      header: { revision: string };
    };
    const answer = await this.#etcd.request("POST", "/v3/kv/compaction", { body: { revision: header.revision, physical: true } });
    if (answer.status !== 200) throw new Error(`compact etcd at ${header.revision}: ${answer.status} ${answer.text}`);
  }

  /** Kills both servers and removes their folder. */
  async close(): Promise<void> {
    this.#closing ??= this.#processes.close();
    await this.#closing;
  }

  #closing: Promise<void> | undefined;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface StartServersOptions {
  readonly binaries: Binaries;
  readonly folder: string;
  readonly processes: ProcessGroup;
  readonly watchCache: boolean;
  readonly signal: AbortSignal;
}

async function startServers(
  options: StartServersOptions,
): Promise<{ url: string; caPem: string; token: string; etcdUrl: string; serverPid: number }> {
  const { binaries, folder, processes, signal } = options;
  const [client = 0, peer = 0, secure = 0] = await freePorts(3);
  const etcdUrl = `http://127.0.0.1:${client}`;
  const etcd = processes.start(binaries.etcd, etcdArguments(folder, etcdUrl, `http://127.0.0.1:${peer}`), join(folder, "etcd.log"));

  const token = randomBytes(24).toString("base64url");
  writeFileSync(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(folder, "service-account.key"), privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  const certificates = join(folder, "certificates");
  mkdirSync(certificates);
  const args = apiServerArguments(folder, etcdUrl, secure, certificates);
  const apiServer = processes.start(
    binaries.kubeApiserver,
    [...args, `--watch-cache=${options.watchCache}`],
    join(folder, "kube-apiserver.log"),
  );

  const url = `https://127.0.0.1:${secure}`;
  // The server signs its own certificate and writes the whole chain into this file, its authority last.
  const chainPath = join(certificates, "apiserver.crt");
  for (;;) {
    if (etcd.exitCode !== null) throw new Error("etcd ended");
    if (apiServer.exitCode !== null) throw new Error("kube-apiserver ended");
    if (existsSync(chainPath)) {
      const caPem = readFileSync(chainPath, "utf8");
      if (await isReady(new RawHttp({ url, caPem, token }), signal)) return { url, caPem, token, etcdUrl, serverPid: apiServer.pid ?? 0 };
    }
    await sleep(100, { signal });
  }
}

async function isReady(http: RawHttp, signal: AbortSignal): Promise<boolean> {
  try {
    const ready = await http.request("GET", "/readyz", { signal });
    if (ready.status !== 200) return false;
    return (await http.request("GET", "/api/v1/namespaces/default", { signal })).status === 200;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

function etcdArguments(folder: string, clientUrl: string, peerUrl: string): string[] {
  return flags({
    "data-dir": join(folder, "etcd"),
    // Nothing here outlives the process, so nothing has to survive a power cut.
    "unsafe-no-fsync": true,
    "listen-client-urls": clientUrl,
    "advertise-client-urls": clientUrl,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": `default=${peerUrl}`,
    "log-level": "error",
  });
}

function apiServerArguments(folder: string, etcdUrl: string, port: number, certificates: string): string[] {
  const key = join(folder, "service-account.key");
  return flags({
    "etcd-servers": etcdUrl,
    "bind-address": "127.0.0.1",
    "secure-port": port,
    "cert-dir": certificates,
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": key,
    "service-account-signing-key-file": key,
    "authorization-mode": "RBAC",
    "token-auth-file": join(folder, "tokens.csv"),
    // There is no controller manager to make the service accounts that pods would have to name.
    "disable-admission-plugins": "ServiceAccount",
    // Off by default, on in some distributions: an operator has to have the rights it asks for.
    "enable-admission-plugins": "OwnerReferencesPermissionEnforcement",
    "service-cluster-ip-range": "10.0.0.0/24",
    "allow-privileged": true,
  });
}

function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

function tail(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").slice(-2000) : "";
}
