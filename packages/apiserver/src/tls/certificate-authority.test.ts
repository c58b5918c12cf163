import { X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type ConnectionOptions, connect, createSecureContext, createServer } from "node:tls";
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

  it.each([
    ["2026-11-21T12:00:00Z", 365],
    ["2049-12-31T12:00:00Z", 1],
    ["2060-06-01T12:00:00Z", 3650],
  ])("counts from an hour before %s for %i days", async (now, validDays) => {
    const nowMs = Date.parse(now);
    const own = await CertificateAuthority.create({ nowMs, validDays });
    for (const cert of [own.cert, (await own.issueServer(["a"])).cert]) {
      const { validFrom, validTo } = new X509Certificate(cert);
      expect([Date.parse(validFrom), Date.parse(validTo)]).toEqual([nowMs - 3_600_000, nowMs + validDays * 86_400_000]);
    }
  });

  it.each(["::", "::1", "1::", "fe80::1:2", "2001:db8:0:1:2:3:4:5", "::ffff:10.1.2.3", "64:ff9b::192.0.2.33"])(
    "writes the address %s as TLS reads it",
    async (address) => {
      const { cert } = await authority.issueServer([address]);
      expect(new X509Certificate(cert).checkIP(address)).toBeDefined();
      expect(new X509Certificate(cert).checkIP("2001:db8::ff")).toBeUndefined();
    },
  );

  it("is trusted in a handshake, for its names and no others, and so are its clients", async () => {
    const served = await authority.issueServer(["server.test", "127.0.0.1"]);
    const client = await authority.issueClient("jane", ["dev"]);
    const seen: string[] = [];
    const server = createServer({ ...served, ca: authority.cert, requestCert: true, rejectUnauthorized: true }, (socket) => {
      seen.push(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const handshake = (options: ConnectionOptions): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ port, host: "127.0.0.1", ...client, ...options }, () => {
          socket.resume();
          socket.end();
        });
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        socket.on("close", () => resolve("done"));
      });
    expect(await handshake({ ca: authority.cert, servername: "server.test" })).toBe("done");
    expect(await handshake({ ca: authority.cert })).toBe("done");
    expect(await handshake({ ca: authority.cert, servername: "other.test" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(await handshake({ ca: (await CertificateAuthority.create()).cert })).toMatch(
      /UNABLE_TO_VERIFY|CERT_SIGNATURE_FAILURE|SELF_SIGNED/,
    );
    await new Promise((resolve) => server.close(resolve));
    expect(seen).toEqual(["jane", "jane"]);
  });

  it("refuses a name that is neither an address nor a DNS name", async () => {
    await expect(authority.issueServer(["ümlaut.test"])).rejects.toThrow("neither an IP address nor a DNS name");
  });

  it("refuses a server certificate without a name", async () => {
    await expect(authority.issueServer([])).rejects.toThrow("names must hold at least one");
  });
});
