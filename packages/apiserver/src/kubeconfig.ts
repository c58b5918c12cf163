import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join, basename, resolve } from "node:path";

export interface KubeconfigOptions {
  /** The server's URL: `https://127.0.0.1:6443`. */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate; needed for a server with TLS that is not trusted anyway. */
  readonly caCert?: string | undefined;
  readonly token?: string | undefined;
  /** PEM. */
  readonly clientCert?: { readonly cert: string; readonly key: string } | undefined;
  /** What the cluster, the user and the context are called. @default "operatorkit" */
  readonly name?: string | undefined;
  /** The namespace kubectl works in. @default "default" */
  readonly namespace?: string | undefined;
}

/** The text of a kubeconfig that needs no other file: certificates and token are in it. */
export function kubeconfig(options: KubeconfigOptions): string {
  const { server, caCert, token, clientCert, name = "operatorkit", namespace = "default" } = options;
  // A JSON string is a YAML string too, whatever is in it.
  const quote = JSON.stringify;
  const user = [
    ...(token === undefined ? [] : [`      token: ${quote(token)}`]),
    ...(clientCert === undefined
      ? []
      : [`      client-certificate-data: ${base64(clientCert.cert)}`, `      client-key-data: ${base64(clientCert.key)}`]),
  ];
  return `${[
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    `  - name: ${quote(name)}`,
    "    cluster:",
    `      server: ${quote(server)}`,
    ...(caCert === undefined ? [] : [`      certificate-authority-data: ${base64(caCert)}`]),
    "users:",
    `  - name: ${quote(name)}`,
    ...(user.length === 0 ? ["    user: {}"] : ["    user:", ...user]),
    "contexts:",
    `  - name: ${quote(name)}`,
    `    context: { cluster: ${quote(name)}, user: ${quote(name)}, namespace: ${quote(namespace)} }`,
    `current-context: ${quote(name)}`,
  ].join("\n")}\n`;
}

function base64(pem: string): string {
  return Buffer.from(pem).toString("base64");
}

/**
 * Writes a kubeconfig for its owner alone (mode 0600), all or nothing: whoever reads the path meanwhile sees the old file
 * or the new one. Missing folders are made (0700). Rejects with a sentence that names the path. Returns the absolute path.
 */
export async function writeKubeconfig(path: string, text: string): Promise<string> {
  const target = resolve(path);
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      const file = await open(draft, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  } catch (error) {
    throw new Error(`write the kubeconfig ${target}: ${reasonOf(error)}; choose another path`, { cause: error });
  }
  return target;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "this user may not write there";
    case "EROFS":
      return "the file system is read-only";
    case "EISDIR":
      return "a folder has this name";
    case "ENOTDIR":
    case "EEXIST":
      return "a part of the path is a file, not a folder";
    case "ENOSPC":
      return "the disk is full";
    default:
      return message;
  }
}
