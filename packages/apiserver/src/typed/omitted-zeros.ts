import { MESSAGE_FIELDS } from "../protobuf/generated/messages.ts";

const known = new Map<string, ReadonlySet<string>>();

/**
 * The fields of a built-in type that JSON leaves out when they are zero: values with `omitempty` that are no pointers. OpenAPI does not
 * tell them from pointers, where zero is a value like others; the table of the Go structs does.
 */
export function omittedZeros(definitionName: string): ReadonlySet<string> {
  const found = known.get(definitionName);
  if (found !== undefined) return found;
  const fields = new Set(fieldsOf(definitionName.split(".").slice(-3).join(".")));
  known.set(definitionName, fields);
  return fields;
}

function fieldsOf(message: string): readonly string[] {
  return (MESSAGE_FIELDS[message] ?? "").split(";").flatMap((entry) => {
    const [, name = "", type = ""] = entry.split(",");
    // The fields of an inlined struct are the struct's own.
    if (name === "") return type === "" ? [] : fieldsOf(type.replace(/^[?!]/, ""));
    return SCALARS.has(type) ? [name] : [];
  });
}

/** Without a mark: not a pointer (`?`), and not always written (`!`). */
const SCALARS: ReadonlySet<string> = new Set(["s", "i", "b", "d", "y"]);
