import { readFile } from "node:fs/promises";
import type { Clock } from "@operatorkit/observe";
import { ConfigError } from "./config-error.ts";
import type { Credentials } from "./credentials.ts";
import { requestTokens, type OidcTokens } from "./oidc-token-request.ts";

/** What a kubeconfig's `auth-provider` of name `oidc` says. Source: client-go `plugin/pkg/client/auth/oidc/oidc.go`. */
export interface OidcConfig {
  readonly "idp-issuer-url"?: string;
  readonly "client-id"?: string;
  readonly "client-secret"?: string;
  readonly "id-token"?: string;
  readonly "refresh-token"?: string;
  readonly "idp-certificate-authority"?: string;
  readonly "idp-certificate-authority-data"?: string;
}

export interface OidcCredentialsOptions {
  readonly config: OidcConfig;
  readonly source: string;
  readonly clock: Clock;
}

/** A token this close to its end is replaced: client-go's expiryDelta. */
const EXPIRY_DELTA_MS = 10_000;

/**
 * A user of an OpenID Connect provider: the ID token while it lasts, then a new one for the refresh token, which is used once.
 * New tokens live in this process; the kubeconfig is not written. (Not by @kubernetes/client-node, whose 2.0.1 cannot refresh: it hands
 * openid-client 6 what that does not take.)
 */
export class OidcCredentials implements Credentials {
  readonly source: string;
  readonly #options: OidcCredentialsOptions;
  #tokens: Partial<OidcTokens>;
  #renewing: Promise<string> | undefined;

  constructor(options: OidcCredentialsOptions) {
    const { config, source } = options;
    this.source = source;
    this.#options = options;
    this.#tokens = { idToken: config["id-token"] ?? "", refreshToken: config["refresh-token"] ?? "" };
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    const { idToken = "" } = this.#tokens;
    const lasts = expiryMs(idToken) - this.#options.clock.now() > EXPIRY_DELTA_MS;
    return { authorization: `Bearer ${lasts ? idToken : await this.#renew()}` };
  }

  async refresh(): Promise<boolean> {
    if (!this.#tokens.refreshToken) return false;
    await this.#renew();
    return true;
  }

  /** Requests that start together ask once. */
  #renew(): Promise<string> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<string> {
    const { config, clock } = this.#options;
    const { "idp-issuer-url": issuer = "", "client-id": clientId = "", "client-secret": clientSecret = "" } = config;
    const { refreshToken = "" } = this.#tokens;
    if (refreshToken === "") throw this.#failed("the ID token has expired and there is no refresh-token; log in again");
    if (!URL.canParse(issuer)) throw this.#failed(`idp-issuer-url ${JSON.stringify(issuer)} is not a URL`);
    if (clientId === "") throw this.#failed("client-id is missing");
    try {
      const caPem = await this.#caPem();
      this.#tokens = await requestTokens({ issuer: new URL(issuer), clientId, clientSecret, refreshToken, caPem, clock });
      return this.#tokens.idToken ?? "";
    } catch (cause) {
      throw this.#failed(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  async #caPem(): Promise<string | undefined> {
    const { "idp-certificate-authority-data": data, "idp-certificate-authority": path } = this.#options.config;
    if (data) return Buffer.from(data, "base64").toString("utf8");
    return path ? await readFile(path, "utf8") : undefined;
  }

  #failed(why: string, cause?: unknown): ConfigError {
    return new ConfigError(`no new token from the OIDC provider of ${this.source}: ${why}`, { code: "PluginFailed", cause });
  }
}

/** When a JSON web token ends, on the wall clock; 0 for what is none. */
function expiryMs(token: string): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as { readonly exp?: unknown };
    return typeof exp === "number" ? exp * 1000 : 0;
  } catch {
    return 0;
  }
}
