import { defineConfig } from "tsup";

/** How every package is bundled: ESM only, for Node 22; declarations come from tsc. */
export function library(entry: string[]) {
  return defineConfig({
    entry,
    format: ["esm"],
    target: "node22",
    platform: "node",
    dts: false,
    sourcemap: true,
    clean: true,
    treeshake: true,
  });
}
