import { MESSAGE_FIELDS } from "../protobuf/generated/messages.ts";

/** What OpenAPI does not tell about a built-in type's fields, and the Go structs do. */
export interface GoFields {
  /** Left out of JSON when they are zero: values with `omitempty` that are no pointers (of a pointer, zero is a value like others). */
  readonly omittedZeros: ReadonlySet<string>;
  /** Null in JSON while they are not set: times that are no pointers. */
  readonly nullTimes: ReadonlySet<string>;
  /** The types that have names of their own, or such parts, as Go's messages tell them: `v1.PodPhase`, `[]v1.IPFamily`. */
  readonly namedTypes: ReadonlyMap<string, string>;
}

const known = new Map<string, GoFields>();

/** By the name of the type's OpenAPI definition. */
export function goFields(definitionName: string): GoFields {
  const found = known.get(definitionName);
  if (found !== undefined) return found;
  const fields = fieldsOf(definitionName.split(".").slice(-3).join("."));
  const named = (types: ReadonlySet<string>): ReadonlySet<string> =>
    new Set(fields.filter(({ type }) => types.has(type)).map(({ name }) => name));
  const namedTypes = new Map(fields.flatMap(({ name, goType }) => (goType === undefined ? [] : [[name, goType] as const])));
  const made = { omittedZeros: named(SCALARS), nullTimes: named(TIMES), namedTypes };
  known.set(definitionName, made);
  return made;
}

interface NamedField {
  readonly name: string;
  readonly type: string;
  readonly goType: string | undefined;
}

function fieldsOf(message: string): readonly NamedField[] {
  return (MESSAGE_FIELDS[message] ?? "").split(";").flatMap((entry) => {
    const [, name = "", type = "", goType] = entry.split(",");
    if (type === "") return [];
    // The fields of an inlined struct are the struct's own.
    return name === "" ? fieldsOf(type.replace(/^[?!]/, "")) : [{ name, type, goType }];
  });
}

/** Without a mark: not a pointer (`?`), and not always written (`!`). */
const SCALARS: ReadonlySet<string> = new Set(["s", "i", "b", "d", "y"]);
const TIMES: ReadonlySet<string> = new Set(["!T", "!U"]);
