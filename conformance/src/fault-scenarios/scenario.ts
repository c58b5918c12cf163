import type { FrontName, World } from "./world.ts";

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
  /** The server itself goes back in time, so what a subject tells may too. */
  readonly goesBack?: boolean;
  /** Before the subject starts. */
  before?(world: World): void | Promise<void>;
  /** Once it has synced, or at once with `before`. */
  run(world: World): Promise<void>;
}
