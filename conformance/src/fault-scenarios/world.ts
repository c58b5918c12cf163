import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Transport } from "@operatorkit/api";
import { ApiServer, type FaultAction, type FaultMatch, type FaultRule } from "@operatorkit/apiserver";
import { sleep } from "@operatorkit/observe";
import type { JsonBody } from "../raw-http.ts";
import { H2Front } from "../wire/h2-front.ts";
import { RawFront } from "../wire/raw-front.ts";
import { TcpProxy } from "../wire/tcp-proxy.ts";
import { TestName } from "../wire/test-names.ts";
import { secondCa, wireCa } from "../wire/wire-certificates.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** What stands between the subject and the server: nothing; bytes written by hand; HTTP/2 to be reset; a wire to be cut. */
export type FrontName = "raw" | "h2" | "proxy";

export interface WorldOptions {
  readonly front?: FrontName | undefined;
  /** Its objects are Gadgets of a CustomResourceDefinition, not ConfigMaps. */
  readonly isCustom?: boolean | undefined;
}

/** Whom the server lets in; shared with its middleware. */
interface Tokens {
  current: "first" | "second";
}

/** A server of its own for one scenario, with the means to change objects and break things. */
export class World implements AsyncDisposable {
  readonly server: ApiServer;
  readonly kubeconfigPath: string;
  readonly #folder: string;
  /** The token that is let in, where one is asked for. */
  readonly #tokens: Tokens;
  readonly #control: Transport;
  readonly #serverTimes: number[];
  readonly #rules: FaultRule[] = [];
  /** What the proxy is called; its look-up can be made to fail. */
  readonly name: TestName = new TestName();
  readonly #isCustom: boolean;
  readonly #front: RawFront | H2Front | TcpProxy | undefined;
  /** Every state an object ever had, as `name uid version`: what is told and is not among them was made up. */
  readonly states: Set<string> = new Set();
  /** Called after every change and every wait: what must hold at every step is looked at then. */
  onStep: () => void = () => {};

