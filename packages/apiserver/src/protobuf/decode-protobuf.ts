import type { JsonObject } from "../json-object.ts";
import { KIND_MESSAGES, MESSAGE_FIELDS } from "./generated/messages.ts";
import { type WireField, WireError, wireFields } from "./wire-reader.ts";

/** The first bytes of every protobuf object: `k8s` and a zero. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
const MAX_DEPTH = 100;

/**
 * Reads `application/vnd.kubernetes.protobuf`: an envelope that names the type, and a message of that type. The result is the JSON
 * a client of JSON would have sent. kubectl's generators and every Go client write built-in kinds this way and know no other.
 *
 * Source: apimachinery `runtime/serializer/protobuf/protobuf.go`, `runtime/generated.proto` (Unknown).
 * @throws WireError
 */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  if (bytes.length < MAGIC.length || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new WireError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  let apiVersion = "";
  let kind = "";
  let raw: Uint8Array = new Uint8Array();
  for (const field of wireFields(bytes.subarray(MAGIC.length))) {
    if (field.type !== "bytes") continue;
    if (field.number === 1) ({ apiVersion, kind } = typeMeta(field.bytes));
    if (field.number === 2) raw = field.bytes;
  }
  const name = messageOf(apiVersion, kind);
  if (name === undefined) throw new WireError(`there is no protobuf form of ${JSON.stringify(kind)} in ${JSON.stringify(apiVersion)}`);
  return { apiVersion, kind, ...message(raw, name, 0) };
}

function typeMeta(bytes: Uint8Array): { apiVersion: string; kind: string } {
  const meta = { apiVersion: "", kind: "" };
  for (const field of wireFields(bytes)) {
    if (field.type !== "bytes") continue;
    if (field.number === 1) meta.apiVersion = text(field.bytes);
    if (field.number === 2) meta.kind = text(field.bytes);
  }
  return meta;
}

function messageOf(apiVersion: string, kind: string): string | undefined {
  // Delete options are sent in every group's name.
  if (kind === "DeleteOptions") return KIND_MESSAGES["DeleteOptions"];
  const key = `${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}/${kind}`;
  return Object.hasOwn(KIND_MESSAGES, key) ? KIND_MESSAGES[key] : undefined;
}

/** A field of a message, from the table. */
interface FieldPlan {
  /** Empty when the field's own fields belong to this message. */
  readonly name: string;
  /** Zero values stay: the field is a pointer, or JSON always has it. */
  readonly keepsZero: boolean;
  readonly shape: "one" | "list" | "map";
  /** A letter, or the name of a message. */
  readonly type: string;
}

const plans = new Map<string, ReadonlyMap<number, FieldPlan>>();

function planOf(name: string): ReadonlyMap<number, FieldPlan> {
  const known = plans.get(name);
  if (known !== undefined) return known;
  const entries = (MESSAGE_FIELDS[name] ?? "")
    .split(";")
    .filter((entry) => entry !== "")
    .map((entry): [number, FieldPlan] => {
      const [number = "", field = "", code = ""] = entry.split(",");
      return [Number(number), fieldPlan(field, code)];
    });
  const plan = new Map(entries);
  plans.set(name, plan);
  return plan;
}

function fieldPlan(name: string, code: string): FieldPlan {
  const keepsZero = code.startsWith("?") || code.startsWith("!");
  const rest = keepsZero ? code.slice(1) : code;
  if (rest.startsWith("*")) return { name, keepsZero: true, shape: "list", type: rest.slice(1).replace("?", "") };
  if (rest.startsWith("%")) return { name, keepsZero: true, shape: "map", type: rest.slice(1).replace("?", "") };
  return { name, keepsZero, shape: "one", type: rest };
}

function message(bytes: Uint8Array, name: string, depth: number): JsonObject {
  if (depth > MAX_DEPTH) throw new WireError("messages are nested too deep");
  const plan = planOf(name);
  const result: JsonObject = {};
  for (const field of wireFields(bytes)) {
    const known = plan.get(field.number);
    if (known === undefined) continue;
    if (known.shape === "map") addEntry(result, known, field, depth);
    else if (known.shape === "list")
      result[known.name] = [...((result[known.name] as unknown[] | undefined) ?? []), value(field, known.type, depth)];
    else addValue(result, known, value(field, known.type, depth));
  }
  return result;
}

function addValue(result: JsonObject, { name, keepsZero }: FieldPlan, decoded: unknown): void {
  if (name === "") Object.assign(result, decoded);
  else if (keepsZero || !isZero(decoded)) result[name] = decoded;
}

