import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Tests read their siblings' sources (the `source` export condition), so nothing needs building first. */
export const base: ViteUserConfig = defineConfig({
  resolve: { conditions: ["source"] },
  // Nothing of "import" and "default", which are understood: they would be handed to node, whose require() then finds ES modules.
  ssr: { resolve: { conditions: ["source", "node", "module"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("scripts/vitest/no-leaks.ts", import.meta.url))],
    // Tests measure behaviour, not speed: on a busy machine they may take their time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    typecheck: { enabled: false },
  },
});
