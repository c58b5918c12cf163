import { PATCH_TYPES } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { deletionQuery, listQuery, nextPageQuery } from "./random-list.ts";
import type { Random } from "./random.ts";
import type { Subject } from "./subjects.ts";

/** A request whose versions and uids are still to be filled in from what the server has answered. */
export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** In which form the answer is asked for. @default JSON */
  readonly accept?: string;
  /** The object whose last seen state `body` starts from. */
  readonly basedOn?: string;
}

/** Where a request's body takes something from the object as it was last seen. */
export const LAST_VERSION = "<last version>";
export const LAST_UID = "<last uid>";
/** The version at which it was seen for the first time. */
export const FIRST_VERSION = "<first version>";

const NAMES = ["one", "two"] as const;

/** One more request about some object of some kind. */
export function randomRequest(random: Random, subjects: readonly [Subject, ...Subject[]]): RandomRequest {
  const subject = random.pick(subjects);
  const name = random.pick(NAMES);
  const path = `${subject.path}/${name}`;
  const turn = random.next();
  if (turn < 0.22) return creating(random, subject, name);
  if (turn < 0.36) return replacing(random, subject, name, path);
  if (turn < 0.5) return mergePatch(random, subject, path);
  if (turn < 0.6) return jsonPatch(random, subject, path);
  if (turn < 0.64 && subject.strategic !== undefined) return strategicPatch(random, subject, path);
  if (turn < 0.8) return applying(random, subject, name, path);
  if (turn < 0.86) return deleting(random, path);
  if (turn < 0.88) return deletingAll(random, subject);
  if (turn < 0.92) return { method: "GET", path: place(random, subject, path), ...form(random) };
  if (turn < 0.96) return { method: "GET", path: subject.path + listQuery(random, subject), ...form(random) };
  return { method: "GET", path: subject.path + nextPageQuery(random), ...form(random) };
}

/** As a table, or metadata alone. */
function form(random: Random): Pick<RandomRequest, "accept"> {
  if (!random.chance(0.3)) return {};
  const as = random.pick(["Table", "Table", "PartialObjectMetadata", "PartialObjectMetadataList"]);
  return { accept: `application/json;as=${as};v=v1;g=meta.k8s.io` };
}

/** Generated names begin differently each time, so that they sort alike on every server. */
function creating(random: Random, subject: Subject, name: string): RandomRequest {
  const body = objectOf(random, subject, name);
  if (random.chance(0.25)) {
    body.metadata.generateName = random.chance(0.1) ? "Bad_" : `m${random.below(1e6)}-`;
    if (random.chance(0.95)) delete body.metadata.name;
  }
  if (random.chance(0.03)) body.metadata.resourceVersion = "1";
  return { method: "POST", path: subject.path + writeQuery(random), body };
}

/** Mostly the newest, else one that conflicts or is none. */
function version(random: Random): string {
  return random.chance(0.8) ? LAST_VERSION : random.pick([FIRST_VERSION, FIRST_VERSION, "0", "999999999", "none"]);
}

function strategicPatch(random: Random, subject: Subject, path: string): RandomRequest {
  const body: JsonBody = { ...(random.chance(0.3) ? { metadata: metadata(random) } : {}), ...subject.strategic?.(random) };
  if (random.chance(0.15)) body.metadata = { ...body.metadata, resourceVersion: version(random) };
  return { method: "PATCH", path: path + writeQuery(random), body, contentType: PATCH_TYPES.strategic, basedOn: path };
}

function deletingAll(random: Random, subject: Subject): RandomRequest {
  const preconditions = random.chance(0.1) ? { body: { preconditions: { uid: LAST_UID } } } : {};
  return { method: "DELETE", path: subject.path + deletionQuery(random, subject), ...preconditions, ...form(random) };
}

function objectOf(random: Random, subject: Subject, name: string): JsonBody {
  return { apiVersion: subject.apiVersion, kind: subject.kind, metadata: { name, ...metadata(random) }, ...subject.fields(random) };
}

function metadata(random: Random): JsonBody {
  return {
    ...(random.chance(0.3) ? { labels: random.chance(0.05) ? { "bad key!": "x" } : { l: String(random.below(2)) } } : {}),
    ...(random.chance(0.2) ? { annotations: { n: String(random.below(2)) } } : {}),
    ...(random.chance(0.15) ? { finalizers: random.some(["example.com/f", "example.com/g"], 0.7) } : {}),
  };
}

