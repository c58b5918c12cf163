import { createRequire } from "node:module";

type Yaml = typeof import("yaml");

let loaded: Yaml | undefined;

/**
 * The YAML library, loaded when it is first needed and without waiting: reading its files is a third of what importing this package
 * would take, and most clients speak JSON or protobuf.
 */
export function yamlLibrary(): Yaml {
  loaded ??= createRequire(import.meta.url)("yaml") as Yaml;
  return loaded;
}
