import type { Clock } from "@operatorkit/observe";
import { Deadline } from "../request/deadline.ts";
import { excerptOf } from "../request/excerpt.ts";
import { readBody } from "../request/read-body.ts";

export interface OidcTokens {
  readonly idToken: string;
  /** The one given back; the one that was sent where there is none. */
  readonly refreshToken: string;
}

export interface OidcTokenRequest {
  readonly issuer: URL;
  readonly clientId: string;
  /** Empty for a public client. */
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** The CA of the provider. @default the CAs that Node trusts */
  readonly caPem: string | undefined;
  readonly clock: Clock;
}

/** For both requests together. */
const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * New tokens for a refresh token: OpenID Connect Discovery 1.0 finds where, RFC 6749 6 says how. The secret goes into the
 * `authorization` header, and into the body for a provider that wants it there. Rejects with an error that holds no secret.
 */
export async function requestTokens({ issuer, clientId, clientSecret, refreshToken, caPem, clock }: OidcTokenRequest): Promise<OidcTokens> {
  const { Agent, request } = await import("undici");
  const agent = new Agent({ ...(caPem === undefined ? {} : { connect: { ca: caPem } }), headersTimeout: 0, bodyTimeout: 0 });
  const reason = (): Error => new Error(`${issuer.href} did not answer within ${TIMEOUT_MS / 1000} s`);
  const deadline = new Deadline({ clock, timeoutMs: TIMEOUT_MS, signals: [], reason });
  const ask = async (url: string, form?: URLSearchParams, authorization?: string): Promise<Answer> => {
    const options = {
      dispatcher: agent,
      signal: deadline.signal,
      headers: { accept: "application/json", ...(authorization === undefined ? {} : { authorization }) },
    };
    const { statusCode, body } = await (form === undefined
      ? request(url, options)
      : request(url, {
          ...options,
          method: "POST",
          headers: { ...options.headers, "content-type": "application/x-www-form-urlencoded" },
          body: form.toString(),
        }));
    const text = Buffer.from(await readBody(body, MAX_ANSWER_BYTES, url)).toString("utf8");
    return { status: statusCode, json: objectOf(text, `${url} answered HTTP status ${statusCode}`) };
  };
  try {
    const discovery = await ask(`${issuer.href.replace(/\/$/, "")}/.well-known/openid-configuration`);
    const endpoint = discovery.json["token_endpoint"];
    if (typeof endpoint !== "string" || !URL.canParse(endpoint)) throw new Error(`${issuer.href} names no token_endpoint`);
    const grant = { grant_type: "refresh_token", refresh_token: refreshToken };
    const form = new URLSearchParams(grant);
    const inBody = new URLSearchParams({ ...grant, client_id: clientId, ...(clientSecret === "" ? {} : { client_secret: clientSecret }) });
    const basic = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString("base64")}`;
    let answer = await (clientSecret === "" ? ask(endpoint, inBody) : ask(endpoint, form, basic));
    // As golang.org/x/oauth2 finds out which of the two a provider takes.
    if (clientSecret !== "" && (answer.status === 401 || answer.json["error"] === "invalid_client")) answer = await ask(endpoint, inBody);
    return tokensOf(answer, endpoint, refreshToken);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : error;
  } finally {
    deadline.dispose();
    await agent.destroy();
  }
}

function tokensOf({ status, json }: Answer, endpoint: string, refreshToken: string): OidcTokens {
  const { id_token: idToken, refresh_token: next, error, error_description: description } = json;
  if (status !== 200) {
    const words = [error, description].filter((word) => typeof word === "string").join(": ");
    throw new Error(
      `${endpoint} answered HTTP status ${status}${words === "" ? "" : ` (${words})`}; log in again if the refresh token has expired`,
    );
  }
  if (typeof idToken !== "string") throw new Error(`${endpoint} gave no id_token; was the scope openid asked for at the login?`);
  return { idToken, refreshToken: typeof next === "string" && next !== "" ? next : refreshToken };
}

function objectOf(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    if (value !== null && typeof value === "object") return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw new Error(`${where} with something that is no JSON object (${excerptOf(text)})`);
}
