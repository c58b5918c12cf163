import { aKind } from "@operatorkit/api";
import { dns1123LabelProblems } from "@operatorkit/object";
import { aString, having, type Rule } from "@operatorkit/observe/options";
import type { OnlyMetadata } from "./only-metadata.ts";

/** A kind, or `onlyMetadata` of one. */
export const aWatchedKind: Rule = {
  problem: (field, value) => aKind.problem(field, (value as Partial<OnlyMetadata> | null | undefined)?.metadataOf ?? value),
};

export const someMetrics: Rule = having("Metrics", ["counter", "gauge", "histogram"]);

/** A field manager may be no longer, nor hold what cannot be printed. Source: apimachinery `metav1/validation` ValidateFieldManager. */
export const aFieldManager: Rule = {
  problem(field, value) {
    const problem = aString.problem(field, value);
    if (problem !== undefined || typeof value !== "string") return problem;
    if (value.length > 128) return `${field}: must have 128 characters at most, since it is a field manager`;
    return /\p{C}/u.test(value) ? `${field}: must be printable, since it is a field manager` : undefined;
  },
};

export const aNamespace: Rule = {
  problem(field, value) {
    if (typeof value !== "string" || value === "") return `${aString.problem(field, value)}; leave it out for all namespaces`;
    const [problem] = dns1123LabelProblems(value);
    return problem === undefined ? undefined : `${field}: "${value}": ${problem}`;
  },
};
