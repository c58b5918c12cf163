// Every TypeScript block of every README and guide is a program: it must type-check and run to its end by itself. In a guide, a block that
// opens with its file name (`// website.ts`) is a file that the guide's other blocks may import.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const home = join(root, "conformance", ".snippets");
const node = join(root, "node_modules", ".bin", "node");
const LIMIT_MS = 60_000;

function markdownFiles() {
  const files = [];
  for (const folder of ["packages", "apps"]) {
    for (const name of existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []) files.push(`${folder}/${name}/README.md`);
  }
  for (const name of ["README.md", "CONTRIBUTING.md", "bench/README.md", "conformance/README.md"]) files.push(name);
  for (const entry of readdirSync(join(root, "docs"), { recursive: true })) if (String(entry).endsWith(".md")) files.push(`docs/${entry}`);
  return files.filter((file) => existsSync(join(root, file)));
}

rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true });
const only = process.argv[2];
const snippets = [];
for (const file of markdownFiles()) {
  if (only !== undefined && !file.includes(only)) continue;
  const text = readFileSync(join(root, file), "utf8");
  const folder = file.replaceAll("/", "_").replace(/\.md$/, "");
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, match.index).split("\n").length + 1;
    const given = /^\/\/ ([\w.-]+\.ts)\n/.exec(match[1])?.[1];
    if (given !== undefined) mkdirSync(join(home, folder), { recursive: true });
    const name = given === undefined ? `${folder}-${line}.ts` : `${folder}/${given}`;
    writeFileSync(join(home, name), match[1].endsWith("\n") ? match[1] : `${match[1]}\n`);
    snippets.push({ name, where: `${file}:${line}` });
  }
}
writeFileSync(
  join(home, "tsconfig.json"),
  JSON.stringify({
    extends: "../../tsconfig.base.json",
    compilerOptions: { isolatedDeclarations: false, declaration: false },
    include: ["**/*.ts"],
  }),
);

let failed = 0;
const types = spawnSync(join(root, "node_modules", ".bin", "tsc"), ["--noEmit", "-p", home], {
  cwd: home,
  encoding: "utf8",
  env: { ...process.env, PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH}` },
});
if (types.status !== 0) {
  failed += 1;
  console.error(`snippets: they do not type-check:\n${types.stdout}${types.stderr}`);
}
for (const { name, where } of snippets) {
  const run = spawnSync(existsSync(node) ? node : process.execPath, ["--conditions=source", join(home, name)], {
    cwd: home,
    encoding: "utf8",
    timeout: LIMIT_MS,
    env: { ...process.env, KUBECONFIG: "" },
  });
  if (run.status === 0) continue;
  failed += 1;
  const why = run.error?.code === "ETIMEDOUT" ? `did not end within ${LIMIT_MS / 1000} s` : `exit ${run.status ?? run.signal}`;
  console.error(`snippets: ${where} (${name}): ${why}\n${run.stdout}${run.stderr}`);
}
if (snippets.length === 0) {
  failed += 1;
  console.error("snippets: found none");
}
console.log(`snippets: ${snippets.length} run, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
