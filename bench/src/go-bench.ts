import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The Go side, built from `bench/go` into a folder of its own that is removed when this process exits. */
export interface GoBench {
  readonly program: string;
  /** Of Go and of the modules that are measured, as built in. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Builds it. Throws when there is no Go. */
export function buildGoBench(): GoBench {
  const folder = mkdtempSync(join(tmpdir(), "operatorkit-bench-go-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "bench");
  execFileSync("go", ["build", "-o", program, "."], { cwd: fileURLToPath(new URL("../go", import.meta.url)), stdio: "inherit" });
  const versions = JSON.parse(execFileSync(program, ["versions"], { encoding: "utf8" })) as Record<string, string>;
  return { program, versions };
}
