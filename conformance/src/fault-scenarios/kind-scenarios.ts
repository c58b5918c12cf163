import type { HandlerManner, Scenario } from "./scenario.ts";

const MANNERS: readonly (readonly [HandlerManner, string])[] = [
  ["throw", "handlers throw every time"],
  ["throw nothing", "handlers throw undefined every time"],
  ["reject late", "handlers reject a little later every time"],
  ["hang", "a handler never settles"],
];

/** What objects, handlers and kinds do by themselves: no fault of the server, and none of the network. */
export const kindScenarios: readonly Scenario[] = [
  {
    id: "P12",
    name: "objects leave the selector and come back, while the watch is open",
    isQuick: true,
    isSelective: true,
    async run(world) {
      await world.put("a", "1", { keep: "no" });
      await world.put("d", "1");
      await world.put("b", "1", { keep: "yes" });
      await world.put("d", "2", { keep: "yes" });
      await world.wait(200);
      await world.put("a", "2", { keep: "yes" });
      await world.put("c", "2");
    },
  },
  {
    id: "P12",
    name: "objects leave the selector and come back, while the watch is broken",
    isQuick: true,
    isSelective: true,
    async run(world) {
      world.fault("watch", { type: "expire" }, { times: 1 });
      world.cut();
      await world.put("a", "1");
      await world.put("b", "1");
      await world.put("b", "2", { keep: "yes" });
      await world.put("d", "2", { keep: "yes" });
      await world.wait(500);
    },
  },
  {
    id: "P12",
    name: "what left the selector is deleted outside of it, and made again within",
    isSelective: true,
    async run(world) {
      await world.put("a", "1");
      await world.remove("a");
      await world.put("a", "2", { keep: "yes" });
      world.cut();
      await world.put("b", "1");
      await world.remove("b");
      await world.put("b", "2", { keep: "yes" });
      await world.wait(500);
    },
  },
  ...MANNERS.map(([handlers, name]): Scenario => ({
    id: "P18",
    name,
    isQuick: handlers !== "throw nothing",
    handlers,
    async run(world) {
      await world.put("a", "1");
      await world.remove("b");
      world.cut();
      await world.put("d", "1");
      await world.wait(500);
      await world.put("a", "2");
    },
  })),
  {
    id: "P20",
    name: "the kind is deleted, and made again",
    isQuick: true,
    isCustom: true,
    async run(world) {
      await world.removeKind();
      await world.wait(1_500);
      await world.installKind();
      await world.put("a", "1");
      await world.put("d", "1");
      await world.wait(500);
    },
  },
  {
    id: "P20",
    name: "the kind is deleted and made again while the watch is broken",
    isCustom: true,
    async run(world) {
      world.fault("watch", { type: "status", code: 503 }, { times: 1 });
      world.cut();
      await world.removeKind();
      await world.installKind();
      await world.put("b", "1");
      await world.wait(1_500);
    },
  },
  {
    id: "P20",
    name: "the kind is made late",
    isQuick: true,
    isCustom: true,
    before: (world) => world.removeKind(),
    async run(world) {
      await world.wait(1_500);
      await world.installKind();
      await world.put("a", "1");
    },
  },
  {
    id: "P20",
    name: "the kind is gone for five seconds",
    isCustom: true,
    async run(world) {
      await world.removeKind();
      await world.wait(5_000);
      await world.installKind();
      await world.put("a", "1");
      await world.wait(4_000);
    },
  },
  {
    id: "P20",
    name: "the version is not served for a while",
    isCustom: true,
    async run(world) {
      await world.installKind(["v2"]);
      await world.wait(1_500);
      await world.installKind(["v1", "v2"]);
      await world.put("a", "1");
      await world.remove("b");
      await world.wait(500);
    },
  },
  {
    id: "P20",
    name: "another version comes to be served",
    isCustom: true,
    async run(world) {
      await world.installKind(["v1", "v2"]);
      await world.put("a", "1");
      await world.remove("b");
      await world.put("d", "1");
    },
  },
];
