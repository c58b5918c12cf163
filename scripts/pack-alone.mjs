// Each package is useful alone: packed as it would be published, installed with nothing of ours but its own workspace
// closure into an empty project, every entry point imported, every declaration file type-checked without skipLibCheck. What imports
// an optional peer is tried when the rest has passed without the peer. Then its README is followed: what its install lines name is
// installed into another empty project, and the first example must run there, on this Node and on the oldest that the package says it
// runs on.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
const { packageManager, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const only = process.argv[2];
const work = mkdtempSync(join(tmpdir(), "operatorkit-pack-"));

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: 300_000 });
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(" ")} (in ${cwd}): exit ${result.status ?? result.signal}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

const packages = new Map();
for (const folder of readdirSync(join(root, "packages"))) {
  const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
  packages.set(manifest.name, { folder, manifest });
}

/** The package and everything of ours it needs. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const dependency of Object.keys(packages.get(name).manifest.dependencies ?? {}))
    if (packages.has(dependency)) closure(dependency, seen);
  return seen;
}

/** Each is imported, and used in a program whose types are checked. */
function tryEntries(project, entries) {
  writeFileSync(
    join(project, "import.mjs"),
    entries
      .map(
        (entry, i) =>
          `import * as m${i} from ${JSON.stringify(entry)};\nif (Object.keys(m${i}).length === 0 && !${JSON.stringify(entry)}.endsWith("/types")) throw new Error(${JSON.stringify(`${entry} exports nothing`)});`,
      )
      .join("\n"),
  );
  run("node", ["import.mjs"], project);
  writeFileSync(
    join(project, "use.ts"),
    entries.map((entry, i) => `import * as m${i} from ${JSON.stringify(entry)};\nvoid m${i};`).join("\n"),
  );
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "es2024",
        lib: ["es2024", "esnext.disposable", "esnext.iterator"],
        module: "nodenext",
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: ["node"],
      },
      files: ["use.ts"],
    }),
  );
  run("npx", ["--no-install", "tsc", "-p", "."], project);
}

const npmInstall = (project, ...args) =>
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", ...args], project);

/** What a README's first example imports, and what the install lines before it name. */
function firstExample(folder) {
  const readme = readFileSync(join(root, "packages", folder, "README.md"), "utf8");
  const [, before, code] = /^([\s\S]*?)^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  if (code === undefined) throw new Error(`packages/${folder}/README.md has no example`);
  const named = [...before.matchAll(/npm install ([^#\n]*)/g)].flatMap(([, words]) =>
    words.split(/\s+/).filter((word) => /^[@a-z]/.test(word)),
  );
  const packageOf = (specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const imported = new Set(Array.from(code.matchAll(/from "([^".:][^":]*)"/g), ([, specifier]) => packageOf(specifier)));
  for (const name of imported) {
    if (!named.includes(name))
      throw new Error(`packages/${folder}/README.md: the first example imports ${name}, which no install line names`);
  }
  return { code, named };
}

/** The version of somebody else's package that the workspace has. */
function versionOf(name) {
  for (const { manifest } of packages.values()) {
    const version = manifest.dependencies?.[name] ?? manifest.devDependencies?.[name];
    if (version !== undefined) return version;
  }
  throw new Error(`no package of the workspace has ${name}`);
}

const nodes = new Map();

/** The oldest Node that a manifest's `engines` allows, from the registry. */
function oldestNode({ engines }) {
  const version = /^>=(\d+\.\d+)$/.exec(engines.node)?.[1];
  if (version === undefined) throw new Error(`engines.node is ${engines.node}; say it as ">=22.19"`);
  if (!nodes.has(version)) {
    const home = join(work, `node-${version}`);
    const name = `node-${process.platform}-${process.arch}`;
    mkdirSync(home);
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: `${version}.0` } }));
    npmInstall(home);
    nodes.set(version, join(home, "node_modules", name, "bin", "node"));
  }
  return nodes.get(version);
}

