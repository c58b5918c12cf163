import { compareResourceVersions } from "@operatorkit/object";
import type { ReflectorAction } from "./reflector-action.ts";
import type { ReflectorEvent } from "./reflector-event.ts";
import { afterLife, afterList, initialMemory, type ReflectorMemory } from "./reflector-memory.ts";
import { reflectorWait } from "./reflector-wait.ts";

/**
 * The state machine that keeps a local copy equal to the server's: what to do next, decided from plain values. It asks for
 * nothing itself; `reflector.ts` carries its actions out and reports back what happened.
 *
 * | state     | start    | elapsed  | page            | checked       | opened    | progressed | filled            | ended            | failed          | stop    |
 * |-----------|----------|----------|-----------------|---------------|-----------|------------|-------------------|------------------|-----------------|---------|
 * | idle      | list¹    | –        | –               | –             | –         | –          | –                 | –                | –               | stopped |
 * | waiting   | –        | its step | –               | –             | –         | –          | –                 | –                | –               | stopped |
 * | listing   | –        | –        | page/replace²   | –             | –         | –          | –                 | –                | wait, list³     | stopped |
 * | checking  | –        | –        | –               | watch/suspect⁴| –         | –          | –                 | –                | wait, check⁵    | stopped |
 * | opening   | –        | –        | –               | –             | streaming | –          | –                 | –                | list/wait, check⁶| stopped |
 * | streaming | –        | –        | –               | –             | –         | read       | –                 | watch/wait⁷      | wait, check/list⁷| stopped |
 * | asking    | –        | –        | –               | –             | filling   | –          | –                 | –                | list/wait, ask⁸ | stopped |
 * | filling   | –        | –        | –               | –             | –         | read       | replace, streaming| wait, ask/list⁸  | wait, ask/list⁸ | stopped |
 * | stopped   | –        | –        | –               | –             | –         | –          | –                 | –                | –               | –       |
 *
 * `–`: the state stays and nothing is done (an answer nobody waits for any more).
 *
 * 1. or `asking`, when WatchList is wanted.
 * 2. A page with a continue token: the next page. The last page: the copy is replaced and a watch opened at the list's version; a list
 *    *older* than the copy, or empty when the copy is not, is believed only the second time in a row. A token that was just sent, a missing version, or a page older
 *    than the first one make the list malformed.
 * 3. Broken, silent, busy, refused: the same page again, so nothing read is lost. A token that expired or is rejected: the whole
 *    list again, unpaged (as client-go's pager does), until one succeeds. Malformed: the whole list again.
 * 4. The server's version is at least ours: watch. Older: suspected to be restored from a backup or a lagging replica; checked
 *    again after a wait, and the second time in a row listed from scratch.
 * 5. Expired, rejected: list instead.
 * 6. Expired: list at once, if that was not done since a stream last lived, else wait, list. Rejected: wait, list. Busy: the
 *    watch again, without a check.
 * 7. A stream that ended at its own time is opened again at once. Otherwise wait and check; list when it expired (as in 6), or when two
 *    streams in a row brought nothing (a server that merely ends a watch that is too old; an event that never parses).
 * 8. Rejected: the server has no WatchList, list at once and do not ask again. Twice cut, silent or refused before the end of
 *    the initial events: the same, after a wait.
 *
 * Every wait grows from 0.8 s to 30 s and starts over only after a stream that lived; `Retry-After` goes first. The time a stream lived
 * counts towards the wait after it.
 */
export type ReflectorState =
  | { readonly name: "idle"; readonly memory: ReflectorMemory }
  | { readonly name: "waiting"; readonly memory: ReflectorMemory; readonly step: ReflectorStep }
  | { readonly name: "listing"; readonly memory: ReflectorMemory; readonly progress: ListProgress }
  | { readonly name: "checking"; readonly memory: ReflectorMemory }
  | { readonly name: "opening"; readonly memory: ReflectorMemory }
  | { readonly name: "streaming"; readonly memory: ReflectorMemory; readonly advanced: boolean }
  | { readonly name: "asking"; readonly memory: ReflectorMemory }
  | { readonly name: "filling"; readonly memory: ReflectorMemory }
  | { readonly name: "stopped"; readonly memory: ReflectorMemory };

