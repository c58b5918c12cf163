import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";
import { base } from "../../vitest.base.ts";

const config: ViteUserConfig = {
  ...base,
  // Its WebSockets look at process.stdin, which is then there for the rest of the process: no test leaves it behind.
  test: {
    ...base.test,
    setupFiles: [fileURLToPath(new URL("src/testing/own-streams.ts", import.meta.url)), ...[base.test?.setupFiles ?? []].flat()],
  },
};

export default config;
