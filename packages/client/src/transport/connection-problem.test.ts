import { describe, expect, it } from "vitest";
import { connectionProblem } from "./connection-problem.ts";

const server = new URL("https://api.example.com:6443");
const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });

describe("connectionProblem", () => {
  it.each([
    ["ECONNREFUSED", false, "nothing listens at api.example.com:6443"],
    ["ENOTFOUND", false, "the host name api.example.com is not known"],
    ["EAI_AGAIN", false, "could not be looked up just now"],
    ["EHOSTUNREACH", false, "no way to api.example.com:6443 (EHOSTUNREACH)"],
    ["ECONNRESET", false, "was cut (ECONNRESET)"],
    ["SELF_SIGNED_CERT_IN_CHAIN", true, "certificate-authority in the kubeconfig"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", true, "certificate-authority in the kubeconfig"],
    ["CERT_HAS_EXPIRED", true, "has expired"],
    ["CERT_NOT_YET_VALID", true, "check this machine's clock"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", true, "should the server's address start with http://?"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", true, "check the client certificate"],
    ["ERR_OSSL_X509_KEY_VALUES_MISMATCH", true, "no TLS connection to api.example.com:6443"],
  ])("explains %s (permanent: %s)", (code, isPermanent, message) => {
    expect(connectionProblem(coded(code), server)).toEqual({ isPermanent, message: expect.stringContaining(message) });
  });

  it("names the certificate's names when they are others", () => {
    const error = coded(
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:b",
    );
    expect(connectionProblem(error, server).message).toMatch(/is for other names \(.*DNS:b\); use one of them, or set tlsServerName/);
  });

  it("takes the first of a host's several addresses for all", () => {
    expect(connectionProblem(new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]), server).message).toContain(
      "connection refused",
    );
  });

  it("asks whether the other side speaks TLS at all when it hangs up during the handshake", () => {
    expect(connectionProblem(coded("ECONNRESET"), server, { isHandshake: true }).message).toContain("does it speak TLS");
  });

  it("passes on what it does not know, and the code with it", () => {
    expect(connectionProblem(coded("EWEIRD", "odd"), server)).toEqual({ isPermanent: false, message: "odd (EWEIRD)" });
    expect(connectionProblem("text", new URL("http://a"))).toEqual({ isPermanent: false, message: "text" });
  });

  it("fills in the scheme's own port", () => {
    expect(connectionProblem(coded("ECONNREFUSED"), new URL("https://a")).message).toContain("a:443");
    expect(connectionProblem(coded("ECONNREFUSED"), new URL("http://a")).message).toContain("a:80");
  });
});
