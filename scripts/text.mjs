// What no committed file may hold: skipped or focused tests without a reason beside them, suppressed type errors, paths of
// the machine it was written on, addresses of package registries.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const RULES = [
  {
    pattern: /\b(?:it|test|describe)\.(?:only|skip|todo|fails)\b/,
    files: /\.ts$/,
    unless: /reason:/i,
    why: "a test that does not run needs `reason: …` on its line",
  },
  { pattern: /@ts-ignore|@ts-nocheck|passWithNoTests/, files: /\.(ts|json|mjs)$/, why: "say it with types" },
  { pattern: /expect\(true\)\.toBe\(true\)/, files: /\.ts$/, why: "a test that cannot fail" },
  { pattern: /\/(?:root|home\/[a-z]+|work)\/[a-z.]|\/tmp\/[a-z]+\/(?!operatorkit)/, files: /./, why: "a path of one machine" },
  { pattern: /registry\.npmjs|proxy\.golang\.org|sum\.golang\.org|static\.crates\.io/, files: /./, why: "a registry host" },
];

const problems = [];
const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
for (const file of files) {
  if (file === "scripts/text.mjs" || /pnpm-lock\.yaml$|go\.sum$|\/generated\//.test(file)) continue;
  let text;
  try {
    text = readFileSync(`${root}/${file}`, "utf8");
  } catch {
    continue;
  }
  text.split("\n").forEach((line, i) => {
    for (const { pattern, files: which, unless, why } of RULES) {
      if (which.test(file) && pattern.test(line) && !unless?.test(line))
        problems.push(`${file}:${i + 1}: ${why}: ${line.trim().slice(0, 120)}`);
    }
  });
}
for (const problem of problems) console.error(`text: ${problem}`);
console.log(`text: ${files.length} files, ${problems.length} problems`);
process.exit(problems.length === 0 && files.length > 0 ? 0 : 1);
