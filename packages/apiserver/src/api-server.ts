import { randomBytes, randomUUID } from "node:crypto";
import type { Transport } from "@operatorkit/api";
import { type Clock, type Logger, silentLogger, sleep, systemClock } from "@operatorkit/observe";
import {
  aBoolean,
  aFunction,
  aList,
  aNumber,
  anObject,
  anyString,
  aPort,
  aString,
  checkOptions,
  must,
  required,
} from "@operatorkit/observe/options";
import { ADMIN, type TokenUser } from "./auth/authenticate.ts";
import type { Authorizer } from "./auth/authorize.ts";
import { Rights } from "./auth/rights.ts";
import { ServiceAccountTokens } from "./auth/service-account-tokens.ts";
import { bootstrap } from "./bootstrap.ts";
import { builtInDescriptors } from "./built-in/built-in-descriptors.ts";
import { CrdController } from "./crd/crd-controller.ts";
import { discoveryEndpoint } from "./discovery/discovery-endpoint.ts";
import { ConnectionReset } from "./faults/connection-reset.ts";
import { serverRelease } from "./emulation/server-release.ts";
import { ThirdPartyController } from "./emulation/third-party-controller.ts";
import { Faults } from "./faults/faults.ts";
import { FrozenViews, type FreezeOptions } from "./faults/frozen-views.ts";
import type { Endpoint, Handler, Middleware, UserInfo } from "./handler.ts";
import { InProcessTransport } from "./in-process-transport.ts";
import type { HttpListener } from "./http/http-listener.ts";
import { kubeconfig, writeKubeconfig } from "./kubeconfig.ts";
import { PodLogs } from "./logs/pod-logs.ts";
import { openApiEndpoint } from "./openapi/open-api-endpoint.ts";
import { openApiV2Endpoint } from "./openapi/open-api-v2-endpoint.ts";
import { Registry } from "./registry.ts";
import { requestHandler } from "./request-handler.ts";
import type { ServerContext } from "./server-context.ts";
import { statusEndpoint } from "./status-endpoint.ts";
import { Store } from "./store/store.ts";
import { TextCache } from "./watch/text-cache.ts";

export interface ApiServerOptions {
  /** No socket at all: only `transport()` reaches the server. @default false */
  readonly inProcess?: boolean;
  /** @default a free one */
  readonly port?: number;
  /** Loopback unless you say otherwise. @default "127.0.0.1" */
  readonly host?: string;
  /** HTTPS with certificates made at start; false is plain HTTP, which real clients refuse to send tokens over. @default true */
  readonly tls?: boolean;
  /** DNS names and addresses the certificate is good for, beside `host`, those of loopback and those of `kubernetes.default.svc`. */
  readonly tlsNames?: readonly string[];
  /** The administrator's bearer token. @default a random one */
  readonly token?: string;
  /** More tokens and whom they stand for. */
  readonly tokens?: readonly TokenUser[];
  /** @default RBAC: the administrator may do everything, others what the Roles and bindings in the server give them */
  readonly authorize?: Authorizer;
  /** Wrapped around the handler, the first one outermost: faults, recording. */
  readonly middleware?: readonly Middleware[];
  /**
   * Which release of Kubernetes to be, 1.5 to 1.36, as far as the registration of custom resources goes: "1.6" has ThirdPartyResources, "1.10" CRDs
   * of v1beta1 alone, "1.16" both versions. Written as `/version` says it, vendors' additions included: "v1.8.4-gke.1".
   * @default 1.36
   */
  readonly emulateVersion?: string;
  /** Changes kept per kind for watches and exact lists. @default 10_000 */
  readonly historySize?: number;
  /** @default real time */
  readonly clock?: Clock;
  /** @default silent */
  readonly logger?: Logger;
}

export interface RestartOptions {
  /** The version whose state it comes back with, as from a backup of etcd: later versions are given out again. @default the present */
  readonly to?: string;
  /** How long nobody answers. @default 0 */
  readonly downMs?: number;
}

export interface TransportOptions {
  /** Who the requests come from. @default the administrator */
  readonly user?: UserInfo;
}

/**
 * A Kubernetes API in your process, for tests, laptops and views: everything is kept in memory and gone when it closes.
 * It listens on loopback and asks for credentials unless told otherwise.
 */
