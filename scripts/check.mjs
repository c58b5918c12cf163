// `pnpm check`: format, lint, types, layers. Everything that reads the code and runs none of it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const sources = ["packages", "apps"].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}/src`));
const linted = [...sources, "conformance/src", "bench/src"].filter((folder) => existsSync(join(root, folder)));

const steps = [
  ["format", "oxfmt", ["--check", "packages", "apps", "conformance", "bench", "scripts"]],
  ["lint", "oxlint", ["--type-aware", "--deny-warnings", ...linted]],
  ["types", "npx", ["--yes", packageManager, "exec", "turbo", "run", "typecheck", "--output-logs=errors-only"]],
  ["layers", process.execPath, ["scripts/layers.mjs"]],
  ["text", process.execPath, ["scripts/text.mjs"]],
  ["named tests", process.execPath, ["scripts/named-tests.mjs"]],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  console.log(`check: ${name} ${status === 0 ? "passed" : "FAILED"}`);
  if (status !== 0) failed += 1;
}
console.log(`check: ${steps.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
