import type { ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProcessGroup } from "../real-server/process-group.ts";

/** One of the programs of this folder as a process, which can be stopped as a debugger, a hypervisor or a full node does it. Killed with this one. */
export class Program implements AsyncDisposable {
  readonly #group: ProcessGroup;
  readonly #child: ChildProcess;

  constructor(name: string, settings: object = {}) {
    const folder = mkdtempSync(join(tmpdir(), "operatorkit-process-"));
    this.#group = new ProcessGroup({ folder });
    const args = ["--conditions=source", fileURLToPath(new URL(name, import.meta.url)), JSON.stringify(settings)];
    this.#child = this.#group.start(process.execPath, args, join(folder, "log"), { isTalking: true });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Told of each of its messages. */
  onMessage(listener: (message: unknown) => void): void {
    this.#child.on("message", listener);
  }

  send(message: object): void {
    this.#child.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#group.close();
  }
}
