import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Transport } from "@operatorkit/api";
import { ApiServer, type FaultAction, type FaultMatch, type FaultRule } from "@operatorkit/apiserver";
import { sleep } from "@operatorkit/observe";
import type { JsonBody } from "../raw-http.ts";

const PATH = "/api/v1/namespaces/default/configmaps";

/** A server of its own for one scenario, with the means to change objects and break things. */
export class World implements AsyncDisposable {
  readonly server: ApiServer;
  readonly kubeconfigPath: string;
  readonly #folder: string;
  readonly #control: Transport;
  readonly #requestTimes: number[];
  readonly #rules: FaultRule[] = [];

  private constructor(server: ApiServer, folder: string, requestTimes: number[]) {
    this.server = server;
    this.#folder = folder;
    this.kubeconfigPath = join(folder, "kubeconfig");
    this.#control = server.transport();
    this.#requestTimes = requestTimes;
  }

  static async start(): Promise<World> {
    const requestTimes: number[] = [];
    const server = await ApiServer.start({
      middleware: [
        (next) => (request) => {
          if (request.user === undefined && request.path.includes("configmaps")) requestTimes.push(performance.now());
          return next(request);
        },
      ],
    });
    const world = new World(server, mkdtempSync(join(tmpdir(), "operatorkit-faults-")), requestTimes);
    await server.writeKubeconfig(world.kubeconfigPath);
    return world;
  }

  /** Adds a fault on what the subject asks about its ConfigMaps. */
  fault(verb: FaultMatch["verb"], action: FaultAction, when: Omit<FaultMatch, "verb" | "kind"> = {}): FaultRule {
    const rule = this.server.faults.add({ when: { ...when, ...(verb !== undefined && { verb }), kind: "ConfigMap" }, do: action });
    this.#rules.push(rule);
    return rule;
  }

  /** Breaks the subject's open requests; returns how many there were. */
  cut(): number {
    return this.server.faults.cut({ kind: "ConfigMap" });
  }

  /** Ends every fault. */
  heal(): void {
    this.server.faults.clear();
  }

  /** Whether any fault acted: a subject that never asks for pages does not meet one that is about pages. */
  get isReached(): boolean {
    return this.#rules.length === 0 || this.#rules.some(({ hits }) => hits > 0);
  }

  /** Creates or changes an object. */
  async put(name: string, value: string): Promise<void> {
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } };
    const created = await this.#send("POST", PATH, body);
    if (created.kind === "Status") await this.#send("PUT", `${PATH}/${name}`, body);
  }

  async remove(name: string): Promise<void> {
    await this.#send("DELETE", `${PATH}/${name}`);
  }

  /** What is there, by name: `uid version`. */
  async state(): Promise<ReadonlyMap<string, string>> {
    const { items } = await this.#send("GET", PATH);
    return new Map(items.map(({ metadata }: JsonBody) => [metadata.name, `${metadata.uid} ${metadata.resourceVersion}`]));
  }

  /** Resolves when a fault has acted, or after a while: a subject takes its time until it asks again, or never does. */
  async untilReached(): Promise<void> {
    const deadline = performance.now() + 2_500;
    while (!this.isReached && performance.now() < deadline) await sleep(50);
  }

  wait(ms: number): Promise<void> {
    return sleep(ms);
  }

  /** The most requests of the subject in any ten seconds. */
  get busiest(): number {
    const times = this.#requestTimes;
    let most = 0;
    let from = 0;
    for (let index = 0; index < times.length; index += 1) {
      while ((times[index] as number) - (times[from] as number) > 10_000) from += 1;
      most = Math.max(most, index - from + 1);
    }
    return most;
  }

  get requests(): number {
    return this.#requestTimes.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #send(method: string, path: string, body?: object): Promise<JsonBody> {
    const response = await this.#control.request({
      method,
      path,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: new TextEncoder().encode(JSON.stringify(body)) }),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  }
}
