import { ApiServer, type FaultRuleOptions } from "@operatorkit/apiserver";
import { connect, createCustomResources, type CustomResource, type KubernetesClient } from "@operatorkit/client";
import { ManualClock } from "@operatorkit/observe/testing";

/** A server of an older release and a client of it, both in the same virtual time. */
export class OldServer implements AsyncDisposable {
  readonly server: ApiServer;
  readonly client: KubernetesClient;
  readonly clock: ManualClock;
  /** Method and path of every request, in order. */
  readonly requests: readonly string[];

  private constructor(server: ApiServer, client: KubernetesClient, clock: ManualClock, requests: readonly string[]) {
    this.server = server;
    this.client = client;
    this.clock = clock;
    this.requests = requests;
  }

  static async start(release: string): Promise<OldServer> {
    const clock = new ManualClock();
    const requests: string[] = [];
    const server = await ApiServer.start({
      inProcess: true,
      emulateVersion: release,
      clock,
      middleware: [
        (next) => (request) => {
          requests.push(`${request.method} ${request.path.split("?")[0]}`);
          return next(request);
        },
      ],
    });
    const client = await connect({ transport: server.transport(), clock });
    return new OldServer(server, client, clock, requests);
  }

  /** Registers kinds, and moves time on until that has ended one way or the other. */
  async register(resources: readonly CustomResource[], timeoutMs: number = 60_000): Promise<void> {
    await this.inTime(createCustomResources(this.client, resources, { clock: this.clock, timeoutMs }));
  }

  /** Moves time on, timer by timer, until a promise has settled. */
  async inTime<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const settled = promise.finally(() => (state.isSettled = true));
    settled.catch(() => {});
    for (;;) {
      // A request in process takes a few turns of the event loop, and no time.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (state.isSettled) return await settled;
      await this.clock.advanceToNext();
    }
  }

  fail(rule: FaultRuleOptions): void {
    this.server.faults.add(rule);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.server.close();
  }
}
