import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { CaseContext, type CustomKind, type CustomKindOptions } from "./api-case.ts";
import type { JsonBody } from "./raw-http.ts";
import type { Kubectl } from "./kubectl.ts";
import type { ProgramResult } from "./run-program.ts";

/** One thing a person does with kubectl, and what they see. */
export interface KubectlCheck {
  readonly name: string;
  run(kubectl: KubectlContext): Promise<void>;
}

/** kubectl with a namespace of its own. */
export class KubectlContext {
  readonly api: CaseContext;
  readonly #kubectl: Kubectl;
  #namespace: string | undefined;

  constructor(options: { readonly kubectl: Kubectl; readonly api: CaseContext }) {
    this.#kubectl = options.kubectl;
    this.api = options.api;
  }

  async namespace(): Promise<string> {
    this.#namespace ??= await this.api.namespace();
    return this.#namespace;
  }

  /** A custom kind that discovery tells of too: kubectl looks there, and the real server is slower there than at the kind's path. */
  async customKind(options: CustomKindOptions = {}): Promise<CustomKind> {
    const kind = await this.api.customKind(options);
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    await this.api.eventually(async () => {
      const { items } = (await this.api.get("/apis", { headers: { accept } })).json;
      const group = items.find((item: JsonBody) => item.metadata.name === kind.group);
      assert.equal(group?.versions[0]?.freshness, "Current", `discovery of ${kind.group} is current`);
      assert.equal(group?.versions[0]?.resources[0]?.resource, kind.plural, `${kind.crdName} is in aggregated discovery`);
    });
    return kind;
  }

  /** Runs kubectl in the check's namespace; it must succeed. Returns what it printed. */
  async run(command: string, options: { readonly input?: string } = {}): Promise<string> {
    const result = await this.try(command, options);
    assert.equal(result.code, 0, `kubectl ${command}: ${result.stderr || result.stdout}`);
    return result.stdout;
  }

  /** Runs kubectl in the check's namespace, however it ends. Words are split at spaces; quote with '…'. */
  async try(command: string, options: { readonly input?: string } = {}): Promise<ProgramResult> {
    const words = Array.from(command.matchAll(/'([^']*)'|(\S+)/g), (match) => match[1] ?? match[2] ?? "");
    return this.#kubectl.run(["--namespace", await this.namespace(), ...words], options);
  }

  /** Starts a kubectl that goes on (`get -w`) and returns its lines as they come. */
  async start(command: string): Promise<KubectlLines> {
    const words = this.#kubectl.commandLine(["--namespace", await this.namespace(), ...command.split(" ")]);
    const lines = new KubectlLines(this.#kubectl.program, words);
    this.api.onEnd(() => lines.stop());
    return lines;
  }
}

/** The growing output of a running kubectl. */
export class KubectlLines {
  readonly #child;
  #output = "";

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.on("error", () => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    }
  }

  get output(): string {
    return this.#output;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}
