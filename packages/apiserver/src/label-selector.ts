/** Stand-in until `object` exports the one selector parser. */
export interface Requirement {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "absent";
  readonly values: readonly string[];
}
export type LabelSelector = readonly Requirement[];

export function parseLabelSelector(text: string): LabelSelector {
  const terms = text.match(/[^,(]+(\([^)]*\))?/g) ?? [];
  return terms.map((raw) => {
    const term = raw.trim();
    const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
    if (set !== null)
      return { key: set[1] as string, operator: set[2] as "in" | "notin", values: (set[3] as string).split(",").map((v) => v.trim()) };
    const equal = /^([^=!]+?)\s*(==|=|!=)\s*([^=]*)$/.exec(term);
    if (equal !== null) return { key: equal[1] as string, operator: equal[2] === "!=" ? "notin" : "in", values: [equal[3] as string] };
    if (term.startsWith("!")) return { key: term.slice(1), operator: "absent", values: [] };
    if (!/^[\w./-]+$/.test(term)) throw new Error(`unable to parse requirement: ${term}`);
    return { key: term, operator: "exists", values: [] };
  });
}

export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, unknown>>): boolean {
  return selector.every(({ key, operator, values }) => {
    const value = labels[key];
    switch (operator) {
      case "in":
        return typeof value === "string" && values.includes(value);
      case "notin":
        return typeof value !== "string" || !values.includes(value);
      case "exists":
        return value !== undefined;
      case "absent":
        return value === undefined;
    }
  });
}