  private constructor(
    server: ApiServer,
    { front, isCustom }: { readonly front: RawFront | H2Front | TcpProxy | undefined; readonly isCustom: boolean },
    serverTimes: number[],
    tokens: Tokens,
  ) {
    this.#tokens = tokens;
    this.#isCustom = isCustom;
    this.server = server;
    this.#front = front;
    this.#folder = mkdtempSync(join(tmpdir(), "operatorkit-faults-"));
    this.kubeconfigPath = join(this.#folder, "kubeconfig");
    this.#control = server.transport();
    this.#serverTimes = serverTimes;
    if (this.caFile !== undefined) writeFileSync(this.caFile, this.caPem ?? "");
    this.writeToken();
    writeFileSync(this.kubeconfigPath, this.#kubeconfig(), { mode: 0o600 });
  }

  static async start({ front, isCustom = false }: WorldOptions = {}): Promise<World> {
    const requestTimes: number[] = [];
    const tokens: Tokens = { current: "first" };
    const server = await ApiServer.start({
      inProcess: front === "raw" || front === "h2",
      tlsNames: ["*.world.test"],
      token: "first",
      tokens: [{ token: "second", user: { name: "admin", groups: ["system:masters"] } }],
      middleware: [
        (next) => (request) => {
          const { authorization } = request.headers;
          const isOld = authorization !== undefined && authorization !== `Bearer ${tokens.current}`;
          return next(isOld ? { ...request, headers: { ...request.headers, authorization: "Bearer refused" } } : request);
        },
        (next) => (request) => {
          if (request.user === undefined && /configmaps|gadgets/.test(request.path)) requestTimes.push(performance.now());
          return next(request);
        },
      ],
    });
    const world = new World(server, { front: await startFront(server, front), isCustom }, requestTimes, tokens);
    if (isCustom) await world.installKind();
    return world;
  }

  get url(): string {
    const front = this.#front;
    if (front === undefined) return this.server.url;
    return front instanceof TcpProxy ? `https://${this.name.host}:${front.port}` : front.url;
  }

  get caPem(): string | undefined {
    return this.#front instanceof H2Front || this.#front instanceof RawFront ? wireCa : this.server.caPem;
  }

  /** Undefined where none is asked for. */
  get token(): string | undefined {
    return this.#front instanceof RawFront || this.#front instanceof H2Front ? undefined : this.#tokens.current;
  }

  /** Where the same are as files. */
  get caFile(): string | undefined {
    return this.caPem === undefined ? undefined : join(this.#folder, "ca.pem");
  }

  get tokenFile(): string | undefined {
    return this.token === undefined ? undefined : join(this.#folder, "token");
  }

  /** From now on only another token is let in; a watch that is open stays. The subject's file has the old one until `writeToken`. */
  rotateToken(): void {
    this.#tokens.current = "second";
  }

  /** The subject's file has the token that is let in. */
  writeToken(): void {
    if (this.tokenFile !== undefined) writeFileSync(this.tokenFile, this.#tokens.current, { mode: 0o600 });
  }

  /** New connections are shown a certificate by another CA. The subject's file has the old one until `writeCa`. */
  rotateCa(): void {
    if (this.#front === undefined || this.#front instanceof TcpProxy)
      throw new TypeError("the scenario has no front with certificates of its own");
    this.#front.rotate();
  }

  writeCa(): void {
    if (this.caFile !== undefined) writeFileSync(this.caFile, secondCa);
  }

  /** The server of bytes, in scenarios with that front. */
  get raw(): RawFront {
    if (!(this.#front instanceof RawFront)) throw new TypeError('the scenario has no front "raw"');
    return this.#front;
  }

  get h2(): H2Front {
    if (!(this.#front instanceof H2Front)) throw new TypeError('the scenario has no front "h2"');
    return this.#front;
  }

  get proxy(): TcpProxy {
    if (!(this.#front instanceof TcpProxy)) throw new TypeError('the scenario has no front "proxy"');
    return this.#front;
  }

  /** Adds a fault on what the subject asks about its objects. */
  fault(verb: FaultMatch["verb"], action: FaultAction, when: Omit<FaultMatch, "verb" | "kind"> = {}): FaultRule {
    const rule = this.server.faults.add({ when: { ...when, ...(verb !== undefined && { verb }), kind: this.#kind }, do: action });
    this.#rules.push(rule);
    return rule;
  }

  /** Breaks the subject's open requests; returns how many there were. */
  cut(): number {
    return this.#front?.cut() ?? this.server.faults.cut({ kind: this.#kind });
  }

  /** Ends every fault. */
  heal(): void {
    this.server.faults.clear();
    if (this.#front instanceof TcpProxy) this.#front.mode = "pass";
    else this.#front?.plan.heal();
    this.name.fail(false);
  }

  /** Whether any fault acted: a subject that never asks for pages does not meet one that is about pages. */
  get isReached(): boolean {
    if (this.#front instanceof TcpProxy) return this.#front.hits > 0;
    if (this.#front !== undefined && !this.#front.plan.isReached) return false;
    return this.#rules.length === 0 || this.#rules.some(({ hits }) => hits > 0);
  }

  /** Creates or changes an object. */
  async put(name: string, value: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    const apiVersion = this.#isCustom ? "example.com/v1" : "v1";
    const body = { apiVersion, kind: this.#kind, metadata: { name, labels }, data: { value } };
    const created = await this.send("POST", this.#path, body);
    const isThere = created.kind === "Status";
    const resourceVersion = isThere ? (await this.send("GET", `${this.#path}/${name}`)).metadata.resourceVersion : undefined;
    const changed = { ...body, metadata: { ...body.metadata, resourceVersion } };
    this.#note(isThere ? await this.send("PUT", `${this.#path}/${name}`, changed) : created);
    this.onStep();
  }

  async remove(name: string): Promise<void> {
    // With the version of its deletion, which nothing but its watchers learn: any version of this uid may be told as its last.
    await this.send("DELETE", `${this.#path}/${name}`);
    this.onStep();
  }

  /** What is there, by name: `uid version`. Nothing, while there is no such kind. */
  async state(labelSelector = ""): Promise<ReadonlyMap<string, string>> {
    const { items } = await this.send("GET", `${this.#path}?labelSelector=${encodeURIComponent(labelSelector)}`);
    return new Map((items ?? []).map(({ metadata }: JsonBody) => [metadata.name, `${metadata.uid} ${metadata.resourceVersion}`]));
  }

  /** Defines Gadgets; with the versions that are served. */
  async installKind(served: readonly string[] = ["v1"]): Promise<void> {
    const name = "gadgets.example.com";
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    const versions = ["v1", "v2"].map((version) => ({
      name: version,
      served: served.includes(version),
      storage: version === "v2",
      schema,
    }));
    const names = { plural: "gadgets", singular: "gadget", kind: "Gadget", listKind: "GadgetList" };
    const spec = { group: "example.com", scope: "Namespaced", names, versions };
    const body = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name }, spec };
    const created = await this.send("POST", CRDS, body);
    if (created.kind === "Status") await this.send("PATCH", `${CRDS}/${name}`, { spec });
    const url = `/apis/example.com/${served[0]}/gadgets`;
    for (let turn = 0; turn < 100 && (await this.send("GET", url)).items === undefined; turn += 1) await sleep(20);
    this.onStep();
  }

  /** The kind goes, and its objects with it: until then it cannot be made again. */
  async removeKind(): Promise<void> {
    const path = `${CRDS}/gadgets.example.com`;
    await this.send("DELETE", path);
    for (let turn = 0; turn < 100 && (await this.send("GET", path)).kind !== "Status"; turn += 1) await sleep(20);
    this.onStep();
  }

  /** As JSON, which is YAML; CA and token are in files, as in a pod. `tokenFile` of a kubeconfig's user is what client-node does not read. */
  #kubeconfig(): string {
    const { url, caFile, tokenFile } = this;
    const cluster = { server: url, ...(caFile !== undefined && { "certificate-authority": caFile }) };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "world", cluster }],
      users: [{ name: "world", user: tokenFile === undefined ? {} : { "auth-provider": { name: "tokenFile", config: { tokenFile } } } }],
      contexts: [{ name: "world", context: { cluster: "world", user: "world" } }],
      "current-context": "world",
    });
  }

  get #kind(): string {
    return this.#isCustom ? "Gadget" : "ConfigMap";
  }

  get #path(): string {
    return this.#isCustom ? "/apis/example.com/v1/namespaces/default/gadgets" : "/api/v1/namespaces/default/configmaps";
  }

  /** Resolves when a fault has acted, or after a while: a subject takes its time until it asks again, or never does. */
  async untilReached(): Promise<void> {
    const deadline = performance.now() + 2_500;
    while (!this.isReached && performance.now() < deadline) await this.wait(50);
  }

  /** Resolves when the subject has asked this often, or after a second. */
  async untilAsked(times: number): Promise<void> {
    for (let turn = 0; turn < 50 && this.requests < times; turn += 1) await this.wait(20);
  }

  async wait(ms: number): Promise<void> {
    await sleep(ms);
    this.onStep();
  }

  /** Connections that are still open, where there is a front to count them. */
  get connections(): number {
    return this.#front?.connections ?? 0;
  }

  /** The most requests of the subject in any ten seconds. */
  get busiest(): number {
    return busiest(this.requestTimes);
  }

  get requests(): number {
    return this.requestTimes.length;
  }

  /** When the subject asked: at the front where there is one that reads requests, for what it answers by itself. */
  get requestTimes(): readonly number[] {
    return this.#front === undefined || this.#front instanceof TcpProxy ? this.#serverTimes : this.#front.plan.requestTimes;
  }

  /** Asks the server, past all faults of the wire, as an administrator. */
  async send(method: string, path: string, body?: object): Promise<JsonBody> {
    const response = await this.#control.request({
      method,
      path,
      headers: { "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json" },
      ...(body !== undefined && { body: new TextEncoder().encode(JSON.stringify(body)) }),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    // Paths that nobody serves are answered with plain text.
    return text.startsWith("{") ? JSON.parse(text) : { kind: "Status" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.name[Symbol.dispose]();
    await this.#front?.[Symbol.asyncDispose]();
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #note({ metadata }: JsonBody): void {
    if (metadata?.uid !== undefined) this.states.add(`${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`);
  }
}

/** The most of these times (ascending, in ms) within any ten seconds. */
export function busiest(times: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (let index = 0; index < times.length; index += 1) {
    while ((times[index] as number) - (times[from] as number) > 10_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

async function startFront(server: ApiServer, name: FrontName | undefined): Promise<RawFront | H2Front | TcpProxy | undefined> {
  switch (name) {
    case "raw":
      return RawFront.start({ api: server.transport(), tls: true });
    case "h2":
      return H2Front.start({ api: server.transport() });
    case "proxy":
      return TcpProxy.start({ target: Number(new URL(server.url).port) });
    case undefined:
      return undefined;
  }
}