function tryFirstExample({ folder, manifest }, project) {
  const { code, named } = firstExample(folder);
  mkdirSync(project);
  const fileOf = (name) => `file:${packages.get(name).tarball}`;
  const ours = named.filter((name) => packages.has(name));
  const overrides = Object.fromEntries(ours.flatMap((name) => [...closure(name)]).map((name) => [name, fileOf(name)]));
  const dependencies = Object.fromEntries(named.map((name) => [name, packages.has(name) ? fileOf(name) : versionOf(name)]));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "first", private: true, type: "module", dependencies, overrides }));
  npmInstall(project);
  writeFileSync(join(project, "first.ts"), code);
  run("node", ["first.ts"], project);
  // An older Node has no `await using`: who is on it compiles.
  run("tsc", ["first.ts", "--ignoreConfig", "--noCheck", "--target", "es2023", "--module", "nodenext", "--outDir", "compiled"], project);
  run(oldestNode(manifest), ["compiled/first.js"], project);
}

let passed = 0;
let failed = 0;
try {
  run("npx", ["--yes", packageManager, "exec", "turbo", "run", "build", "--output-logs=errors-only"], root);
  const tarballs = join(work, "tarballs");
  mkdirSync(tarballs);
  for (const [name, entry] of packages) {
    const [made] = JSON.parse(
      `[${run("npx", ["--yes", packageManager, "pack", "--json", "--pack-destination", tarballs], join(root, "packages", entry.folder))
        .replace(/^[^[{]*/, "")
        .replace(/^\[|\]\s*$/g, "")}]`,
    );
    entry.tarball = made.filename.startsWith("/") ? made.filename : join(tarballs, made.filename);
    if (made.files.some(({ path }) => /\.test\.|\.test-d\.|\/testing\/testing/.test(path)))
      throw new Error(`${name}: its tarball holds tests: ${made.files.map(({ path }) => path).join(", ")}`);
  }
  for (const [name, { folder, manifest }] of packages) {
    if (only !== undefined && only !== folder) continue;
    const project = join(work, `alone-${folder}`);
    mkdirSync(project);
    const ours = Object.fromEntries([...closure(name)].map((dependency) => [dependency, `file:${packages.get(dependency).tarball}`]));
    const overrides = Object.fromEntries(Object.entries(ours).filter(([dependency]) => dependency !== name));
    writeFileSync(
      join(project, "package.json"),
      JSON.stringify({
        name: "alone",
        private: true,
        type: "module",
        dependencies: { [name]: ours[name] },
        devDependencies: { typescript: devDependencies.typescript, "@types/node": devDependencies["@types/node"] },
        overrides,
      }),
    );
    const entries = Object.keys(manifest.publishConfig.exports)
      .filter((entry) => !entry.endsWith(".json"))
      .map((entry) => name + entry.slice(1));
    try {
      npmInstall(project);
      const inside = JSON.parse(readFileSync(join(project, "node_modules", name, "package.json"), "utf8"));
      if (JSON.stringify(inside.exports).includes('"source"'))
        throw new Error(`${name}: the published manifest still has the "source" condition`);
      const peers = Object.entries(inside.peerDependenciesMeta ?? {}).flatMap(([peer, { optional }]) => (optional ? [peer] : []));
      const needsPeer = (entry) => {
        const text = readFileSync(join(project, "node_modules", name, inside.exports[`.${entry.slice(name.length)}`].default), "utf8");
        return peers.some((peer) => [`"${peer}"`, `'${peer}'`].some((quoted) => text.includes(`from ${quoted}`)));
      };
      tryEntries(
        project,
        entries.filter((entry) => !needsPeer(entry)),
      );
      if (peers.length > 0) {
        npmInstall(project, "--no-save", ...peers.map((peer) => `${peer}@${inside.peerDependencies[peer]}`));
        tryEntries(project, entries);
      }
      tryFirstExample({ folder, manifest }, `${project}-first`);
      passed += 1;
      console.log(
        `pack-alone: ${name}: installed alone, ${entries.length} entry points imported, types checked, first example run on this Node and on ${manifest.engines.node.slice(2)}`,
      );
    } catch (error) {
      failed += 1;
      console.error(`pack-alone: ${error.message}`);
    }
    for (const folder of [project, `${project}-first`]) rmSync(folder, { recursive: true, force: true });
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`pack-alone: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
