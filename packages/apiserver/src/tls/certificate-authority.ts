import { type KeyObject, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { type CertificateUsage, type NamePart, signedCertificate } from "./certificate.ts";

/** A certificate and its private key, both PEM. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

export interface CreateAuthorityOptions {
  /** @default "operatorkit" */
  readonly commonName?: string;
  /** From when certificates count, milliseconds since 1970; an hour is taken off for clocks that are behind. @default now */
  readonly nowMs?: number;
  /** @default 365 */
  readonly validDays?: number;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const HOUR_MS = 3_600_000;

/** A certificate authority for one server and its clients: P-256, made in memory, its key never leaves it. */
export class CertificateAuthority {
  /** PEM: what a client must trust. */
  readonly cert: string;
  readonly #keys: KeyPair;
  readonly #name: readonly NamePart[];
  readonly #validity: Validity;

  private constructor(keys: KeyPair, name: readonly NamePart[], validity: Validity) {
    this.#keys = keys;
    this.#name = name;
    this.#validity = validity;
    const { publicKey, privateKey } = keys;
    this.cert = signedCertificate({ subject: name, issuer: name, publicKey, usage: { type: "authority" }, ...validity }, privateKey);
  }

  static async create({
    commonName = "operatorkit",
    nowMs = Date.now(),
    validDays = 365,
  }: CreateAuthorityOptions = {}): Promise<CertificateAuthority> {
    const validity = { notBeforeMs: nowMs - HOUR_MS, notAfterMs: nowMs + validDays * 24 * HOUR_MS };
    return new CertificateAuthority(await newKeys(), [["CN", commonName]], validity);
  }

  /** A server's certificate for DNS names and IP addresses. */
  async issueServer(names: readonly string[]): Promise<CertificateAndKey> {
    const [first] = names;
    if (first === undefined) throw new TypeError("names must hold at least one DNS name or IP address");
    return await this.#issue([["CN", first]], { type: "server", issuerKey: this.#keys.publicKey, names });
  }

  /** A client's certificate: the common name is the user, the organizations are the groups. */
  async issueClient(user: string, groups: readonly string[] = []): Promise<CertificateAndKey> {
    const subject: readonly NamePart[] = [...groups.map((group): NamePart => ["O", group]), ["CN", user]];
    return await this.#issue(subject, { type: "client", issuerKey: this.#keys.publicKey, names: [] });
  }

  async #issue(subject: readonly NamePart[], usage: CertificateUsage): Promise<CertificateAndKey> {
    const { publicKey, privateKey } = await newKeys();
    const cert = signedCertificate({ subject, issuer: this.#name, publicKey, usage, ...this.#validity }, this.#keys.privateKey);
    return { cert, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
  }
}

async function newKeys(): Promise<KeyPair> {
  return await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
}
