import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import * as devcluster from "./devcluster/index.ts";
import * as operatorkit from "./index.ts";
import * as kinds from "./kinds/index.ts";

it("has what the first operator needs, each from its one place", () => {
  expect(Object.keys(operatorkit)).toEqual(
    expect.arrayContaining(["Controller", "Operator", "connect", "defineKind", "crdFor", "ensureCustomResources", "isNotFound"]),
  );
  expect(Object.keys(devcluster)).toEqual(expect.arrayContaining(["DevCluster", "ApiServer", "attachControllers"]));
  expect(kinds.Deployment).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" });
});

it("does not load the embedded server with the operator", () => {
  expect(filesLoadedBy("./index.ts").filter((url) => /\/packages\/(?:apiserver|devcluster)\//.test(url))).toEqual([]);
  expect(filesLoadedBy("./devcluster/index.ts").some((url) => url.includes("/packages/apiserver/"))).toBe(true);
});

/** What a process of its own reads when it imports an entry point. */
function filesLoadedBy(entry: string): string[] {
  const script = `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    await import(${JSON.stringify(new URL(entry, import.meta.url).href)});
    console.log(JSON.stringify(urls));`;
  const text = execFileSync(process.execPath, ["--conditions=source", "--input-type=module", "--eval", script], { encoding: "utf8" });
  return JSON.parse(text) as string[];
}
