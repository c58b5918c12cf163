import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import type { ActiveRule, EventFacts } from "./active-rule.ts";
import type { FaultAction } from "./fault-rule.ts";
import type { RequestFacts } from "./request-facts.ts";

/** One thing to do with a body, in order. */
export type Step =
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  | { readonly type: "wait"; readonly ms: number }
  /** Until the client leaves or the server closes. */
  | { readonly type: "hold" }
  | { readonly type: "reset"; readonly what: string; readonly scope: "request" | "connection" }
  | { readonly type: "end" };

/** An older state of the object of an event: `back` changes before `version`. */
export type History = (facts: RequestFacts, event: EventFacts, version: number, back: number) => JsonObject | undefined;

export interface StreamFaultsOptions {
  readonly facts: RequestFacts;
  /** Every rule there is now; it may change while the stream is open. */
  readonly rules: () => readonly ActiveRule[];
  readonly history: History;
}

interface RuleState {
  /** Events sent since the rule took this stream. */
  events: number;
  /** An interruption that is over. */
  isSpent: boolean;
}

/**
 * What the rules make of one body: decides, and does nothing itself. A rule that was added while the stream was open applies from then on.
 */
export class StreamFaults {
  readonly #options: StreamFaultsOptions;
  /** `undefined` for a rule that does not concern this stream. */
  readonly #states = new WeakMap<ActiveRule, RuleState | "not mine">();

  constructor(options: StreamFaultsOptions) {
    this.#options = options;
  }

  /** At the request's start: the rules that hit it, each counted. */
  begin(): readonly ActiveRule[] {
    return this.#options.rules().filter((rule) => this.#decide(rule) !== undefined);
  }

  /** What is due before anything more is read: the stream falls silent, breaks or ends. */
  before(): readonly Step[] {
    for (const rule of this.#options.rules()) {
      const state = this.#stateOf(rule);
      if (state === undefined || rule.match.event !== undefined) continue;
      const interruption = interruptionOf(rule.action);
      if (interruption === undefined || interruption.inMiddle || state.events < interruption.after) continue;
      const steps = interrupt(rule, state);
      if (steps.length > 0) return steps;
    }
    return [];
  }

  /** Whether any rule wants to see what this body says. */
  get isConcerned(): boolean {
    return this.#options.rules().some((rule) => this.#stateOf(rule) !== undefined);
  }

  onLines(lines: readonly Uint8Array[]): readonly Step[] {
    const steps: Step[] = [];
    for (const line of lines) {
      const due = this.before();
      steps.push(...due);
      if (isFinal(due)) return steps;
      const told = this.#onLine(line);
      steps.push(...told);
      if (isFinal(told)) return steps;
    }
    return this.#dripped([...steps, ...this.before()]);
  }

  onPage(page: Uint8Array): readonly Step[] {
    let steps: readonly Step[] = [{ type: "bytes", bytes: page }];
    for (const rule of this.#options.rules()) {
      const state = this.#stateOf(rule);
      if (state === undefined || state.isSpent) continue;
      const { action } = rule;
      if (action.type === "corrupt") {
        rule.hit();
        steps = [{ type: "bytes", bytes: corrupted(page, action.how) }];
      } else if (action.type === "silence" || (action.type === "reset" && action.at === "mid-page")) {
        const after = action.afterBytes ?? (action.type === "reset" ? page.byteLength >> 1 : 0);
        const cut = interrupt(rule, state);
        steps = [...bytesOf(page.subarray(0, after)), ...cut, ...(isFinal(cut) ? [] : bytesOf(page.subarray(after)))];
      }
    }
    return this.#dripped(steps);
  }

  #onLine(line: Uint8Array): readonly Step[] {
    const event = eventOf(line);
    const before: Step[] = [];
    const after: Step[] = [];
    let copies = 1;
    let bytes = line;
    for (const rule of this.#options.rules()) {
      const state = this.#stateOf(rule);
      if (state === undefined) continue;
      const { action } = rule;
      if (action.type === "watchList" && event.endsInitial && (action.as === "unending" || action.as === "ignored")) {
        if (action.as === "unending") rule.hit();
        return [];
      }
      const interruption = interruptionOf(action);
      if (interruption !== undefined) {
        const isDue = rule.match.event === undefined ? interruption.inMiddle && state.events >= interruption.after : rule.takesEvent(event);
        state.events += 1;
        if (!isDue || state.isSpent) continue;
        const cut = interrupt(rule, state);
        before.push(...(interruption.inMiddle ? bytesOf(line.subarray(0, line.byteLength >> 1)) : []), ...cut);
        if (isFinal(cut)) return before;
        continue;
      }
      if (!EVENT_FAULTS.has(action.type) || !rule.takesEvent(event)) continue;
      rule.hit();
      if (action.type === "drop") return before;
      if (action.type === "delay") before.push({ type: "wait", ms: action.ms });
      else if (action.type === "duplicate") copies += action.copies ?? 1;
      else if (action.type === "corrupt") bytes = corrupted(line, action.how);
      else if (action.type === "stale") after.push(...this.#older(event, action.back ?? 1));
    }
    return [...before, ...Array.from({ length: copies }, (): Step => ({ type: "bytes", bytes })), ...after];
  }

