// Which package may import which: the table of docs/architecture.md, checked for manifests and for every import,
// tests included. A new arrow is a design decision: it goes into the table of docs/architecture.md and here, with a reason.
import { readdirSync, readFileSync, existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const LEAVES = ["object", "api", "observe", "listmap", "retry", "workqueue", "schema"];
const ALLOWED = {
  object: [],
  observe: [],
  listmap: [],
  api: ["object", "observe"],
  retry: ["object", "listmap", "observe"],
  workqueue: ["retry", "observe"],
  schema: ["object"],
  apiserver: LEAVES,
  client: LEAVES,
  informer: LEAVES,
  watcher: ["informer", ...LEAVES],
  controller: ["informer", "watcher", ...LEAVES],
  operator: ["controller", "client", "informer", ...LEAVES],
  devcluster: ["apiserver", "client", "controller", "informer", "watcher", ...LEAVES],
  operatorkit: ["devcluster", "operator", "controller", "watcher", "client", "informer", "apiserver", ...LEAVES],
};

const problems = [];
const nameOf = (folder) => (folder === "operatorkit" ? "operatorkit" : `@operatorkit/${folder}`);
const folderOf = (specifier) =>
  specifier === "operatorkit" || specifier.startsWith("operatorkit/") ? "operatorkit" : /^@operatorkit\/([^/]+)/.exec(specifier)?.[1];

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name === "dist") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|mts|mjs|js)$/.test(entry.name)) yield path;
  }
}

/** The specifiers a file imports from or re-exports, statically or by a literal `import()`. */
function importsOf(text) {
  const pattern =
    /(?:^|[\s;])(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|^import\s*["']([^"']+)["']/gm;
  return Array.from(text.matchAll(pattern), (match) => match[1] ?? match[2] ?? match[3]);
}

let files = 0;
for (const folder of readdirSync(join(root, "packages"))) {
  const allowed = ALLOWED[folder];
  const home = join(root, "packages", folder);
  if (!existsSync(join(home, "package.json"))) continue;
  if (allowed === undefined) {
    problems.push(`packages/${folder} has no row in scripts/layers.mjs: say what it may import`);
    continue;
  }
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  if (manifest.name !== nameOf(folder)) problems.push(`packages/${folder}/package.json is named ${manifest.name}, not ${nameOf(folder)}`);
  const dependencies = { ...manifest.dependencies, ...manifest.peerDependencies };
  const declared = new Set(Object.keys({ ...dependencies, ...manifest.devDependencies }));
  for (const dependency of declared) {
    const to = folderOf(dependency);
    if (to !== undefined && !allowed.includes(to)) problems.push(`packages/${folder}/package.json: ${folder} may not depend on ${to}`);
  }
  const used = new Set();
  for (const file of sources(home)) {
    files += 1;
    const text = readFileSync(file, "utf8");
    const isTest = /\.test(-d)?\.ts$|\/testing\/|\/test\/|\.config\.ts$|\/scripts\//.test(file);
    for (const specifier of importsOf(text)) {
      const where = relative(root, file);
      if (specifier.startsWith(".")) {
        const target = join(file, "..", specifier);
        if (!target.startsWith(home) && !/\.config\.ts$/.test(file)) problems.push(`${where}: imports ${specifier}, outside its package`);
        continue;
      }
      const to = folderOf(specifier);
      if (to === folder) problems.push(`${where}: imports its own package by name`);
      else if (to !== undefined && !allowed.includes(to)) problems.push(`${where}: ${folder} may not import ${to}`);
      const name = specifier.startsWith("node:")
        ? undefined
        : specifier.startsWith("@")
          ? specifier.split("/").slice(0, 2).join("/")
          : specifier.split("/")[0];
      if (name === undefined || ["vitest", "fast-check"].includes(name)) continue;
      used.add(name);
      if (!declared.has(name)) problems.push(`${where}: imports ${name}, which packages/${folder}/package.json does not declare`);
      else if (!isTest && dependencies[name] === undefined)
        problems.push(`${where}: imports ${name} at run time, but it is only a devDependency`);
    }
  }
  for (const name of Object.keys(manifest.dependencies ?? {}))
    if (!used.has(name)) problems.push(`packages/${folder}/package.json: ${name} is declared but never imported`);
}

// A leaf imports no leaf that imports it back: the table itself may hold no cycle.
function reaches(from, to, seen = new Set()) {
  return (ALLOWED[from] ?? []).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
}
for (const folder of Object.keys(ALLOWED))
  if (reaches(folder, folder)) problems.push(`the table of scripts/layers.mjs lets ${folder} import itself in a circle`);

for (const problem of problems) console.error(`layers: ${problem}`);
if (files === 0) problems.push(console.error("layers: found no source file at all"));
console.log(problems.length === 0 ? `layers: ${files} files, all arrows point down` : `layers: ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
