/** Why a connection could not be made or broke, in half a sentence with what to do about it. */
export interface ConnectionProblem {
  readonly message: string;
  readonly isPermanent: boolean;
}

/** Explains what Node says about a socket to the server; `isHandshake` while TLS is still being agreed. */
export function connectionProblem(
  error: unknown,
  server: URL,
  { isHandshake = false }: { readonly isHandshake?: boolean } = {},
): ConnectionProblem {
  const { code, message } = codeAndMessage(error);
  const where = `${server.hostname}:${server.port || (server.protocol === "https:" ? "443" : "80")}`;
  switch (code) {
    case "ECONNREFUSED":
      return passing(`connection refused: nothing listens at ${where}; is the cluster running, and is the server's address right?`);
    case "ENOTFOUND":
      return passing(`the host name ${server.hostname} is not known; check the server's address and this machine's DNS`);
    case "EAI_AGAIN":
      return passing(`the host name ${server.hostname} could not be looked up just now; check this machine's DNS`);
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return passing(`no way to ${where} (${code}); check the network, a VPN or a firewall`);
    case "ECONNRESET":
    case "EPIPE":
      return isHandshake
        ? passing(`${where} cut the connection during the TLS handshake (${code}); does it speak TLS, and is the server's address right?`)
        : passing(`the connection to ${where} was cut (${code})`);
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "CERT_SIGNATURE_FAILURE":
      return permanent(
        `the server's certificate is signed by a CA that this client was not told to trust (${code}); ` +
          "give that CA (certificate-authority in the kubeconfig, caPem in the options)",
      );
    case "CERT_HAS_EXPIRED":
      return permanent("the server's certificate, or its CA's, has expired; have it renewed, and check this machine's clock");
    case "CERT_NOT_YET_VALID":
      return permanent("the server's certificate is not valid yet; check this machine's clock");
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return permanent(
        `the server's certificate is for other names (${message.replace(/^.*?altnames: /s, "")}); ` +
          "use one of them, or set tlsServerName (tls-server-name in a kubeconfig)",
      );
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
    case "ERR_SSL_HTTP_REQUEST":
      return permanent(`${where} does not speak TLS; should the server's address start with http://?`);
    case "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED":
    case "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA":
    case "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE":
    case "ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED":
      return permanent(`the server refused this client's certificate, or wants one (${code}); check the client certificate and its key`);
    case "EPROTO":
      return /wrong version number|packet length too long/i.test(message)
        ? permanent(`${where} does not speak TLS; should the server's address start with http://?`)
        : permanent(`no TLS connection to ${where}: ${message}`);
    default:
      if (/^ERR_(OSSL|SSL)/.test(code)) return permanent(`no TLS connection to ${where}: ${message}`);
      return passing(code === "" || message.includes(code) ? message : `${message} (${code})`);
  }
}

function permanent(message: string): ConnectionProblem {
  return { message, isPermanent: true };
}

function passing(message: string): ConnectionProblem {
  return { message, isPermanent: false };
}

/** A host with several addresses fails with an AggregateError: the first one speaks for all. */
function codeAndMessage(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return codeAndMessage(error.errors[0]);
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const { code } = error as { code?: unknown };
  return { code: typeof code === "string" ? code : "", message: error.message };
}
