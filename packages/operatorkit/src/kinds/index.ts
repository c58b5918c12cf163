/** The built-in kinds: each a value and a type. */
export * from "@operatorkit/object/kinds";
