import type { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { Extension, JsonAttributeAndObjectValue, Name } from "@peculiar/x509";

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

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HOUR_MS = 3_600_000;

/**
 * A certificate authority for one server and its clients: P-256, made in memory, its key never leaves it.
 * The X.509 library is loaded by `create`, so a server without TLS does not pay for it.
 */
export class CertificateAuthority {
  /** PEM: what a client must trust. */
  readonly cert: string;
  readonly #x509: typeof import("@peculiar/x509");
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #subject: Name;
  readonly #validity: { readonly notBefore: Date; readonly notAfter: Date };

  private constructor(
    x509: typeof import("@peculiar/x509"),
    keys: webcrypto.CryptoKeyPair,
    { cert, subject }: { readonly cert: string; readonly subject: Name },
    validity: { readonly notBefore: Date; readonly notAfter: Date },
  ) {
    this.#x509 = x509;
    this.#keys = keys;
    this.#subject = subject;
    this.#validity = validity;
    this.cert = cert;
  }

  static async create({
    commonName = "operatorkit",
    nowMs = Date.now(),
    validDays = 365,
  }: CreateAuthorityOptions = {}): Promise<CertificateAuthority> {
    const x509 = await loadX509();
    const keys = await newKeys();
    const validity = { notBefore: new Date(nowMs - HOUR_MS), notAfter: new Date(nowMs + validDays * 24 * HOUR_MS) };
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: new x509.Name([attribute("CN", commonName)]),
      keys,
      serialNumber: newSerialNumber(),
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
      ...validity,
    });
    return new CertificateAuthority(x509, keys, { cert: pem(certificate.toString("pem")), subject: certificate.subjectName }, validity);
  }

  /** A server's certificate for DNS names and IP addresses. */
  async issueServer(names: readonly string[]): Promise<CertificateAndKey> {
    const x509 = this.#x509;
    if (names.length === 0) throw new RangeError("names must hold at least one DNS name or IP address");
    return await this.#issue([attribute("CN", names[0] ?? "")], x509.ExtendedKeyUsage.serverAuth, [
      new x509.SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) === 0 ? "dns" : "ip", value: name }))),
    ]);
  }

  /** A client's certificate: the common name is the user, the organizations are the groups. */
  async issueClient(user: string, groups: readonly string[] = []): Promise<CertificateAndKey> {
    return await this.#issue(
      [...groups.map((group) => attribute("O", group)), attribute("CN", user)],
      this.#x509.ExtendedKeyUsage.clientAuth,
      [],
    );
  }

  async #issue(
    subject: readonly JsonAttributeAndObjectValue[],
    usage: string,
    extensions: readonly Extension[],
  ): Promise<CertificateAndKey> {
    const x509 = this.#x509;
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: new x509.Name([...subject]),
      issuer: this.#subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      serialNumber: newSerialNumber(),
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
        ...extensions,
      ],
      ...this.#validity,
    });
    const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { cert: pem(certificate.toString("pem")), key: pem(x509.PemConverter.encode(pkcs8, "PRIVATE KEY")) };
  }
}

async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  // x509's dependency injection reads metadata that this import provides.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(crypto);
  return x509;
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await crypto.subtle.generateKey({ name: ALGORITHM.name, namedCurve: ALGORITHM.namedCurve }, true, ["sign", "verify"]);
}

/** Given as a plain string, quotes and `#` in it would mean something. */
function attribute(type: "CN" | "O", value: string): JsonAttributeAndObjectValue {
  return { [type]: [{ utf8String: value }] };
}

/** 127 random bits, hexadecimal: positive, as RFC 5280 wants it. */
function newSerialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

function pem(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
