import type { EventMatch, FaultAction, FaultMatch, FaultRule, FaultRuleOptions } from "./fault-rule.ts";
import { type RequestFacts, matchesRequest } from "./request-facts.ts";
import { TurnCounter, seededRandom } from "./turn-counter.ts";

/** An event as a watch is about to send it. */
export interface EventFacts {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
}

/** A rule and how far it has come. */
export class ActiveRule implements FaultRule {
  readonly action: FaultAction;
  readonly match: FaultMatch;
  /** For jitter: numbers of its own, so that the turns stay what they are. */
  readonly random: () => number;
  readonly #remove: (rule: ActiveRule) => void;
  readonly #requests: TurnCounter;
  readonly #events: TurnCounter;
  #hits = 0;

  constructor(options: FaultRuleOptions, remove: (rule: ActiveRule) => void) {
    this.match = options.when ?? {};
    this.action = options.do;
    this.random = seededRandom((this.match.seed ?? 1) + 1);
    this.#requests = new TurnCounter(this.match);
    this.#events = new TurnCounter(this.match.event ?? {});
    this.#remove = remove;
  }

  get hits(): number {
    return this.#hits;
  }

  remove(): void {
    this.#remove(this);
  }

  hit(): void {
    this.#hits += 1;
  }

  /** Counts a request that matches; whether it is one of those hit. */
  takesRequest(facts: RequestFacts): boolean {
    return concerns(this.action, facts) && matchesRequest(this.match, facts) && this.#requests.take();
  }

  /** Counts an event that matches; whether it is one of those hit. */
  takesEvent(event: EventFacts): boolean {
    return matchesEvent(this.match.event ?? {}, event) && this.#events.take();
  }
}

/** Whether a fault can happen to such a request at all; others are not counted. */
function concerns(action: FaultAction, { verb, initialEvents }: RequestFacts): boolean {
  const isWatch = verb === "watch";
  switch (action.type) {
    case "watchList":
      return initialEvents;
    case "expire":
      return isWatch || verb === "list";
    case "drop":
    case "delay":
    case "duplicate":
    case "stale":
    case "end":
      return isWatch;
    case "reset":
      if (action.at === "mid-page") return !isWatch;
      return isWatch || (action.at !== "mid-event" && action.at !== "after-events");
    default:
      return true;
  }
}

function matchesEvent({ type, namespace, name }: EventMatch, event: EventFacts): boolean {
  if (type === undefined ? event.type === "BOOKMARK" || event.type === "ERROR" : event.type !== type) return false;
  return (namespace === undefined || event.namespace === namespace) && (name === undefined || event.name === name);
}