function writeQuery(random: Random): string {
  const parts = [
    ...(random.chance(0.5) ? [`fieldManager=${random.pick(["alpha", "beta"])}`] : []),
    ...(random.chance(0.1) ? ["dryRun=All"] : []),
    ...(random.chance(0.2) ? [`fieldValidation=${random.pick(["Strict", "Ignore", "Warn"])}`] : []),
  ];
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function replacing(random: Random, subject: Subject, name: string, path: string): RandomRequest {
  const at = place(random, subject, path);
  const scale = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name }, spec: { replicas: random.below(4) } };
  const object: JsonBody = at.endsWith("/scale") ? scale : withoutWrongSpec(at, objectOf(random, subject, name));
  if (random.chance(0.7)) object.metadata.resourceVersion = version(random);
  if (random.chance(0.1)) object.metadata.uid = LAST_UID;
  return { method: "PUT", path: at + writeQuery(random), body: object, basedOn: path };
}

/** The object, or one of its subresources. */
function place(random: Random, subject: Subject, path: string): string {
  const [first, second] = subject.subresources;
  if (first === undefined || !random.chance(0.3)) return path;
  return `${path}/${second !== undefined && random.chance(0.3) ? second : first}`;
}

function mergePatch(random: Random, subject: Subject, path: string): RandomRequest {
  const at = place(random, subject, path);
  const fields = at.endsWith("/scale") ? { spec: { replicas: random.below(4) } } : withoutWrongSpec(at, subject.fields(random));
  const body = { ...(random.chance(0.4) ? { metadata: metadata(random) } : {}), ...nulled(random, fields) };
  if (random.chance(0.2)) body.metadata = { ...body.metadata, resourceVersion: version(random) };
  if (random.chance(0.1)) body.metadata = { ...body.metadata, finalizers: null };
  return { method: "PATCH", path: at + writeQuery(random), body, contentType: PATCH_TYPES.merge, basedOn: path };
}

/**
 * A wrong type, or a key that is there twice, in the spec of a status write is ignored, but the real server cannot make its typed object,
 * and then forgets all managers or writes what has not changed. That is an accident, so it is not asked for.
 */
function withoutWrongSpec(at: string, object: JsonBody): JsonBody {
  if (!at.endsWith("/status")) return object;
  if (!Number.isInteger(object.spec?.size)) delete object.spec?.size;
  delete object.spec?.map;
  return object;
}

/** Some of the values removed by null, as a merge patch may. */
function nulled(random: Random, value: JsonBody): JsonBody {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, random.chance(0.07) ? null : nulled(random, part)]));
}

function jsonPatch(random: Random, subject: Subject, path: string): RandomRequest {
  const operations: JsonBody[] = Array.from({ length: 1 + random.below(3) }, () => {
    const pointer = random.pick(subject.pointers);
    const op = random.pick(["add", "add", "replace", "remove", "test", "copy", "move"]);
    if (op === "remove") return { op, path: pointer };
    if (op === "copy" || op === "move") return { op, from: random.pick(subject.pointers), path: pointer };
    return { op, path: pointer, value: random.pick<unknown>(["1", 2, "x", { a: "1" }, { key: "k1", value: "0" }, null, ["x"]]) };
  });
  // A scale has other places than the object.
  const at = place(random, subject, path).replace(/\/scale$/, "");
  if (random.chance(0.15)) operations.unshift(versionOperation(random));
  return { method: "PATCH", path: at + writeQuery(random), body: operations, contentType: PATCH_TYPES.json, basedOn: path };
}

/** What a client does that means to patch one version and no other. */
function versionOperation(random: Random): JsonBody {
  return { op: random.pick(["test", "replace"]), path: "/metadata/resourceVersion", value: version(random) };
}

function applying(random: Random, subject: Subject, name: string, path: string): RandomRequest {
  const query = `?fieldManager=${random.pick(["alpha", "beta", "gamma"])}${random.chance(0.4) ? "&force=true" : ""}${random.chance(0.1) ? "&dryRun=All" : ""}`;
  const status = subject.subresources.includes("status") && random.chance(0.2) ? "/status" : "";
  const body = withoutWrongSpec(path + status, objectOf(random, subject, name));
  // The real server stores the empty list, and takes the next write for a change because that is without one.
  if (body.metadata.finalizers?.length === 0) delete body.metadata.finalizers;
  if (random.chance(0.1)) body.metadata.resourceVersion = version(random);
  return { method: "PATCH", path: path + status + query, body, contentType: PATCH_TYPES.apply, basedOn: path };
}

function deleting(random: Random, path: string): RandomRequest {
  const body = {
    ...(random.chance(0.25) ? { preconditions: random.chance(0.6) ? { resourceVersion: version(random) } : { uid: LAST_UID } } : {}),
    ...(random.chance(0.2) ? { propagationPolicy: random.pick(["Background", "Foreground", "Orphan"]) } : {}),
    ...(random.chance(0.1) ? { dryRun: ["All"] } : {}),
  };
  const query = random.chance(0.15)
    ? random.pick(["?dryRun=All", "?gracePeriodSeconds=0", "?propagationPolicy=Foreground", "?dryRun=some"])
    : "";
  return { method: "DELETE", path: path + query, ...(Object.keys(body).length === 0 ? {} : { body }), basedOn: path, ...form(random) };
}
