import { describe, expect, it } from "vitest";
import type { ClusterConfig } from "./cluster-config.ts";
import { StaticCredentials } from "./credentials.ts";
import { kubeConfigOf } from "./kube-config.ts";

function cluster(overrides: Partial<ClusterConfig> = {}, authorization = "Bearer secret"): ClusterConfig {
  return {
    source: "test",
    server: new URL("https://10.0.0.1:6443/"),
    tls: async () => ({ ca: "CA", cert: "CERT", key: "KEY", servername: "kubernetes", rejectUnauthorized: true }),
    credentials: new StaticCredentials({ source: "test", headers: { authorization } }),
    ...overrides,
  };
}

describe("kubeConfigOf", () => {
  it("hands client-node the same server, certificates and token", async () => {
    const config = await kubeConfigOf(cluster({ namespace: "ns", impersonate: { user: "jane" } }));
    expect(config.getCurrentCluster()).toMatchObject({
      server: "https://10.0.0.1:6443",
      caData: Buffer.from("CA").toString("base64"),
      tlsServerName: "kubernetes",
      skipTLSVerify: false,
    });
    expect(config.getCurrentUser()).toMatchObject({
      token: "secret",
      certData: Buffer.from("CERT").toString("base64"),
      impersonateUser: "jane",
    });
    expect(config.getContextObject("context")).toMatchObject({ namespace: "ns" });
  });

  it("knows a password with a colon in it", async () => {
    const authorization = `Basic ${Buffer.from("me:a:b").toString("base64")}`;
    expect((await kubeConfigOf(cluster({}, authorization))).getCurrentUser()).toMatchObject({ username: "me", password: "a:b" });
  });

  it("refuses to impersonate less than what was asked for", async () => {
    await expect(kubeConfigOf(cluster({ impersonate: { user: "jane", groups: ["dev"] } }))).rejects.toMatchObject({
      code: "InvalidOptions",
    });
  });
});
