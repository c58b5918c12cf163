import { ConfigError } from "./config-error.ts";

/** What @kubernetes/client-node exports. */
export type ClientNode = typeof import("@kubernetes/client-node");

/**
 * Loads @kubernetes/client-node, here and nowhere else, because it costs a quarter of a second and 90 MB. Rejects with a
 * `ConfigError` of code PackageMissing where an installation has left it out.
 * @param what What it is needed for, to begin the message with.
 */
export async function importClientNode(
  what: string,
  load: () => Promise<ClientNode> = () => import("@kubernetes/client-node"),
): Promise<ClientNode> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as { code?: unknown } | null)?.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new ConfigError(
      `${what} needs the package @kubernetes/client-node, which is not installed; npm install @kubernetes/client-node`,
      {
        code: "PackageMissing",
        cause,
      },
    );
  }
}
