import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";
import { base } from "../../vitest.base.ts";

// Without the conditions "import" and "default", which vite has by itself and hands to node as they are: there "import" would make
// the require("ws") of isomorphic-ws find an ES module, and @kubernetes/client-node no WebSocket.
const config: ViteUserConfig = {
  ...base,
  ssr: { resolve: { conditions: ["source", "node", "module"] } },
  // Its WebSockets look at process.stdin, which is then there for the rest of the process: no test leaves it behind.
  test: {
    ...base.test,
    setupFiles: [fileURLToPath(new URL("src/testing/own-streams.ts", import.meta.url)), ...[base.test?.setupFiles ?? []].flat()],
  },
};

export default config;
