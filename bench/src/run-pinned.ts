import { spawn } from "node:child_process";
import type { Sample } from "./run-child.ts";

export interface PinnedOptions {
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Killed then. */
  readonly timeoutMs: number;
}

/** Runs a program on one core and returns what it says on its only line. Rejects when it fails or takes too long. */
export async function runPinned(command: string, args: readonly string[], { core, env = {}, timeoutMs }: PinnedOptions): Promise<Sample> {
  const child = spawn("taskset", ["-c", String(core), command, ...args], {
    // NODE_OPTIONS, GOGC and the like of the parent shall not reach what is measured.
    env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const tooLong = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  clearTimeout(tooLong);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code ?? `a signal, after ${timeoutMs} ms at most`}`);
  return JSON.parse(text) as Sample;
}
