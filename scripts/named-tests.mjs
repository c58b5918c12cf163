// A guarantee is worth what its test is worth: every test that a README or a page of docs/ names must exist, under that title.
//
// A test is named by its file in backticks and its title in quotes: `foo.test.ts` "does this", "does that". Some words of a title will
// do, and an ellipsis stands for any; instead of a file it stands for the one named last. A file may be told by the end of its path; a
// table whose last column is headed "test in `path`" says where files are, or which one is meant. The checks of an app are tests, too:
// `pod-checks.ts`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A quoted title, a file, or an ellipsis that stands for the last file. A title may hold escaped quotes and backticks. */
const TOKEN = /`([\w./-]+(?:\.test|-checks)\.ts)`|"((?:[^"\\]|\\.)+)"|…(?= *")/g;

/** What a markdown text names: `{ line, file, title }`, the title undefined where the file alone is named. */
export function namedTests(markdown) {
  const named = [];
  let isCode = false;
  let header;
  let last;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (/^\s*```/.test(line)) isCode = !isCode;
    if (isCode) continue;
    const isRow = line.startsWith("|");
    if (!isRow) header = undefined;
    else if (header === undefined) {
      header = /tests? in ((?:`[^`]+`(?:, )?)+)/.exec(line)?.[1]?.match(/[^`, ]+/g) ?? [];
      continue;
    }
    const cells = isRow ? line.split(/(?<!\\)\|/) : [line];
    for (const [at, cell] of cells.entries()) {
      // Quotes are titles only right after a file or another title: elsewhere people quote other things.
      let end = 0;
      let file = header?.[0]?.endsWith(".test.ts") && at === cells.length - 2 ? header[0] : undefined;
      for (const match of cell.matchAll(TOKEN)) {
        const [token, path, title] = match;
        if (/\w/.test(cell.slice(end, match.index).replace(/\band\b/, ""))) file = undefined;
        end = match.index + token.length;
        if (path !== undefined) {
          file = last = header?.[0]?.endsWith("/") && !path.includes("/") ? `${header[0]}${path}` : path;
          named.push({ line: index + 1, file, title: undefined });
        } else if (token === "…") file ??= last;
        else if (file !== undefined) named.push({ line: index + 1, file, title });
      }
    }
  }
  return named;
}

/** The titles of a test file's tests and groups, as they are written: with `%s` for what a table fills in, and what begins its rows. */
export function titlesOf(source, isChecks = false) {
  const literal = String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`(?:[^`\\\\]|\\\\.)*`)";
  const call = new RegExp(String.raw`(?:\b(?:it|test|describe)(?:\.\w+)*(?:<[^()]*>)?|\))\(\s*${literal}`, "g");
  const row = new RegExp(String.raw`^\s*\[\s*${literal}`, "gm");
  const name = new RegExp(String.raw`\bname: ${literal}`, "g");
  return [...source.matchAll(call), ...source.matchAll(row), ...(isChecks ? source.matchAll(name) : [])].map(([, quoted]) =>
    quoted.slice(1, -1).replaceAll(/\\(.)/g, "$1"),
  );
}

/** Whether `title` has the words that are named, in their order. */
export function isTitle(named, title) {
  let from = 0;
  for (const words of named.split("…").map((part) => part.trim())) {
    const at = title.indexOf(words, from);
    if (at === -1) return false;
    from = at + words.length;
  }
  return true;
}

function testFiles(root) {
  const members = ["packages", "apps"].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
  return [...members, "conformance", "bench"]
    .map((folder) => `${folder}/src`)
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((entry) => `${folder}/${entry}`))
    .filter((path) => /(?:\.test|-checks)\.ts$/.test(path));
}

function pages(root) {
  const readmes = ["packages", "apps"].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}/README.md`));
  const docs = readdirSync(join(root, "docs"), { recursive: true })
    .map((entry) => `docs/${entry}`)
    .filter((path) => path.endsWith(".md"));
  return [...readmes, ...docs].filter((path) => existsSync(join(root, path)));
}

function main() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const files = testFiles(root);
  const titles = new Map();
  const titlesIn = (file) => {
    if (!titles.has(file)) titles.set(file, titlesOf(readFileSync(join(root, file), "utf8"), file.endsWith("-checks.ts")));
    return titles.get(file);
  };
  let count = 0;
  const problems = [];
  for (const page of pages(root)) {
    const home = page.endsWith("/README.md") ? page.slice(0, -"README.md".length) : "";
    for (const { line, file, title } of namedTests(readFileSync(join(root, page), "utf8"))) {
      count += 1;
      const all = files.filter((path) => path.endsWith(`/${file}`));
      const own = home === "" ? [] : all.filter((path) => path.startsWith(home));
      const candidates = own.length > 0 ? own : all;
      if (candidates.length === 0) problems.push(`${page}:${line}: there is no test file ${file}`);
      else if (title !== undefined && !candidates.some((path) => titlesIn(path).some((one) => isTitle(title, one)))) {
        problems.push(`${page}:${line}: ${candidates.join(" or ")} has no test "${title}"`);
      }
    }
  }
  for (const problem of problems) console.error(`named-tests: ${problem}`);
  console.log(`named-tests: ${count} named, ${problems.length} missing`);
  process.exit(problems.length === 0 && count > 0 ? 0 : 1);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