export type ReflectorStateName = ReflectorState["name"];

/** How far a list in pages has come. */
export interface ListProgress {
  readonly token: string | undefined;
  /** The version of its first page, at which a watch misses nothing. */
  readonly version: string | undefined;
}

/** What a wait is for. */
export type ReflectorStep =
  | { readonly type: "list"; readonly progress: ListProgress }
  | { readonly type: "check" }
  | { readonly type: "watch" }
  | { readonly type: "ask" };

export interface Transition {
  readonly state: ReflectorState;
  /** In order; the last one is what the next event answers. */
  readonly actions: readonly ReflectorAction[];
}

/** A stream that lived this long was a good one: the backoff starts over. */
export const HEALTHY_STREAM_MS = 30_000;
/** How often the server must say it is older than the copy, or empty, until that is believed. */
const SUSPICIONS_BELIEVED = 2;
/** How many streams may bring nothing until the list is read again. */
const FRUITLESS_STREAMS = 2;

export function initialReflectorState({ wantsWatchList = false }: { wantsWatchList?: boolean } = {}): ReflectorState {
  return { name: "idle", memory: initialMemory(wantsWatchList) };
}

/** The one transition function. Pure: the same state and event always give the same answer. */
export function next(state: ReflectorState, event: ReflectorEvent): Transition {
  if (state.name === "stopped") return stay(state);
  if (event.type === "stop") return { state: { name: "stopped", memory: state.memory }, actions: [{ type: "discard" }] };
  switch (state.name) {
    case "idle":
      if (event.type !== "start") return stay(state);
      return enter(state.memory, state.memory.wantsWatchList ? { type: "ask" } : FRESH_LIST);
    case "waiting":
      return event.type === "elapsed" ? enter(state.memory, state.step) : stay(state);
    case "listing":
      return inListing(state, event);
    case "checking":
      return inChecking(state, event);
    case "opening":
      return inOpening(state, event);
    case "streaming":
      return inStreaming(state, event);
    case "asking":
    case "filling":
      return inWatchList(state, event);
  }
}

type In<Name extends ReflectorStateName> = Extract<ReflectorState, { name: Name }>;
type Failed = Extract<ReflectorEvent, { type: "failed" }>;

function inListing(state: In<"listing">, event: ReflectorEvent): Transition {
  const { memory, progress } = state;
  if (event.type === "page") return onPage(state, event);
  if (event.type !== "failed") return stay(state);
  switch (event.failure.kind) {
    case "expired":
    case "rejected":
      return discarding(wait({ ...memory, isUnpaged: progress.token !== undefined || memory.isUnpaged }, FRESH_LIST, event));
    case "malformed":
      return discarding(wait(memory, FRESH_LIST, event));
    case "silent":
      return wait({ ...memory, slowLists: memory.slowLists + 1 }, { type: "list", progress }, event);
    case "busy":
    case "refused":
    case "broken":
    case "ended":
      return wait(memory, { type: "list", progress }, event);
  }
}

type Page = Extract<ReflectorEvent, { type: "page" }>;

function onPage({ memory, progress }: In<"listing">, { version, token, isEmptied }: Page): Transition {
  const flaw = flawOf(progress, version, token);
  if (flaw !== undefined) return discarding(wait(memory, FRESH_LIST, malformed(flaw)));
  const from = progress.version ?? version;
  if (token !== undefined) {
    const state: ReflectorState = { name: "listing", memory, progress: { token, version: from } };
    return { state, actions: [{ type: "keep" }, { type: "list", token, paged: true, slowLists: memory.slowLists }] };
  }
  const isReset = isOlder(from, memory.version);
  if ((isReset || isEmptied) && memory.suspicions + 1 < SUSPICIONS_BELIEVED) {
    const cause = isReset ? older(from, memory.version) : malformed("the list has no object, but the copy does");
    return discarding(wait({ ...memory, suspicions: memory.suspicions + 1 }, FRESH_LIST, cause));
  }
  const opening = enter(afterList(memory, from), { type: "watch" });
  return { state: opening.state, actions: [{ type: "keep" }, { type: "replace", version: from, isReset }, ...opening.actions] };
}

