import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";
import { CertificateAuthority } from "./certificate-authority.ts";

describe("CertificateAuthority", () => {
  let authority: CertificateAuthority;
  beforeAll(async () => {
    authority = await CertificateAuthority.create();
  });

  it("is an authority on P-256 that counts from now for a year", () => {
    const cert = new X509Certificate(authority.cert);
    expect(cert.ca).toBe(true);
    expect(cert.subject).toBe("CN=operatorkit");
    expect(cert.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(Date.parse(cert.validFrom)).toBeLessThan(Date.now());
    const days = (Date.parse(cert.validTo) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(364);
    expect(days).toBeLessThan(366);
  });

  it("issues server certificates for names and addresses that verify against it", async () => {
    const { cert, key } = await authority.issueServer(["localhost", "127.0.0.1", "::1", "kubernetes.default.svc"]);
    const certificate = new X509Certificate(cert);
    expect(certificate.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(authority.cert))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
    expect(certificate.checkHost("example.com")).toBeUndefined();
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkIP("::1")).toBe("::1");
    expect(certificate.checkIP("10.0.0.1")).toBeUndefined();
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    // Throws when the key does not belong to the certificate.
    createSecureContext({ cert, key });
  });

  it("issues client certificates that carry a user and its groups", async () => {
    const { cert } = await authority.issueClient("jane", ["system:masters", 'team: "a", b']);
    const certificate = new X509Certificate(cert);
    expect(certificate.toLegacyObject().subject).toEqual({ CN: "jane", O: ["system:masters", 'team: "a", b'] });
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  it("gives every certificate another serial number", async () => {
    const serials = await Promise.all(
      [1, 2, 3].map(async () => new X509Certificate((await authority.issueServer(["a"])).cert).serialNumber),
    );
    expect(new Set([...serials, new X509Certificate(authority.cert).serialNumber]).size).toBe(4);
  });

  it("refuses a server certificate without a name", async () => {
    await expect(authority.issueServer([])).rejects.toThrow("names must hold at least one");
  });
});
