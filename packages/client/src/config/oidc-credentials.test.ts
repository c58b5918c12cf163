import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { testCa, testServerCertificate, testServerKey } from "../transport/testing/certificates.ts";
import type { Credentials } from "./credentials.ts";
import { readKubeconfig } from "./read-kubeconfig.ts";

const NOW = Date.UTC(2026, 0, 1);

/** A token nobody checks the signature of: it came by TLS from its issuer, and the API server checks it. */
function jwt(payload: object): string {
  const parts = [{ alg: "RS256", typ: "JWT" }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return `${parts.join(".")}.c2ln`;
}

const lasting = (clock: ManualClock, seconds: number): string => jwt({ exp: clock.now() / 1000 + seconds });

interface Asked {
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
}

/** A provider that gives an hour for each refresh token, or answers `refuse`. */
async function startIssuer(clock: ManualClock, refuse?: (asked: Asked) => { readonly status: number; readonly body: unknown } | undefined) {
  const asked: Asked[] = [];
  const issuer: Server = createServer({ key: testServerKey, cert: testServerCertificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url === "/.well-known/openid-configuration") {
        response.end(JSON.stringify({ issuer: url, token_endpoint: `${url}/token` }));
        return;
      }
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const one = { form, authorization: request.headers.authorization };
      asked.push(one);
      const refusal = refuse?.(one);
      const tokens = { id_token: lasting(clock, 3600), refresh_token: `refresh-${asked.length}` };
      response.writeHead(refusal?.status ?? 200).end(JSON.stringify(refusal?.body ?? tokens));
    });
  }).listen(0, "127.0.0.1");
  await once(issuer, "listening");
  const url = `https://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    issuer.closeAllConnections();
    await new Promise((resolve) => issuer.close(resolve));
  };
  return { url, asked, [Symbol.asyncDispose]: close };
}

async function userOf(clock: ManualClock, config: object): Promise<Credentials> {
  const content = {
    clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443" } }],
    users: [{ name: "u", user: { "auth-provider": { name: "oidc", config } } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  return (await readKubeconfig({ text: JSON.stringify(content) }, { clock })).credentials;
}

const provider = (url: string): object => ({
  "client-id": "me",
  "idp-issuer-url": url,
  "idp-certificate-authority-data": Buffer.from(testCa).toString("base64"),
});

describe("an OIDC user", () => {
  it("gets a new token for its refresh token shortly before the old one expires, each refresh token used once", async () => {
    const clock = new ManualClock({ startMs: NOW });
    await using issuer = await startIssuer(clock);
    const first = lasting(clock, 60);
    const user = await userOf(clock, { ...provider(issuer.url), "id-token": first, "refresh-token": "refresh-0" });
    await clock.advance(49_000);
    expect(await user.headers()).toEqual({ authorization: `Bearer ${first}` });
    await clock.advance(1_000);
    const [one, two] = await Promise.all([user.headers(), user.headers()]);
    expect(one).toEqual({ authorization: `Bearer ${lasting(clock, 3600)}` });
    expect(two).toEqual(one);
    await clock.advance(3_580_000);
    expect(await user.headers()).toEqual(one);
    await clock.advance(20_000);
    expect(await user.headers()).not.toEqual(one);
    expect(issuer.asked.map(({ form }) => form)).toEqual(
      ["refresh-0", "refresh-1"].map((token) => ({ grant_type: "refresh_token", refresh_token: token, client_id: "me" })),
    );
    expect(clock.pendingTimers).toBe(0);
  });

  it("gets a new token after a 401, if it can", async () => {
    const clock = new ManualClock({ startMs: NOW });
    await using issuer = await startIssuer(clock);
    const token = lasting(clock, 3600);
    const user = await userOf(clock, { ...provider(issuer.url), "id-token": token, "refresh-token": "r" });
    expect(await user.refresh()).toBe(true);
    expect(issuer.asked).toHaveLength(1);
    const without = await userOf(clock, { ...provider(issuer.url), "id-token": token });
    expect(await without.refresh()).toBe(false);
    expect(await without.headers()).toEqual({ authorization: `Bearer ${token}` });
  });

  it("shows its secret in the header, and in the body to a provider that wants it there", async () => {
    const clock = new ManualClock({ startMs: NOW });
    await using issuer = await startIssuer(clock, ({ authorization }) =>
      authorization === undefined ? undefined : { status: 401, body: { error: "invalid_client" } },
    );
    const user = await userOf(clock, { ...provider(issuer.url), "client-secret": "s&cret", "refresh-token": "r" });
    await user.headers();
    const refresh = { grant_type: "refresh_token", refresh_token: "r" };
    expect(issuer.asked).toEqual([
      { form: refresh, authorization: `Basic ${Buffer.from("me:s%26cret").toString("base64")}` },
      { form: { ...refresh, client_id: "me", client_secret: "s&cret" }, authorization: undefined },
    ]);
  });

  it.each([
    ["has no refresh token", { "refresh-token": "" }, "the ID token has expired and there is no refresh-token; log in again"],
    ["has no issuer", { "idp-issuer-url": "here" }, 'idp-issuer-url "here" is not a URL'],
    ["has no client", { "client-id": "" }, "client-id is missing"],
    ["is refused", {}, "/token answered HTTP status 400 (invalid_grant: token is used up); log in again"],
    ["does not know the provider's CA", { "idp-certificate-authority-data": "" }, "certificate"],
  ])("that %s is told so, without its secrets", async (_title, config, why) => {
    const clock = new ManualClock({ startMs: NOW });
    const body = { error: "invalid_grant", error_description: "token is used up" };
    await using issuer = await startIssuer(clock, () => ({ status: 400, body }));
    const user = await userOf(clock, { ...provider(issuer.url), "client-secret": "hidden", "refresh-token": "hidden", ...config });
    const error = await rejection(user.headers());
    expect(error).toMatchObject({ name: "ConfigError", code: "PluginFailed", message: expect.stringContaining(why) });
    expect(String(error)).toContain('no new token from the OIDC provider of user "u" of the kubeconfig text: ');
    expect(String(error)).not.toContain("hidden");
  });

  it("whose configuration is no text is refused by the field's name", async () => {
    expect(await rejection(userOf(new ManualClock(), { "client-id": 7 }))).toMatchObject({
      code: "InvalidKubeconfig",
      message: 'user "u" of the kubeconfig text: auth-provider.config.client-id is not text',
    });
  });
});