function flawOf(progress: ListProgress, version: string, token: string | undefined): string | undefined {
  if (version === "") return "the list has no resourceVersion";
  if (token !== undefined && token === progress.token) return "the page names itself as the next one";
  if (isOlder(version, progress.version)) return `the page is at version ${version}, older than the first page's ${progress.version}`;
  return undefined;
}

function inChecking(state: In<"checking">, event: ReflectorEvent): Transition {
  const { memory } = state;
  if (event.type === "checked") {
    if (event.version === "") return wait(memory, { type: "check" }, malformed("the list has no resourceVersion"));
    if (!isOlder(event.version, memory.version)) return enter({ ...memory, suspicions: 0 }, { type: "watch" });
    const suspecting = { ...memory, suspicions: memory.suspicions + 1 };
    if (suspecting.suspicions >= SUSPICIONS_BELIEVED) return enter(suspecting, FRESH_LIST);
    return wait(suspecting, { type: "check" }, older(event.version, memory.version));
  }
  if (event.type !== "failed") return stay(state);
  const isPointless = event.failure.kind === "expired" || event.failure.kind === "rejected";
  return wait(memory, isPointless ? FRESH_LIST : { type: "check" }, event);
}

function inOpening(state: In<"opening">, event: ReflectorEvent): Transition {
  const { memory } = state;
  if (event.type === "opened") return { state: { name: "streaming", memory, advanced: false }, actions: [{ type: "read" }] };
  if (event.type !== "failed") return stay(state);
  switch (event.failure.kind) {
    case "expired":
      return relist(memory, event);
    case "rejected":
      return wait(memory, FRESH_LIST, event);
    case "busy":
      return wait(memory, { type: "watch" }, event);
    case "malformed":
      return afterStream(memory, { hadNothing: true }, event);
    case "refused":
    case "broken":
    case "ended":
    case "silent":
      return wait(memory, { type: "check" }, event);
  }
}

function inStreaming(state: In<"streaming">, event: ReflectorEvent): Transition {
  const { memory, advanced } = state;
  switch (event.type) {
    case "progressed": {
      const moved = event.version !== memory.version;
      return {
        state: moved ? { ...state, memory: { ...memory, version: event.version }, advanced: true } : state,
        actions: [{ type: "read" }],
      };
    }
    case "ended": {
      const lived = event.afterMs >= HEALTHY_STREAM_MS;
      const rested = lived ? { ...afterLife(memory), fruitless: 0 } : memory;
      if (lived && event.onTime) return enter(rested, { type: "watch" });
      const error = `the server ended the watch after ${Math.round(event.afterMs)} ms`;
      const cause = { failure: { kind: "ended" as const, error }, afterMs: event.afterMs };
      return afterStream(rested, { hadNothing: !advanced && !lived }, cause);
    }
    case "failed": {
      const { kind } = event.failure;
      const lived = event.afterMs >= HEALTHY_STREAM_MS;
      const rested = lived ? afterLife(memory) : memory;
      if (kind === "expired") return relist(rested, event);
      // A stream that stays open and says nothing is fruitless however long it lived; one that was cut after a while was merely quiet.
      return afterStream(rested, { hadNothing: !advanced && (!lived || kind === "silent") }, event);
    }
    default:
      return stay(state);
  }
}

/** What expired cannot be resumed, and the server is well enough to say so: list at once, but not again and again. */
function relist(memory: ReflectorMemory, cause: Cause): Transition {
  return memory.hasRelisted ? wait(memory, FRESH_LIST, cause) : enter({ ...memory, hasRelisted: true }, FRESH_LIST);
}

