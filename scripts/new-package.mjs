// `pnpm new NAME "Purpose."`: a package with everything the others have and no code yet.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [name, purpose] = process.argv.slice(2);
function refuse(why) {
  console.error(`new: ${why}`);
  process.exit(1);
}
if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name))
  refuse('give a lower-case package name and its purpose: pnpm new listmap "A map from key to ordered list."');
if (purpose === undefined || !purpose.endsWith(".")) refuse("give the package's purpose in one sentence, with its full stop");
const home = join(root, "packages", name);
if (existsSync(home)) refuse(`packages/${name} is there already`);

// observe is the smallest package: its set-up is the pattern.
const pattern = join(root, "packages", "observe");
const manifest = JSON.parse(readFileSync(join(pattern, "package.json"), "utf8"));
const only = (entries) => ({ ".": entries["."], "./package.json": "./package.json" });
Object.assign(manifest, { name: `@operatorkit/${name}`, version: "0.0.0", description: purpose, exports: only(manifest.exports) });
manifest.publishConfig.exports = only(manifest.publishConfig.exports);
delete manifest.dependencies;

mkdirSync(join(home, "src"), { recursive: true });
writeFileSync(join(home, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ["tsconfig.json", "tsconfig.build.json", "vitest.config.ts"])
  writeFileSync(join(home, file), readFileSync(join(pattern, file)));
writeFileSync(join(home, "tsup.config.ts"), 'import { library } from "../../tsup.base.ts";\n\nexport default library(["src/index.ts"]);\n');
writeFileSync(join(home, "src", "index.ts"), `/** ${purpose} */\nexport {};\n`);
writeFileSync(join(home, "README.md"), `# @operatorkit/${name}\n\n${purpose}\n\n    npm install @operatorkit/${name}\n`);
console.log(
  `new: packages/${name} is ready. Give it a row in docs/architecture.md and scripts/layers.mjs, run pnpm install, and write its first test.`,
);
