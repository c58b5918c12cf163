import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, expectTypeOf, it } from "vitest";
import { operatorFlags } from "./operator-flags.ts";

const parse = (args: readonly string[], env: Record<string, string> = {}) => operatorFlags({ args, env });

describe("operatorFlags", () => {
  it("has nothing to say where nothing is said", () => {
    expect(parse([])).toMatchObject({ cluster: {}, namespaces: undefined, healthPort: undefined, verbose: false, help: false, own: {} });
  });

  it.each<[string[], Record<string, string>, object]>([
    [["--kubeconfig", "/a", "--context", "b"], { KUBECONFIG: "/z", KUBE_CONTEXT: "y" }, { kubeconfig: "/a", context: "b" }],
    [[], { KUBECONFIG: "/z", KUBE_CONTEXT: "y" }, { kubeconfig: "/z", context: "y" }],
    [["--server", "https://a"], { KUBECONFIG: "/z", KUBE_CONTEXT: "y", IN_CLUSTER: "1" }, { server: "https://a" }],
    [["--in-cluster"], { KUBECONFIG: "/z", KUBE_SERVER: "https://a" }, { inCluster: true }],
    [["--kubeconfig=/a"], { IN_CLUSTER: "true", KUBE_SERVER: "https://a" }, { kubeconfig: "/a" }],
    [[], { KUBE_SERVER: "https://a", KUBECONFIG: "/z" }, { server: "https://a" }],
    [[], { KUBECONFIG: "" }, {}],
  ])("finds the cluster in %j and %j", (args, env, cluster) => {
    expect(parse(args, env).cluster).toEqual(cluster);
  });

  it.each<[string[], Record<string, string>, readonly string[] | undefined]>([
    [["-n", "a", "--namespace", "b,c", "-n", "a"], { WATCH_NAMESPACE: "z" }, ["a", "b", "c"]],
    [[], { WATCH_NAMESPACE: "a, b" }, ["a", "b"]],
    [[], { WATCH_NAMESPACE: "" }, undefined],
  ])("takes the namespaces of %j and %j", (args, env, namespaces) => {
    expect(parse(args, env).namespaces).toEqual(namespaces);
  });

  it("takes the port, and how much to log", () => {
    expect(parse(["--health-port", "8080", "-v"])).toMatchObject({ healthPort: 8080, verbose: true });
    expect(parse([], { HEALTH_PORT: "0", VERBOSE: "true" })).toMatchObject({ healthPort: 0, verbose: true });
    expect(parse([], { VERBOSE: "false" }).verbose).toBe(false);
  });

  it("reads the TLS files of a server", () => {
    const folder = mkdtempSync(join(tmpdir(), "operatorkit-flags-"));
    try {
      for (const name of ["ca", "cert", "key"]) writeFileSync(join(folder, name), name.toUpperCase());
      const files = ["--ca-file", join(folder, "ca"), "--cert-file", join(folder, "cert"), "--key-file", join(folder, "key")];
      expect(parse(["--server", "https://a", ...files]).cluster).toEqual({
        server: "https://a",
        caPem: "CA",
        clientCertificatePem: "CERT",
        clientKeyPem: "KEY",
      });
      expect(() => parse(["--server", "https://a", "--ca-file", join(folder, "none")])).toThrow(
        expect.objectContaining({ code: "FileNotFound", message: expect.stringContaining("--ca-file") }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each<[string[], Record<string, string>, string]>([
    [["--nonsense"], {}, "--nonsense"],
    [["word"], {}, "word"],
    [["--kubeconfig"], {}, "--kubeconfig"],
    [["--health-port", "70000"], {}, "--health-port"],
    [["--health-port", "http"], {}, "--health-port"],
    [["--server", "https://a", "--in-cluster"], {}, "--server and --in-cluster"],
    [[], { VERBOSE: "maybe" }, "VERBOSE"],
  ])("refuses %j with %j by its name", (args, env, name) => {
    expect(() => parse(args, env)).toThrow(
      expect.objectContaining({ name: "ConfigError", code: "InvalidOptions", message: expect.stringContaining(name) }),
    );
  });

  it("knows flags of yours, typed", () => {
    const flags = {
      region: { type: "string", help: "where", env: "REGION", default: "eu" },
      colour: { type: "string", help: "which" },
      dry: { type: "boolean", short: "d", help: "change nothing", env: "DRY" },
    } as const;
    const { own, usage } = operatorFlags({ name: "mine", args: ["-d"], env: { REGION: "us" }, flags });
    expectTypeOf(own).toEqualTypeOf<{ readonly region: string; readonly colour: string | undefined; readonly dry: boolean }>();
    expect(own).toEqual({ region: "us", colour: undefined, dry: true });
    expect(operatorFlags({ args: [], env: { DRY: "1" }, flags }).own).toEqual({ region: "eu", colour: undefined, dry: true });
    expect(usage).toMatch(/^Usage: mine \[flags\]\n[^]*-d, --dry +change nothing \(or DRY\)\n$/);
    expect(usage).toContain("--kubeconfig <value>");
    expect(() => operatorFlags({ args: [], env: {}, flags: { verbose: { type: "boolean", help: "" } } })).toThrow("--verbose");
  });

  it("only says that help was asked for", () => {
    expect(parse(["-h"]).help).toBe(true);
  });
});