/** A map's entry: field 1 is the key, field 2 the value; either may be left out when it is zero. */
function addEntry(result: JsonObject, { name, type }: FieldPlan, field: WireField, depth: number): void {
  let key = "";
  let part: unknown = ZERO[type] ?? (type === "Q" ? "0" : {});
  for (const entry of wireFields(bytesOf(field))) {
    if (entry.number === 1) key = text(bytesOf(entry));
    if (entry.number === 2) part = value(entry, type, depth);
  }
  const map = (result[name] ??= {}) as JsonObject;
  Object.defineProperty(map, key, { value: part, enumerable: true, configurable: true, writable: true });
}

const ZERO: Readonly<Record<string, unknown>> = { s: "", i: 0, b: false, d: 0, y: "", E: [] };

function isZero(decoded: unknown): boolean {
  return decoded === "" || decoded === 0 || decoded === false || decoded === null || decoded === undefined;
}

function value(field: WireField, type: string, depth: number): unknown {
  switch (type) {
    case "s":
      return text(bytesOf(field));
    case "i":
      return numberOf(field);
    case "b":
      return numberOf(field) !== 0;
    case "d":
      return field.type === "fixed64" ? view(field.bytes).getFloat64(0, true) : 0;
    case "y":
      return Buffer.from(bytesOf(field)).toString("base64");
    default:
      return (SPECIAL[type] ?? ((bytes) => message(bytes, type, depth + 1)))(bytesOf(field), depth);
  }
}

/** Types that JSON writes in another way than protobuf. */
const SPECIAL: Readonly<Record<string, (bytes: Uint8Array, depth: number) => unknown>> = {
  T: (bytes) => timeOf(bytes, 0),
  U: (bytes) => timeOf(bytes, 6),
  /** A Go duration. */
  D: (bytes) => `${Number(first(bytes, 1) ?? 0n) / 1e9}s`,
  Q: (bytes) => textOf(bytes, 1),
  I(bytes) {
    const isText = (first(bytes, 1) ?? 0n) === 1n;
    return isText ? textOf(bytes, 3) : Number(first(bytes, 2) ?? 0n);
  },
  /** JSON inside. */
  R(bytes) {
    const inner = textOf(bytes, 1);
    if (inner === "") return null;
    try {
      return JSON.parse(inner) as unknown;
    } catch {
      throw new WireError("embedded JSON is not JSON");
    }
  },
  /** A named list of strings. */
  E: (bytes) => [...wireFields(bytes)].filter(({ number }) => number === 1).map((field) => text(bytesOf(field))),
  A: (bytes, depth) => schemaOr(bytes, depth, (list) => list.map((part) => schema(part, depth))),
  B(bytes, depth) {
    const own = part(bytes, 2);
    return own === undefined ? (first(bytes, 1) ?? 0n) !== 0n : schema(own, depth);
  },
  C: (bytes, depth) => schemaOr(bytes, depth, (list) => list.map(text)),
};

function schemaOr(bytes: Uint8Array, depth: number, list: (parts: readonly Uint8Array[]) => unknown): unknown {
  const own = part(bytes, 1);
  if (own !== undefined) return schema(own, depth);
  return list([...wireFields(bytes)].filter(({ number }) => number === 2).map(bytesOf));
}

function schema(bytes: Uint8Array, depth: number): JsonObject {
  return message(bytes, "apiextensions.v1.JSONSchemaProps", depth + 1);
}

/** Seconds and nanoseconds as text with so many digits of the second; nothing at all is no time. */
function timeOf(bytes: Uint8Array, digits: number): string | null {
  if (bytes.length === 0) return null;
  const seconds = Number(first(bytes, 1) ?? 0n);
  const nanos = Number(first(bytes, 2) ?? 0n);
  if (Math.abs(seconds) > 1e11) throw new WireError("a time is out of range");
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, "0").slice(0, digits)}Z`;
}

function part(bytes: Uint8Array, number: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const field of wireFields(bytes)) if (field.number === number && field.type === "bytes") found = field.bytes;
  return found;
}

function textOf(bytes: Uint8Array, number: number): string {
  const found = part(bytes, number);
  return found === undefined ? "" : text(found);
}

function first(bytes: Uint8Array, number: number): bigint | undefined {
  for (const field of wireFields(bytes)) if (field.number === number && field.type === "varint") return field.value;
  return undefined;
}

function bytesOf(field: WireField): Uint8Array {
  if (field.type !== "bytes") throw new WireError(`field ${field.number} is not of bytes`);
  return field.bytes;
}

function numberOf(field: WireField): number {
  if (field.type !== "varint") throw new WireError(`field ${field.number} is not a number`);
  return Number(field.value);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
