import type { HeapSlope } from "./heap-slope.ts";

/** What doing something often left behind. */
export interface ReconnectReport extends HeapSlope {
  /** Timers and sockets that are still there, by kind. */
  readonly left: readonly string[];
  /** Of Node: too many listeners, and such. */
  readonly warnings: readonly string[];
}

/** Empty when all is as it should be. */
export function reconnectProblems({ bytesEach, left, warnings }: ReconnectReport, mostBytes: number): readonly string[] {
  return [
    ...(bytesEach > mostBytes ? [`${bytesEach.toFixed(0)} bytes stay behind each time, ${mostBytes} are allowed`] : []),
    ...(left.length > 0 ? [`left open: ${left.join(", ")}`] : []),
    ...warnings.map((warning) => `Node warns: ${warning}`),
  ];
}
