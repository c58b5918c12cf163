import { ApiServer } from "@operatorkit/apiserver";
import { connect, type KubernetesClient } from "@operatorkit/client";
import { silentLogger, type Clock, type Logger } from "@operatorkit/observe";
import { aNumber, checkOptions } from "@operatorkit/observe/options";
import { attachControllers } from "./attach-controllers.ts";

export interface DevClusterOptions {
  /** @default 0: a free one */
  readonly port?: number;
  /** Serve TLS on a socket. @default true */
  readonly tls?: boolean;
  /** How long after its creation a pod becomes Ready. @default 250 */
  readonly podReadyDelayMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * A Kubernetes in your process: the embedded API server and the controllers an operator's objects need. kubectl and any
 * client reach it by `kubeconfig()`; code in the same process by `transport()`, without a socket.
 *
 * `close()` (or `await using`) stops the controllers, then the server, and frees the port.
 */
export class DevCluster implements AsyncDisposable {
  readonly server: ApiServer;
  readonly #client: KubernetesClient;
  readonly #stop: AbortController;
  readonly #controllers: Promise<void>;

  private constructor(server: ApiServer, client: KubernetesClient, stop: AbortController, controllers: Promise<void>) {
    this.server = server;
    this.#client = client;
    this.#stop = stop;
    this.#controllers = controllers;
  }

  /** Resolves when the server answers and the controllers run. Rejects when the port is taken. */
  static async start(options: DevClusterOptions = {}): Promise<DevCluster> {
    checkOptions("DevCluster", options, { podReadyDelayMs: aNumber({ atLeast: 0 }) });
    const { port = 0, tls = true, podReadyDelayMs, clock, logger = silentLogger } = options;
    const time = clock === undefined ? {} : { clock };
    const server = await ApiServer.start({ port, tls, logger, ...time });
    const client = await connect({ transport: server.transport() });
    const stop = new AbortController();
    const controllers = attachControllers({
      client,
      signal: stop.signal,
      logger,
      ...time,
      ...(podReadyDelayMs === undefined ? {} : { podReadyDelayMs }),
    });
    // What broke is told by close(); without this it would end the process before anyone asks.
    controllers.catch((error: unknown) => logger.error("the cluster's controllers have stopped", { error }));
    return new DevCluster(server, client, stop, controllers);
  }

  /** `https://127.0.0.1:…` */
  get url(): string {
    return this.server.url;
  }

  /** A kubeconfig with the administrator's credentials. */
  kubeconfig(): string {
    return this.server.kubeconfig();
  }

  /** Writes the kubeconfig to a file that only its owner may read. */
  writeKubeconfig(path: string): Promise<void> {
    return this.server.writeKubeconfig(path);
  }

  /** Carries requests to the server without a socket, with the administrator's rights. */
  transport(): ReturnType<ApiServer["transport"]> {
    return this.server.transport();
  }

  /** Rejects with what broke a controller, if anything did, when all is put away. */
  async close(): Promise<void> {
    this.#stop.abort();
    try {
      await this.#controllers;
    } finally {
      await this.#client.close();
      await this.server.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
