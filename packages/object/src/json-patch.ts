import type { Json } from "./kubernetes-object.ts";
import { sameJson } from "./same-json.ts";
import { setOwn } from "./set-own.ts";

/*
 * Why our own: the API server follows evanphx/json-patch v4, which is not quite RFC 6902 (`replace` and `copy` of a missing map
 * key succeed, negative indices count from the end, `test` of a missing key against null passes). fast-json-patch changes its input
 * (fails on frozen objects) and answers these cases differently; rfc6902 changes its input as well. Both would have to be bent in
 * every operation, which is all they do.
 */

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly from: string; readonly path: string };

/** What went wrong: `TooManyOperations` is 413 on the API server, the others 422. */
export type JsonPatchErrorCode = "TooManyOperations" | "CopiesTooLarge" | "TestFailed" | "DoesNotApply" | "UnknownOperation";

/** A JSON patch that cannot be applied. `index` is the operation's place in the patch. */
export class JsonPatchError extends Error {
  override readonly name: string = "JsonPatchError";
  readonly code: JsonPatchErrorCode;
  readonly index: number | undefined;

  constructor(message: string, code: JsonPatchErrorCode, index?: number) {
    super(message);
    this.code = code;
    this.index = index;
  }
}

/** More operations than this are refused, as on kube-apiserver (`maxJSONPatchOperations`). */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;

/** `copy` operations may add this much JSON in all, as on kube-apiserver (`JSONPatchMaxCopyBytes`). */
export const MAX_JSON_PATCH_COPY_BYTES: number = 3 * 1024 * 1024;

/**
 * The document after the operations, in order. `document` is not changed (it may be frozen); the result shares the parts that stayed the same.
 *
 * Follows kube-apiserver where it differs from RFC 6902: `replace` of a missing map key adds it, `copy` of one adds null, `test` of one
 * against null passes, array indices may be negative (from the end), and `add` without a value adds null.
 *
 * @throws JsonPatchError when an operation does not apply; nothing is applied then.
 */
export function applyJsonPatch(document: Json, operations: readonly JsonPatchOperation[]): Json {
  if (operations.length > MAX_JSON_PATCH_OPERATIONS) {
    throw new JsonPatchError(
      `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${operations.length}`,
      "TooManyOperations",
    );
  }
  return new PatchedDocument(document).apply(operations);
}

type MutableMap = Record<string, Json>;
type Container = Json[] | MutableMap;

/** A document being patched: containers are copied the first time they change, then changed in place. */
class PatchedDocument {
  #root: Json;
  #index = 0;
  #copiedBytes = 0;
  readonly #ours = new Set<unknown>();

  constructor(root: Json) {
    this.#root = root;
  }

  apply(operations: readonly JsonPatchOperation[]): Json {
    for (const [index, operation] of operations.entries()) {
      this.#index = index;
      this.#applyOne(operation);
    }
    return this.#root;
  }