  #older(event: ParsedEvent, back: number): readonly Step[] {
    const { facts, history } = this.#options;
    const object = history(facts, event, event.version, back);
    if (object === undefined) return [];
    const shown =
      event.kind === "PartialObjectMetadata" ? { kind: event.kind, apiVersion: event.apiVersion, metadata: object["metadata"] } : object;
    return bytesOf(ENCODER.encode(`${JSON.stringify({ type: "MODIFIED", object: shown })}\n`));
  }

  /** Pieces of bytes, each after a wait. */
  #dripped(steps: readonly Step[]): readonly Step[] {
    let result = steps;
    for (const rule of this.#options.rules()) {
      const { action } = rule;
      if (action.type !== "drip" || this.#stateOf(rule) === undefined) continue;
      rule.hit();
      const size = action.bytes ?? 1;
      result = result.flatMap((step) => {
        if (step.type !== "bytes") return [step];
        const pieces: Step[] = [];
        for (let from = 0; from < step.bytes.byteLength; from += size) {
          pieces.push({ type: "wait", ms: action.everyMs }, { type: "bytes", bytes: step.bytes.subarray(from, from + size) });
        }
        return pieces;
      });
    }
    return result;
  }

  /** Decides about a rule that came while the stream was open, once. */
  #stateOf(rule: ActiveRule): RuleState | undefined {
    const known = this.#states.get(rule);
    if (known !== undefined) return known === "not mine" ? undefined : known;
    return isStreamFault(rule.action) ? this.#decide(rule) : undefined;
  }

  #decide(rule: ActiveRule): RuleState | undefined {
    const state = rule.takesRequest(this.#options.facts) ? { events: 0, isSpent: false } : undefined;
    this.#states.set(rule, state ?? "not mine");
    return state;
  }
}

interface Interruption {
  readonly after: number;
  /** Within an event, not between two. */
  readonly inMiddle: boolean;
}

function interruptionOf(action: FaultAction): Interruption | undefined {
  switch (action.type) {
    case "silence":
    case "end":
      return { after: action.afterEvents ?? 0, inMiddle: false };
    case "watchList":
      return action.as === "cut" ? { after: action.afterEvents ?? 0, inMiddle: false } : undefined;
    case "reset":
      if (action.at !== "mid-event" && action.at !== "after-events") return undefined;
      return { after: action.afterEvents ?? 0, inMiddle: action.at === "mid-event" };
    default:
      return undefined;
  }
}

function interrupt(rule: ActiveRule, state: RuleState): readonly Step[] {
  if (state.isSpent) return [];
  state.isSpent = true;
  rule.hit();
  const { action } = rule;
  if (action.type === "end") return [{ type: "end" }];
  if (action.type === "silence") return [action.forMs === undefined ? { type: "hold" } : { type: "wait", ms: action.forMs }];
  const scope = action.type === "reset" ? (action.scope ?? "request") : "request";
  return [{ type: "reset", what: action.type === "reset" ? String(action.at) : action.type, scope }];
}

/** Faults of bodies, as opposed to those that come before or in place of an answer. */
function isStreamFault(action: FaultAction): boolean {
  return action.type === "drip" || EVENT_FAULTS.has(action.type) || interruptionOf(action) !== undefined;
}

const EVENT_FAULTS: ReadonlySet<string> = new Set(["drop", "delay", "duplicate", "stale", "corrupt"]);

function isFinal(steps: readonly Step[]): boolean {
  const last = steps.at(-1)?.type;
  return last === "hold" || last === "reset" || last === "end";
}

interface ParsedEvent extends EventFacts {
  readonly version: number;
  readonly kind: string;
  readonly apiVersion: string;
  readonly endsInitial: boolean;
}

function eventOf(line: Uint8Array): ParsedEvent {
  const { type, object } = JSON.parse(DECODER.decode(line)) as { readonly type: string; readonly object: JsonObject };
  const metadata = objectAt(object, "metadata");
  return {
    type,
    namespace: stringAt(metadata, "namespace"),
    name: stringAt(metadata, "name"),
    version: Number(stringAt(metadata, "resourceVersion")),
    kind: stringAt(object, "kind"),
    apiVersion: stringAt(object, "apiVersion"),
    endsInitial: type === "BOOKMARK" && stringAt(objectAt(metadata, "annotations"), "k8s.io/initial-events-end") === "true",
  };
}

function corrupted(bytes: Uint8Array, how: "garbage" | "truncated" | "html" = "garbage"): Uint8Array {
  const middle = bytes.byteLength >> 1;
  if (how === "html") return ENCODER.encode("<html><body><h1>502 Bad Gateway</h1></body></html>\n");
  if (how === "truncated") return Uint8Array.from([...bytes.subarray(0, middle), NEWLINE]);
  const broken = Uint8Array.from(bytes);
  // Neither JSON nor UTF-8, wherever they fall.
  broken.set([0x00, 0xff, 0xfe, 0x7b].slice(0, Math.max(0, broken.byteLength - 1)), Math.min(middle, Math.max(0, broken.byteLength - 5)));
  return broken;
}

function bytesOf(bytes: Uint8Array): readonly Step[] {
  return bytes.byteLength === 0 ? [] : [{ type: "bytes", bytes }];
}

const NEWLINE = 0x0a;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
