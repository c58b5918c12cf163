import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { builtBinaries, findBinaries } from "./binaries.ts";

const folder = mkdtempSync(join(tmpdir(), "operatorkit-binaries-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function touch(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  }
}

describe("findBinaries", () => {
  it("takes the executables of KUBEBUILDER_ASSETS", () => {
    touch(join(folder, "kube-apiserver"), join(folder, "etcd"), join(folder, "kubectl"));
    const expected = { kubeApiserver: join(folder, "kube-apiserver"), etcd: join(folder, "etcd"), kubectl: join(folder, "kubectl") };
    expect(findBinaries({ KUBEBUILDER_ASSETS: folder })).toEqual({ type: "found", binaries: expected });
  });

  it("says what is missing in KUBEBUILDER_ASSETS", () => {
    touch(join(folder, "kube-apiserver"), join(folder, "etcd"));
    expect(findBinaries({ KUBEBUILDER_ASSETS: folder })).toEqual({
      type: "unavailable",
      reason: `KUBEBUILDER_ASSETS is set, but ${join(folder, "kubectl")} is missing`,
    });
  });

  it("would build with the Go on the path, and then finds what was built", () => {
    touch(join(folder, "bin", "go"));
    const env = { PATH: join(folder, "bin"), XDG_CACHE_HOME: join(folder, "cache") };
    const source = findBinaries(env);
    if (source.type !== "buildable") throw new Error(`not buildable but ${source.type}`);
    expect(source.go).toBe(join(folder, "bin", "go"));
    expect(source.cacheFolder.startsWith(join(folder, "cache", "operatorkit", "kube-apiserver-1."))).toBe(true);
    touch(...Object.values(builtBinaries(source.cacheFolder)));
    expect(findBinaries(env)).toEqual({ type: "found", binaries: builtBinaries(source.cacheFolder) });
  });

  it("gives its reason when there is neither", () => {
    expect(findBinaries({ PATH: folder, XDG_CACHE_HOME: folder })).toMatchObject({
      type: "unavailable",
      reason: expect.stringContaining("no Go"),
    });
  });
});
