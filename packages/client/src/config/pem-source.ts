import { readFile } from "node:fs/promises";
import { ConfigError } from "./config-error.ts";

/** Certificates or a key: as text, or in a file that is read at each new connection because someone may rotate it. */
export type PemSource = { readonly name: string; readonly pem: string } | { readonly name: string; readonly path: string };

/** The PEM text. Throws a `ConfigError` that names the field when there is none. */
export async function readPem(source: PemSource): Promise<string> {
  if ("pem" in source) return checkPem(source.pem, source.name);
  let text: string;
  try {
    text = await readFile(source.path, "utf8");
  } catch (cause) {
    const isMissing = (cause as { code?: unknown }).code === "ENOENT";
    throw new ConfigError(`${source.name}: ${source.path} ${isMissing ? "does not exist" : `cannot be read: ${String(cause)}`}`, {
      code: isMissing ? "FileNotFound" : "FileUnreadable",
      cause,
    });
  }
  return checkPem(text, `${source.name} (${source.path})`);
}

function checkPem(text: string, name: string): string {
  if (!text.includes("-----BEGIN ")) {
    throw new ConfigError(`${name} is not PEM text: it has no "-----BEGIN" line`, { code: "InvalidCertificate" });
  }
  return text;
}