  #applyOne(operation: JsonPatchOperation): void {
    // A patch comes from the wire: an operation may be null or lack fields whatever its type says.
    switch (operation?.op) {
      case "add":
        return this.#add(operation.path, operation.value ?? null, "add");
      case "remove":
        return this.#remove(operation.path, "remove");
      case "replace":
        return this.#replace(operation.path, operation.value ?? null);
      case "test":
        return this.#test(operation.path, operation.value ?? null);
      case "move": {
        const value = this.#read(operation.from, "move") ?? null;
        this.#remove(operation.from, "move");
        return this.#add(operation.path, value, "move");
      }
      case "copy": {
        const value = this.#read(operation.from, "copy") ?? null;
        this.#countCopy(value);
        return this.#add(operation.path, this.#disown(value), "copy");
      }
      default:
        throw this.#failure(`Unexpected kind: ${String((operation as { op?: unknown } | null)?.op ?? "unknown")}`, "UnknownOperation");
    }
  }

  #add(path: string, value: Json, op: string): void {
    const { container, key } = this.#writable(path, op);
    if (!Array.isArray(container)) return setOwn(container, key, value);
    const index = key === "-" ? container.length : this.#arrayIndex(key, container.length + 1, op, path);
    container.splice(index, 0, value);
  }

  #remove(path: string, op: string): void {
    const { container, key } = this.#writable(path, op);
    if (Array.isArray(container)) container.splice(this.#arrayIndex(key, container.length, op, path), 1);
    else if (Object.hasOwn(container, key)) delete container[key];
    else throw this.#failure(`error in ${op} for path: '${path}': Unable to remove nonexistent key: ${key}: missing value`);
  }

  #replace(path: string, value: Json): void {
    if (path === "") {
      if (!isContainer(value)) throw this.#failure("replace operation value must be object or array");
      this.#root = value;
      return;
    }
    const { container, key } = this.#writable(path, "replace");
    if (Array.isArray(container)) container[this.#arrayIndex(key, container.length, "replace", path)] = value;
    else setOwn(container, key, value);
  }

  #test(path: string, expected: Json): void {
    const actual = path === "" ? this.#root : (this.#read(path, "test") ?? null);
    if (!sameJson(actual, expected)) throw this.#failure(`testing value ${path} failed: test failed`, "TestFailed");
  }

  /** The value at `path`; `undefined` when its map lacks the key. */
  #read(path: string, op: string): Json | undefined {
    const { parents, key } = this.#parse(path, op);
    let container = this.#root;
    for (const token of parents) {
      const next = child(container, token);
      if (!isContainer(next)) throw this.#missing(path, op);
      container = next;
    }
    if (!isContainer(container)) throw this.#missing(path, op);
    if (Array.isArray(container)) return (container as Json[])[this.#arrayIndex(key, container.length, op, path)];
    return child(container, key);
  }

  /** The container that holds `path`'s last token, and every container above it, made ours to change. */
  #writable(path: string, op: string): { container: Container; key: string } {
    const { parents, key } = this.#parse(path, op);
    if (!isContainer(this.#root)) throw this.#missing(path, op);
    let container = this.#own(this.#root);
    this.#root = container;
    for (const token of parents) {
      const next = child(container, token);
      if (!isContainer(next)) throw this.#missing(path, op);
      const owned = this.#own(next);
      if (Array.isArray(container)) container[indexOf(token, container.length) ?? 0] = owned;
      else setOwn(container, token, owned);
      container = owned;
    }
    return { container, key };
  }

  #own(container: Json): Container {
    if (this.#ours.has(container)) return container as Container;
    // Spread copies an own `__proto__` as an own property.
    const copy: Container = Array.isArray(container) ? [...(container as readonly Json[])] : { ...(container as MutableMap) };
    this.#ours.add(copy);
    return copy;
  }

  /** A value that is about to be in two places: what we changed so far in it must not be changed in place again. */
  #disown(value: Json): Json {
    if (!this.#ours.delete(value)) return value;
    for (const part of Object.values(value as object)) this.#disown(part as Json);
    return value;
  }

  #countCopy(value: Json): void {
    this.#copiedBytes += Buffer.byteLength(JSON.stringify(value));
    if (this.#copiedBytes <= MAX_JSON_PATCH_COPY_BYTES) return;
    throw this.#failure(
      `Unable to complete the copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${MAX_JSON_PATCH_COPY_BYTES}`,
      "CopiesTooLarge",
    );
  }

  #parse(path: unknown, op: string): { parents: string[]; key: string } {
    if (typeof path !== "string") throw this.#failure(`${op} operation failed to decode path: missing value`);
    const parents = path.split("/").slice(1).map(unescapeToken);
    const key = parents.pop();
    if (key === undefined) throw this.#missing(path, op);
    return { parents, key };
  }

  #arrayIndex(key: string, length: number, op: string, path: string): number {
    const index = indexOf(key, length);
    if (index === undefined) throw this.#failure(`error in ${op} for path: '${path}': Unable to access invalid index: ${key}`);
    return index;
  }

  #missing(path: string, op: string): JsonPatchError {
    return this.#failure(`${op} operation does not apply: doc is missing path: "${path}": missing value`);
  }

  #failure(message: string, code: JsonPatchErrorCode = "DoesNotApply"): JsonPatchError {
    return new JsonPatchError(`JSON patch operation ${this.#index}: ${message}`, code, this.#index);
  }
}

function unescapeToken(token: string): string {
  return token.includes("~") ? token.replaceAll("~1", "/").replaceAll("~0", "~") : token;
}

function child(container: Json, token: string): Json | undefined {
  if (Array.isArray(container)) {
    const index = indexOf(token, container.length);
    return index === undefined ? undefined : (container as Json[])[index];
  }
  return Object.hasOwn(container as MutableMap, token) ? (container as MutableMap)[token] : undefined;
}

/** An index as Go's `strconv.Atoi` reads it (signs and leading zeros allowed); negative ones count from the end. */
function indexOf(token: string, length: number): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(token)) return undefined;
  const index = Number(token);
  if (index >= length || index < -length) return undefined;
  return index < 0 ? index + length : index;
}

function isContainer(value: Json | undefined): value is readonly Json[] | { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null;
}