export class ApiServer implements AsyncDisposable {
  /** The administrator's bearer token. */
  readonly token: string;
  /** What goes wrong on this server, for tests of its clients. */
  readonly faults: Faults;
  /** What the containers of this server's pods log: written by tests, read at `…/pods/{name}/log`. */
  readonly podLogs: PodLogs;
  readonly #context: ServerContext;
  readonly #handler: Handler;
  readonly #crds: CrdController;
  readonly #thirdParties: ThirdPartyController | undefined;
  readonly #closed = new AbortController();
  /** Until the server closes or restarts. */
  #stop = new AbortController();
  #restarting: Promise<void> | undefined;
  #listener: HttpListener | undefined;
  #certificates: Certificates | undefined;

  /** Starts a server; it answers when this resolves. */
  static async start(options: ApiServerOptions = {}): Promise<ApiServer> {
    const server = new ApiServer(options);
    if (options.inProcess !== true) await server.#listen(options);
    return server;
  }

  private constructor(options: ApiServerOptions) {
    checkOptions("ApiServer", options, {
      inProcess: aBoolean,
      port: aPort,
      host: aString,
      tls: aBoolean,
      tlsNames: aList(aString),
      token: aString,
      tokens: aList(anObject({ token: required(aString) })),
      authorize: aFunction,
      middleware: aList(aFunction),
      emulateVersion: anyString,
      historySize: aNumber({ atLeast: 1, whole: true }),
    });
    const { clock = systemClock, logger = silentLogger, historySize, tokens = [], middleware = [] } = options;
    this.token = options.token ?? randomBytes(24).toString("base64url");
    const store = new Store(historySize === undefined ? {} : { historySize });
    const rights = new Rights(store);
    const release = serverRelease(options.emulateVersion);
    this.podLogs = new PodLogs(store, clock);
    this.#context = {
      release,
      store,
      views: new FrozenViews(store),
      registry: new Registry(),
      clock,
      logger,
      randomUuid: randomUUID,
      random: Math.random,
      texts: new TextCache(),
      podLogs: this.podLogs,
      serviceAccountTokens: new ServiceAccountTokens(),
      tokens: [{ token: this.token, user: ADMIN }, ...tokens],
      rights,
      authorize: options.authorize ?? ((request) => rights.reasonFor(request) !== undefined),
      reasonFor: options.authorize === undefined ? (request) => rights.reasonFor(request) : () => undefined,
    };
    this.#context.registry.set("built-in", builtInDescriptors(release));
    const endpoints: readonly Endpoint[] = [
      statusEndpoint(release),
      discoveryEndpoint(release),
      ...(release.has("openApiV3") ? [openApiEndpoint] : []),
      openApiV2Endpoint,
    ];
    const handler = requestHandler({ context: this.#context, endpoints });
    this.faults = new Faults(this.#context);
    // Inside the middleware: what records requests sees those that a fault answers too.
    this.#handler = middleware.reduceRight((next, wrap) => wrap(next), this.faults.wrap(handler));
    this.#crds = new CrdController(this.#context);
    if (release.has("thirdPartyResources")) this.#thirdParties = new ThirdPartyController(this.#context);
    bootstrap(this.#context);
  }

  /** `https://127.0.0.1:6443`. @throws Error when the server has no socket */
  get url(): string {
    return this.#socket("url").url;
  }

  /** The certificate authority that signed the server's certificate; `undefined` without TLS. */
  get caPem(): string | undefined {
    return this.#certificates?.clientCa;
  }

  /** The version of the newest change, for tests. */
  get resourceVersion(): string {
    return String(this.#context.store.version);
  }

  /** What any Kubernetes client needs to reach this server as its administrator, as YAML. */
  kubeconfig(): string {
    return kubeconfig({ server: this.#socket("kubeconfig").url, token: this.token, caCert: this.caPem });
  }

  /** Writes the kubeconfig to a file only its owner can read. */
  async writeKubeconfig(path: string): Promise<void> {
    await writeKubeconfig(path, this.kubeconfig());
  }

  /** Speaks to the server without a socket. */
  transport({ user = ADMIN }: TransportOptions = {}): Transport {
    return new InProcessTransport({ handler: this.#handler, user, signal: () => this.#stop.signal });
  }

  /** Forgets history: watches and continue tokens from before now are answered 410, as after a compaction of etcd. */
  compact(): void {
    this.#context.store.compact();
  }

  /**
   * Stops a view at a version, as a server that lags would show it, and returns what releases it: lists and watches see nothing newer, writes
   * go through. Watches stay open; they get what they missed when it is released.
   * @throws TypeError naming the option that cannot be
   */
  freeze(options: FreezeOptions = {}): () => void {
    return this.#context.views.freeze(options);
  }

  /**
   * Breaks every connection and comes back on the same port, with the same certificates and tokens, and if asked with an older state.
   * Resolves when it answers again.
   * @throws {TypeError} when `to` is no version, `downMs` not a time; RangeError when that version is not in the history
   */
  async restart(options: RestartOptions = {}): Promise<void> {
    const aVersion = must("be a resource version", (value) => /^\d{1,15}$/.test(String(value)));
    checkOptions("restart", options, { to: aVersion, downMs: aNumber({ atLeast: 0 }) });
    const { to, downMs = 0 } = options;
    if (this.#closed.signal.aborted) throw new Error("restart: the API server is closed");
    while (this.#restarting !== undefined) await this.#restarting;
    this.#restarting = this.#restart(to === undefined ? undefined : Number(to), downMs).finally(() => (this.#restarting = undefined));
    await this.#restarting;
  }

  async #restart(to: number | undefined, downMs: number): Promise<void> {
    const { store, clock } = this.#context;
    const listener = this.#listener;
    // Before anything is broken, for its refusal.
    if (to !== undefined) store.checkRollBack(to);
    this.#stop.abort(new ConnectionReset("the API server restarts"));
    await listener?.close({ isAbrupt: true });
    if (to !== undefined) {
      store.rollBack(to);
      this.#crds.reload();
      this.#thirdParties?.reload();
    }
    if (downMs > 0) await sleep(downMs, { clock, signal: this.#closed.signal }).catch(() => {});
    if (this.#closed.signal.aborted) return;
    this.#stop = new AbortController();
    if (listener !== undefined) await this.#bind(listener.host, listener.port);
  }

  /** Ends every request and closes the socket. */
  async close(): Promise<void> {
    this.#closed.abort(new Error("the API server is closed"));
    this.#stop.abort(this.#closed.signal.reason);
    this.faults.close();
    await this.#restarting;
    this.#crds.close();
    this.#thirdParties?.close();
    const listener = this.#listener;
    this.#listener = undefined;
    await listener?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #socket(what: string): HttpListener {
    if (this.#listener === undefined)
      throw new Error(`${what} of an API server without a socket: it is closed or was started with inProcess`);
    return this.#listener;
  }

  async #listen({ host = "127.0.0.1", port = 0, tls = true, tlsNames = [] }: ApiServerOptions): Promise<void> {
    this.#certificates = tls ? await certificatesFor([host, ...tlsNames], this.#context.clock.now()) : undefined;
    await this.#bind(host, port);
  }

  async #bind(host: string, port: number): Promise<void> {
    const { clock, logger } = this.#context;
    // Loaded here, so that a server without a socket starts in milliseconds.
    const { HttpListener: Http } = await import("./http/http-listener.ts");
    this.#listener = await Http.listen({
      handler: (request) => this.#handler(request),
      host,
      port,
      tls: this.#certificates,
      logger,
      clock,
    });
  }
}

interface Certificates {
  readonly cert: string;
  readonly key: string;
  /** The one authority of this server signs its own certificate and those of its clients. */
  readonly clientCa: string;
}

async function certificatesFor(hosts: readonly string[], nowMs: number): Promise<Certificates> {
  const { CertificateAuthority } = await import("./tls/certificate-authority.ts");
  const authority = await CertificateAuthority.create({ nowMs });
  const names = new Set([...hosts, "127.0.0.1", "::1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]);
  const { cert, key } = await authority.issueServer([...names].filter((name) => name !== "0.0.0.0" && name !== "::"));
  return { cert, key, clientCa: authority.cert };
}
