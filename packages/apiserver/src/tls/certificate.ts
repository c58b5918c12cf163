import { type KeyObject, createHash, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  boolean,
  type Der,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
} from "./der.ts";

/** One part of a name: the common name, or an organization. */
export type NamePart = readonly [type: "CN" | "O", value: string];

export interface CertificateFields {
  readonly subject: readonly NamePart[];
  readonly issuer: readonly NamePart[];
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The subject's, on P-256. */
  readonly publicKey: KeyObject;
  /** What kind of certificate: an authority's, or one of a server or a client that an authority issued. */
  readonly usage: CertificateUsage;
}

export type CertificateUsage =
  | { readonly type: "authority" }
  | {
      readonly type: "server" | "client";
      /** The issuer's public key. */
      readonly issuerKey: KeyObject;
      /** DNS names and IP addresses. */
      readonly names: readonly string[];
    };

const OID = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

/** X.509 version 3, which counts from 0. */
const VERSION = Uint8Array.of(2);
/** `digitalSignature` is the first of nine bits, `keyCertSign` the sixth. */
const SIGNS = bitString(Uint8Array.of(0b1000_0000), 7);
const SIGNS_CERTIFICATES = bitString(Uint8Array.of(0b1000_0100), 2);

/** A signed X.509 certificate as PEM. Source: RFC 5280. */
export function signedCertificate(fields: CertificateFields, signingKey: KeyObject): string {
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSha256));
  const signed = sequence(
    explicit(0, integer(VERSION)),
    integer(newSerialNumber()),
    algorithm,
    name(fields.issuer),
    sequence(time(fields.notBeforeMs), time(fields.notAfterMs)),
    name(fields.subject),
    fields.publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions(fields))),
  );
  const signature = sign("sha256", signed, { key: signingKey, dsaEncoding: "der" });
  return pem(sequence(signed, algorithm, bitString(signature)));
}

function name(parts: readonly NamePart[]): Der {
  return sequence(
    ...parts.map(([type, value]) =>
      setOf(sequence(objectIdentifier(type === "CN" ? OID.commonName : OID.organization), utf8String(value))),
    ),
  );
}

function extensions({ usage, publicKey }: CertificateFields): readonly Der[] {
  if (usage.type === "authority") {
    return [
      extension(OID.basicConstraints, sequence(boolean(true)), "critical"),
      extension(OID.keyUsage, SIGNS_CERTIFICATES, "critical"),
      extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(publicKey))),
    ];
  }
  return [
    // Not an authority, which is the default and so left out.
    extension(OID.basicConstraints, sequence(), "critical"),
    extension(OID.keyUsage, SIGNS, "critical"),
    extension(OID.extendedKeyUsage, sequence(objectIdentifier(usage.type === "server" ? OID.serverAuth : OID.clientAuth))),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(usage.issuerKey)))),
    ...(usage.names.length === 0 ? [] : [extension(OID.subjectAltName, sequence(...usage.names.map(alternativeName)))]),
  ];
}

function extension(oid: string, value: Der, critical?: "critical"): Der {
  return sequence(objectIdentifier(oid), ...(critical === undefined ? [] : [boolean(true)]), octetString(value));
}

/** @throws {TypeError} for a DNS name that ASCII cannot write */
function alternativeName(text: string): Der {
  if (isIP(text) !== 0) return implicit(7, addressBytes(text));
  if (!/^[\x21-\x7e]+$/.test(text)) throw new TypeError(`${JSON.stringify(text)} is neither an IP address nor a DNS name in ASCII`);
  return implicit(2, Buffer.from(text, "ascii"));
}

/** The 4 or 16 bytes of an address. */
function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split(".").map(Number));
  const [plain = ""] = address.split("%");
  const dotted = /(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const text =
    dotted === null
      ? plain
      : `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`;
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [head = "", tail] = text.split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return Uint8Array.from(
    [...before, ...zeros, ...after].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}

/** SHA-1 of the key's bits, as RFC 5280 (4.2.1.2) has it: a name, no protection. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  const spki = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha1").update(spki.subarray(-POINT_BYTES)).digest();
}

/** An uncompressed point of P-256, the last thing in its key. */
const POINT_BYTES = 65;

/** 127 random bits: positive, as RFC 5280 wants it. */
function newSerialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes;
}

function pem(der: Der): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
