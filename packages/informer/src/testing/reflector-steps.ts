import type { FailureKind } from "../failure.ts";
import type { ReflectorEvent } from "../reflector-event.ts";
import type { ReflectorMemory } from "../reflector-memory.ts";
import { initialReflectorState, next, type ReflectorState, type ReflectorStateName, type Transition } from "../reflector-state.ts";

export const memory: ReflectorMemory = { ...initialReflectorState().memory, version: "100" };

/** One of each. */
export const states: Record<ReflectorStateName, ReflectorState> = {
  idle: { name: "idle", memory },
  waiting: { name: "waiting", memory, step: { type: "check" } },
  listing: { name: "listing", memory, progress: { token: "t1", version: "100" } },
  checking: { name: "checking", memory },
  opening: { name: "opening", memory },
  streaming: { name: "streaming", memory, advanced: false },
  asking: { name: "asking", memory: { ...memory, wantsWatchList: true } },
  filling: { name: "filling", memory: { ...memory, wantsWatchList: true } },
  stopped: { name: "stopped", memory },
};

export function failed(kind: FailureKind, { afterMs = 0, retryAfterMs }: { afterMs?: number; retryAfterMs?: number } = {}): ReflectorEvent {
  return { type: "failed", failure: { kind, retryAfterMs, error: "injected" }, afterMs };
}

/** Failures are named by their kind; `lastPage` is a page without a token. */
export type EventName = Exclude<ReflectorEvent["type"], "failed"> | "lastPage" | Exclude<FailureKind, "ended">;

export const events: Record<EventName, ReflectorEvent> = {
  start: { type: "start" },
  elapsed: { type: "elapsed" },
  page: { type: "page", version: "100", token: "t2", isEmptied: false },
  lastPage: { type: "page", version: "100", token: undefined, isEmptied: false },
  checked: { type: "checked", version: "100" },
  opened: { type: "opened" },
  progressed: { type: "progressed", version: "101" },
  filled: { type: "filled", version: "101" },
  ended: { type: "ended", afterMs: 0, onTime: false },
  expired: failed("expired"),
  rejected: failed("rejected"),
  busy: failed("busy"),
  refused: failed("refused"),
  broken: failed("broken"),
  silent: failed("silent"),
  malformed: failed("malformed"),
  stop: { type: "stop" },
};

/** `listing: list(t1)`: the state, and what is done. */
export function told({ state, actions }: Transition): string {
  const step =
    state.name === "waiting" ? ` for ${state.step.type}${state.step.type === "list" ? token(state.step.progress.token) : ""}` : "";
  const done = actions.map((action) => {
    switch (action.type) {
      case "list":
        return `list${token(action.token)}`;
      case "watch":
      case "replace":
        return `${action.type}${token(action.version)}`;
      default:
        return action.type;
    }
  });
  return `${state.name}${step}: ${done.join(", ")}`;
}

function token(value: string | undefined): string {
  return value === undefined ? "" : `(${value})`;
}

/** What the last of these events leads to. */
export function run(state: ReflectorState, ...steps: readonly ReflectorEvent[]): Transition {
  let transition: Transition = { state, actions: [] };
  for (const event of steps) transition = next(transition.state, event);
  return transition;
}
