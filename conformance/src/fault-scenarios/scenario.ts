import type { FrontName, World } from "./world.ts";

/** `hang`: the first call never settles, so that handler is told nothing else; the copy must be right nevertheless. */
export type HandlerManner = "throw" | "throw nothing" | "reject late" | "hang";

/** One way in which things go wrong. Before it the server has the objects a, b and c. */
export interface Scenario {
  /** The perturbation of the fault model it is an instance of: P3 to P20. */
  readonly id: string;
  readonly name: string;
  /** Part of the quick set, which runs in CI. */
  readonly isQuick?: boolean;
  /** What stands between the subject and the server. @default nothing */
  readonly front?: FrontName;
  readonly useWatchList?: boolean;
  readonly pageSize?: number;
  /** How long after the end of the fault the subject may take: longer where its waits had time to grow. @default 6_000 */
  readonly healMs?: number;
  /** The server itself goes back in time, so what a subject tells may too. */
  readonly goesBack?: boolean;
  /** Watch a custom resource, Gadgets, in place of ConfigMaps: its kind can come and go. */
  readonly isCustom?: boolean;
  /** The subject watches only what has the label `keep=yes`; the objects a, b and c have it at first. */
  readonly isSelective?: boolean;
  /** What the subject's handlers do after they were told. */
  readonly handlers?: HandlerManner;
  /** Before the subject starts. */
  before?(world: World): void | Promise<void>;
  /** Once it has synced, or at once with `before`. */
  run(world: World): Promise<void>;
}
