const RESERVED: ReadonlySet<string> = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(" "),
);
const PARTS: Readonly<Record<string, string>> = { ".": "__dot__", "-": "__dash__", "/": "__slash__", __: "__underscores__" };

/** A property's name as rules write it; undefined for one they cannot name. Source: k8s.io/apiserver `pkg/cel/escaping.go`. */
export function escapedName(name: string): string | undefined {
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined;
  return RESERVED.has(name) ? `__${name}__` : name.replaceAll(/__|[./-]/g, (part) => PARTS[part] ?? part);
}
