// Compiles object-scan.ts to WebAssembly and writes it where the package imports it from. Usage: node assembly/build.mjs [--check]
// The compiler is fetched when it is needed and is no dependency: it is ten times as large as everything else, and seldom needed.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const COMPILER = "assemblyscript@0.28.20";
const source = fileURLToPath(new URL("object-scan.ts", import.meta.url));
const target = fileURLToPath(new URL("../src/watch/generated/object-scan-wasm.ts", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "object-scan-"));
const wasm = join(folder, "object-scan.wasm");
const options = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--use",
  "abort=",
  "--initialMemory",
  "96",
  "--outFile",
  wasm,
];
const { status } = spawnSync("npx", ["--yes", "--package", COMPILER, "asc", source, ...options], { cwd: folder, stdio: "inherit" });
if (status !== 0) process.exit(1);
const text = `// Made of assembly/object-scan.ts by assembly/build.mjs, with ${COMPILER}.

/** Of the source this was made of, so that a test can tell when the two are apart. */
export const SOURCE_SHA256: string = "${createHash("sha256").update(readFileSync(source)).digest("hex")}";

export const OBJECT_SCAN_WASM: string =
  "${readFileSync(wasm).toString("base64")}";
`;
rmSync(folder, { recursive: true });
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error(`${target} is not what ${source} compiles to: run node assembly/build.mjs`);
  process.exit(1);
}
