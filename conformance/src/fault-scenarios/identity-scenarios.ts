import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** Changes while the subject is not let in. */
async function change(world: World): Promise<void> {
  world.cut();
  await world.put("a", "1");
  await world.remove("b");
  await world.put("d", "1");
}

/** Tokens and CAs that are replaced: the files that a subject was given hold the new ones. */
export const identityScenarios: readonly Scenario[] = [
  {
    id: "P10",
    name: "the token is replaced, and its file with it",
    isQuick: true,
    // client-node reads a token's file once a minute.
    healMs: 70_000,
    async run(world) {
      await world.untilAsked(2);
      world.rotateToken();
      world.writeToken();
      await change(world);
      await world.wait(500);
    },
  },
  {
    id: "P10",
    name: "the token is replaced, and its file a second and a half later",
    healMs: 70_000,
    async run(world) {
      await world.untilAsked(2);
      world.rotateToken();
      await change(world);
      await world.wait(1_500);
      world.writeToken();
    },
  },
  {
    id: "P10",
    name: "the token is replaced while the watch is open, which stays",
    isQuick: true,
    async run(world) {
      await world.untilAsked(2);
      world.rotateToken();
      world.writeToken();
      await world.put("a", "1");
      await world.remove("b");
      await world.wait(500);
    },
  },
  ...(["raw", "h2"] as const).flatMap((front): readonly Scenario[] => {
    const over = front === "raw" ? "(HTTP/1.1)" : "(HTTP/2)";
    return [
      {
        id: "P10",
        name: `the server's certificate comes from another CA, and so does the file ${over}`,
        isQuick: front === "h2",
        front,
        async run(world) {
          await world.untilAsked(2);
          world.rotateCa();
          world.writeCa();
          await change(world);
          await world.wait(500);
        },
      },
      {
        id: "P10",
        name: `the server's certificate comes from another CA, which the file has a second and a half later ${over}`,
        isQuick: front === "raw",
        front,
        async run(world) {
          await world.untilAsked(2);
          world.rotateCa();
          await change(world);
          await world.wait(1_500);
          world.writeCa();
        },
      },
    ];
  }),
];