function afterStream(memory: ReflectorMemory, { hadNothing }: { hadNothing: boolean }, cause: Cause): Transition {
  const fruitless = hadNothing ? memory.fruitless + 1 : 0;
  return wait({ ...memory, fruitless }, fruitless >= FRUITLESS_STREAMS ? FRESH_LIST : { type: "check" }, cause);
}

function inWatchList(state: In<"asking" | "filling">, event: ReflectorEvent): Transition {
  const { memory } = state;
  switch (event.type) {
    case "opened":
      return state.name === "asking" ? { state: { name: "filling", memory }, actions: [{ type: "read" }] } : stay(state);
    case "progressed":
      return state.name === "filling" ? { state, actions: [{ type: "read" }] } : stay(state);
    case "filled": {
      if (state.name === "asking") return stay(state);
      const { version } = event;
      return {
        state: { name: "streaming", memory: afterList(memory, version), advanced: true },
        actions: [{ type: "replace", version, isReset: false }, { type: "read" }],
      };
    }
    case "ended":
      if (state.name === "asking") return stay(state);
      return cutShort(memory, {
        failure: { kind: "ended", error: "the watch ended before its initial events did" },
        afterMs: event.afterMs,
      });
    case "failed":
      if (event.failure.kind === "rejected") return discarding(enter({ ...memory, wantsWatchList: false }, FRESH_LIST));
      return cutShort(memory, event);
    default:
      return stay(state);
  }
}

function cutShort(memory: ReflectorMemory, cause: Cause): Transition {
  const cutWatchLists = memory.cutWatchLists + 1;
  const wantsWatchList = cutWatchLists < 2;
  return discarding(wait({ ...memory, cutWatchLists, wantsWatchList }, wantsWatchList ? { type: "ask" } : FRESH_LIST, cause));
}

const FRESH_LIST: ReflectorStep = { type: "list", progress: { token: undefined, version: undefined } };

type Cause = Pick<Failed, "failure" | "afterMs">;

function stay(state: ReflectorState): Transition {
  return { state, actions: [] };
}

function enter(memory: ReflectorMemory, step: ReflectorStep): Transition {
  switch (step.type) {
    case "list": {
      const { progress } = step;
      const paged = !memory.isUnpaged;
      const actions: ReflectorAction[] = [{ type: "list", token: progress.token, paged, slowLists: memory.slowLists }];
      return { state: { name: "listing", memory, progress }, actions };
    }
    case "check":
      return { state: { name: "checking", memory }, actions: [{ type: "check" }] };
    case "watch":
      return { state: { name: "opening", memory }, actions: [{ type: "watch", version: memory.version, withInitialEvents: false }] };
    case "ask":
      return { state: { name: "asking", memory }, actions: [{ type: "watch", version: undefined, withInitialEvents: true }] };
  }
}

/** Waits, longer each time, before it takes the step. */
function wait(memory: ReflectorMemory, step: ReflectorStep, { failure, afterMs }: Cause): Transition {
  const { failures } = memory;
  const range = reflectorWait({ failures, afterMs, retryAfterMs: failure.retryAfterMs });
  return {
    state: { name: "waiting", memory: { ...memory, failures: failures + 1 }, step },
    actions: [{ type: "wait", ...range, cause: failure.kind, error: failure.error, step: step.type }],
  };
}

function discarding({ state, actions }: Transition): Transition {
  return { state, actions: [{ type: "discard" }, ...actions] };
}

function malformed(what: string): Cause {
  return { failure: { kind: "malformed", error: what }, afterMs: 0 };
}

function older(version: string, than: string | undefined): Cause {
  return { failure: { kind: "refused", error: `the server is at version ${version}, older than the copy's ${than}` }, afterMs: 0 };
}

function isOlder(version: string, than: string | undefined): boolean {
  return than !== undefined && (compareResourceVersions(version, than) ?? 0) < 0;
}
