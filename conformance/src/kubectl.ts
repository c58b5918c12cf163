import { join } from "node:path";
import { runProgram, type ProgramResult, type RunOptions } from "./run-program.ts";

export interface KubectlOptions {
  readonly program: string;
  readonly kubeconfigPath: string;
  /** Where kubectl keeps its discovery cache; a folder of this run, so that no old answer is seen. */
  readonly cacheFolder: string;
}

/** kubectl for one server. */
export class Kubectl {
  readonly #options: KubectlOptions;

  constructor(options: KubectlOptions) {
    this.#options = options;
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
    return runProgram(this.#options.program, this.commandLine(args), options);
  }

  /** The whole argument list, for a kubectl that is to be started some other way. */
  commandLine(args: readonly string[]): string[] {
    const { kubeconfigPath, cacheFolder } = this.#options;
    return ["--kubeconfig", kubeconfigPath, "--cache-dir", cacheFolder, ...args];
  }

  /** A kubectl that remembers nothing of what others have seen: its discovery cache is a folder of its own. */
  fresh(name: string): Kubectl {
    return new Kubectl({ ...this.#options, cacheFolder: join(this.#options.cacheFolder, name) });
  }

  get program(): string {
    return this.#options.program;
  }
}
