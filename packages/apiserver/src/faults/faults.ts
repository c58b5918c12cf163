import type { TransportResponse } from "@operatorkit/api";
import { sleep } from "@operatorkit/observe";
import type { Handler, ServerRequest } from "../handler.ts";
import type { ServerContext } from "../server-context.ts";
import { ActiveRule } from "./active-rule.ts";
import { checkFaultRule, checkMatch } from "./check-fault-rule.ts";
import { ConnectionReset } from "./connection-reset.ts";
import type { FaultMatch, FaultRule, FaultRuleOptions } from "./fault-rule.ts";
import { FaultyBody, untilAborted } from "./faulty-body.ts";
import { insteadOfAnswer, withoutInitialEvents } from "./instead-of-answer.ts";
import { earlierState } from "./earlier-state.ts";
import { type RequestFacts, matchesRequest, requestFacts } from "./request-facts.ts";
import { StreamFaults } from "./stream-faults.ts";

/**
 * What goes wrong on this server, as if a bad network or a bad server stood before it: rules as plain data, by request, kind or event, the same every time.
 * Guarantees: without rules requests pass untouched; a rule that cannot be is refused when it is added; what a fault holds ends with its client or the
 * server, and leaves no timer.
 */
export class Faults {
  readonly #context: ServerContext;
  readonly #open = new Set<FaultyBody>();
  readonly #facts = new WeakMap<FaultyBody, RequestFacts>();
  readonly #closed = new AbortController();
  #rules: readonly ActiveRule[] = [];

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /**
   * Adds a fault. Rules act in the order they were added; those of streams also on the watches that are open, from their next event on.
   * @throws TypeError naming the field that cannot be
   */
  add(rule: FaultRuleOptions): FaultRule {
    checkFaultRule(rule);
    const active = new ActiveRule(rule, (removed) => {
      this.#rules = this.#rules.filter((known) => known !== removed);
    });
    this.#rules = [...this.#rules, active];
    return active;
  }

  /** Removes every rule. */
  clear(): void {
    this.#rules = [];
  }

  /**
   * Breaks the answers that are being read now, watches above all; returns how many.
   * @throws TypeError naming the field that cannot be
   */
  cut(
    match: Omit<FaultMatch, "event" | "nth" | "times" | "probability" | "seed"> = {},
    scope: "request" | "connection" = "request",
  ): number {
    checkMatch("match", match);
    const hit = [...this.#open].filter((body) => matchesRequest(match, this.#facts.get(body) as RequestFacts));
    for (const body of hit) body.cut(new ConnectionReset("cut", scope));
    return hit.length;
  }

  /** Stands before a handler. */
  wrap(next: Handler): Handler {
    return async (request) => {
      if (this.#rules.length === 0 && !mayWatch(request)) return await next(request);
      return await this.#answer(request, next);
    };
  }

  /** Lets go of everything that is held. */
  close(): void {
    this.#rules = [];
    this.#closed.abort(new ConnectionReset("the API server is closed"));
  }

  async #answer(request: ServerRequest, next: Handler): Promise<TransportResponse> {
    const { registry, clock } = this.#context;
    const facts = requestFacts(request, registry);
    const faults = new StreamFaults({ facts, rules: () => this.#rules, history: earlierState(this.#context) });
    const taken = faults.begin();
    const signal = this.#linked(request.signal, taken.length > 0);
    let passed = request;
    let losesAnswer: ConnectionReset | undefined;
    for (const rule of taken) {
      const { action } = rule;
      const answer = insteadOfAnswer(action, facts);
      if (answer !== undefined) {
        rule.hit();
        return answer;
      }
      if (action.type === "latency") {
        rule.hit();
        await sleep(action.ms + (action.jitterMs ?? 0) * rule.random(), { clock, signal });
      } else if (action.type === "hang") {
        rule.hit();
        await (action.forMs === undefined ? untilAborted(signal as AbortSignal) : sleep(action.forMs, { clock, signal }));
      } else if (action.type === "watchList" && action.as === "ignored") {
        rule.hit();
        passed = { ...passed, path: withoutInitialEvents(passed.path) };
      } else if (action.type === "reset" && (action.at === undefined || action.at === "before-headers")) {
        rule.hit();
        throw new ConnectionReset("before headers", action.scope);
      } else if (action.type === "reset" && action.at === "after-commit") {
        rule.hit();
        losesAnswer = new ConnectionReset("after the request was carried out", action.scope);
      }
    }
    const response = await next(passed);
    if (losesAnswer !== undefined) {
      await response.body[Symbol.asyncIterator]().return?.();
      throw losesAnswer;
    }
    const isWatch = facts.verb === "watch" && response.status === 200;
    if (!isWatch && taken.length === 0) return response;
    const body = new FaultyBody({
      source: response.body,
      faults,
      isWatch,
      clock,
      signal,
      closed: this.#closed.signal,
      onOpen: (opened) => void this.#open.add(opened),
      onClose: (over) => void this.#open.delete(over),
    });
    this.#facts.set(body, facts);
    return { ...response, headers: headersFor(response, taken), body };
  }

  /** Linked to the server's end only where something may be held. */
  #linked(signal: AbortSignal | undefined, mayHold: boolean): AbortSignal | undefined {
    if (!mayHold) return signal;
    return signal === undefined ? this.#closed.signal : AbortSignal.any([signal, this.#closed.signal]);
  }
}

/** A corrupt page has another length than was announced. */
function headersFor({ headers }: TransportResponse, taken: readonly ActiveRule[]): Readonly<Record<string, string>> {
  if (!taken.some(({ action }) => action.type === "corrupt")) return headers;
  const { "content-length": _length, ...rest } = headers;
  return rest;
}

/** Cheap, and never wrong about a watch. */
function mayWatch({ method, path }: ServerRequest): boolean {
  return method === "GET" && path.includes("watch");
}
