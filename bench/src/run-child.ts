import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a child measured, by name. */
export type Sample = Readonly<Record<string, number>>;

/** Runs a script of `children/` in a fresh Node process and returns what it printed. Rejects when it fails. */
export async function runChild(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Sample> {
  const path = fileURLToPath(new URL(`./children/${script}`, import.meta.url));
  // NODE_OPTIONS and the like of the parent shall not reach what is measured.
  const child = spawn(process.execPath, [path, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  if (code !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${code}`);
  return JSON.parse(text) as Sample;
}
