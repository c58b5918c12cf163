import type { StatusError } from "../status-error.ts";
import { StatusError as Failure } from "../status-error.ts";

/** How an answer is to be written. */
export interface Representation {
  readonly encoding: "json" | "yaml";
  readonly as?: "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  readonly version: "v1" | "v1beta1";
}

const AVAILABLE = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/**
 * Chooses what an `Accept` header allows, in the order it names them; `q` is not looked at, as on the real server. Anything the header
 * names that is not served is passed over. Protobuf is not offered: every known client names JSON as well or takes anything.
 *
 * Source: apiserver `endpoints/handlers/negotiation/negotiate.go`.
 */
export function negotiate(accept: string | undefined, offersText = false): Representation {
  if (accept === undefined || accept.trim() === "") return { encoding: "json", version: "v1" };
  for (const clause of accept.split(",")) {
    const [type = "", ...pairs] = clause.split(";").map((part) => part.trim());
    const encoding = encodingOf(type.toLowerCase());
    if (encoding === undefined) continue;
    const parameters = new Map(
      pairs.map((pair): [string, string] => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    );
    const representation = transformed(encoding, parameters);
    if (representation !== undefined) return representation;
  }
  if (!offersText) throw unacceptable();
  // Text is among what the path offers, and not among what its errors are written in.
  if (!/\btext\/plain\b/i.test(accept)) throw unacceptable(`text/plain, ${AVAILABLE}`);
  throw new Failure({ code: 406, reason: "NotAcceptable", message: `only the following media types are accepted: ${AVAILABLE}` });
}

export function unacceptable(available: string = AVAILABLE): StatusError {
  return new Failure({
    code: 406,
    reason: "NotAcceptable",
    message: `406: Not Acceptable\n\nAvailable representations: ${available}`,
    details: {},
  });
}

function encodingOf(type: string): "json" | "yaml" | undefined {
  if (type === "application/json" || type === "*/*") return "json";
  return type === "application/yaml" ? "yaml" : undefined;
}

function transformed(encoding: "json" | "yaml", parameters: ReadonlyMap<string, string>): Representation | undefined {
  const as = parameters.get("as");
  if (as === undefined) return { encoding, version: "v1" };
  const version = parameters.get("v");
  if (parameters.get("g") !== "meta.k8s.io" || (version !== "v1" && version !== "v1beta1")) return undefined;
  if (as !== "Table" && as !== "PartialObjectMetadata" && as !== "PartialObjectMetadataList") return undefined;
  return { encoding, as, version };
}

/** The 406 for a transformation that does not fit what was asked for. */
export function wrongShape(as: string, what: string): StatusError {
  return new Failure({ code: 406, reason: "NotAcceptable", message: `you requested ${as}, but the requested object is ${what}` });
}
