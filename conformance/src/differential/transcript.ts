import type { JsonBody, RawResponse } from "../raw-http.ts";

/** One request and its answer, with everything replaced that two servers need not agree on. */
export interface Exchange {
  readonly request: string;
  readonly status: number;
  readonly warning: string | undefined;
  readonly body: unknown;
}

/**
 * Makes answers of different servers comparable: versions and uids become numbers in the order they were first seen (so that "changed"
 * and "unchanged" still show), times become a word, and managers are sorted, since their order depends on the clock.
 */
export class Masker {
  readonly #seen = new Map<string, string>();

  mask(request: string, response: RawResponse): Exchange {
    const body: unknown = response.text.startsWith("{") ? this.#value(comparable(response.json)) : response.text;
    return { request, status: response.status, warning: response.headers["warning"], body };
  }

  /** The events of a watch, as one more answer. */
  maskEvents(request: string, events: readonly JsonBody[]): Exchange {
    return { request, status: 200, warning: undefined, body: this.#value(events) };
  }

  #value(value: JsonBody, key: string = ""): unknown {
    if (typeof value === "string") return this.#text(value, key);
    // Ours are shorter: they are for people.
    if (key === "columnDefinitions" && Array.isArray(value))
      return value.map((column: JsonBody) => this.#value({ ...column, description: "" }));
    if (key === "cells" && Array.isArray(value)) return value.map((cell: JsonBody) => (isAge(cell) ? "<age>" : this.#value(cell)));
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#value(item));
      return key === "managedFields" || key === "causes"
        ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : items;
    }
    if (value === null || typeof value !== "object") return value;
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((name) => [name, this.#value((value as Record<string, unknown>)[name], name)]));
  }

  #text(value: string, key: string): string {
    if (key === "resourceVersion") return this.#numbered("version", value);
    if (key === "uid") return this.#numbered("uid", value);
    if (key === "continue" && value !== "") return "<continue>";
    return value
      .replaceAll(
        /precondition \(\w+\) does not match the ResourceVersion in record \(\d+\)/g,
        "precondition does not match the ResourceVersion in record",
      )
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) => (time.startsWith("2026-01-02") ? time : "<time>"))
      .replaceAll(/\b(m\d+-|Bad_)[a-z0-9]{5}\b/g, "$1*****")
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) => this.#numbered("uid", uid));
  }

  #numbered(what: string, value: string): string {
    const known = this.#seen.get(value);
    if (known !== undefined) return known;
    const name = `<${what} ${this.#seen.size}>`;
    this.#seen.set(value, name);
    return name;
  }
}

/** An age, or a port of a service that looks like one and is none of the kinds here. */
function isAge(cell: unknown): boolean {
  return typeof cell === "string" && /^(\d+[smhdy])+$/.test(cell);
}

/** Without what two servers may tell differently. */
function comparable(body: JsonBody): JsonBody {
  // A list's version counts what others write at the same time.
  if (Array.isArray(body.items) || body.kind === "Table" || body.kind === "PartialObjectMetadataList")
    return { ...body, metadata: { ...body.metadata, resourceVersion: "0" } };
  if (body.kind !== "Status") return body;
  if (!Array.isArray(body.details?.causes)) return { ...body, message: withoutTypeErrors(String(body.message)) };
  const causes = body.details.causes.filter((cause: JsonBody) => !String(cause.message).includes("accessor error")).map(withoutQuote);
  // The real server tells some causes twice, and all of them again in the message.
  const once = Array.from(new Set<string>(causes.map((cause: JsonBody) => JSON.stringify(cause))), (text): JsonBody => JSON.parse(text));
  return { ...body, message: body.reason === "Invalid" ? "<see causes>" : body.message, details: { ...body.details, causes: once } };
}

/** The type errors of an apply come in the order of a Go map, and only some of them are told. */
function withoutTypeErrors(message: string): string {
  return message.replace(/^(failed to create typed patch object \([^)]*\)): .*$/s, "$1");
}

/** A value that a message quotes whole may have its keys in any order. */
function withoutQuote(cause: JsonBody): JsonBody {
  const message = String(cause.message).replace(/^Invalid value: "\{.*\}": /s, "Invalid value: <object>: ");
  // What a pod may not change is followed by a picture of the difference, for people.
  return { ...cause, message: message.replace(/(pod updates may not change fields other than [^\n]*)\n.*$/s, "$1") };
}

/** The first place where two values differ, as a path and both sides; undefined when they are the same. */
export function firstDifference(real: unknown, ours: unknown, path: string = ""): string | undefined {
  if (Object.is(real, ours)) return undefined;
  if (!isObject(real) || !isObject(ours) || Array.isArray(real) !== Array.isArray(ours)) {
    return `${path || "answer"}\n  real: ${JSON.stringify(real)?.slice(0, 600)}\n  ours: ${JSON.stringify(ours)?.slice(0, 600)}`;
  }
  for (const key of new Set([...Object.keys(real), ...Object.keys(ours)])) {
    const difference = firstDifference(real[key], ours[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object";
}
