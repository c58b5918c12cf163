import type { Clock, Timer } from "@operatorkit/observe";
import type { ConnectionLimits } from "../transport/connection-limits.ts";
import type { PodSocket } from "./pod-socket.ts";

/** A timer that fires this much too late says that the event loop stood still, not that the other side was silent. */
const STALL_MS = 1_000;

export interface SocketPingsOptions extends Pick<Required<ConnectionLimits>, "pingIntervalMs" | "pingTimeoutMs"> {
  readonly clock: Clock;
  /** Told once, when a ping was not answered in time and nothing else came. */
  readonly onDead: () => void;
}

/**
 * Pings a WebSocket as long as it is open: a connection that is dead without a word is noticed, and what stands in between does not take
 * an idle one for one that is no longer used. One that is not read, because its output is not taken, is not judged.
 * Source: client-go `remotecommand/websocket.go`, `heartbeat`.
 */
export function pingWhileOpen(socket: PodSocket, { clock, pingIntervalMs, pingTimeoutMs, onDead }: SocketPingsOptions): void {
  let heard = 0;
  let timer: Timer;
  const onHeard = (): void => void (heard += 1);
  const pingLater = (): void => {
    timer = clock.setTimer(pingIntervalMs, () => {
      socket.ping();
      awaitPong(heard);
    });
  };
  const awaitPong = (before: number, isSecondTime = false): void => {
    const dueMs = clock.monotonicMs() + pingTimeoutMs;
    timer = clock.setTimer(pingTimeoutMs, () => {
      if (heard !== before || socket.isPaused) pingLater();
      else if (!isSecondTime && clock.monotonicMs() - dueMs > STALL_MS) awaitPong(before, true);
      else onDead();
    });
  };
  socket.on("pong", onHeard);
  socket.on("message", onHeard);
  socket.on("close", () => timer.cancel());
  pingLater();
}
