/**
 * The type of the JSON that a TypeBox schema describes, read off the shape of the schema's type alone: TypeBox marks each
 * schema with a `~kind`. TypeBox's own `Static` gives the same; it is not imported so that published types hold, with
 * library checks on, where TypeBox is not installed.
 *
 * Recursive types (`Cyclic`, `Ref`, `This`) and what JSON has no word for are `unknown`: a CRD cannot hold them.
 */
export type TypeBoxStatic<S> = S extends { readonly "~unsafe": infer T }
  ? T
  : S extends { readonly "~kind": infer K }
    ? K extends "Object"
      ? S extends { readonly properties: infer Properties }
        ? ObjectStatic<Properties>
        : unknown
      : K extends "Array"
        ? S extends { readonly items: infer Items }
          ? TypeBoxStatic<Items>[]
          : unknown
        : K extends "Record"
          ? S extends { readonly patternProperties: infer Patterns }
            ? Record<string, TypeBoxStatic<Patterns[keyof Patterns]>>
            : unknown
          : K extends "Union"
            ? S extends { readonly anyOf: infer Members extends readonly unknown[] }
              ? TypeBoxStatic<Members[number]>
              : unknown
            : K extends "Intersect"
              ? S extends { readonly allOf: infer Members extends readonly unknown[] }
                ? AllOf<Members>
                : unknown
              : K extends "Literal"
                ? S extends { readonly const: infer Value }
                  ? Value
                  : unknown
                : K extends "Enum"
                  ? S extends { readonly enum: infer Values extends readonly unknown[] }
                    ? Values[number]
                    : unknown
                  : K extends keyof ScalarStatic
                    ? ScalarStatic[K]
                    : unknown
    : unknown;

interface ScalarStatic {
  readonly String: string;
  readonly TemplateLiteral: string;
  readonly Integer: number;
  readonly Number: number;
  readonly Boolean: boolean;
  readonly Null: null;
  readonly Never: never;
}

type ObjectStatic<Properties> = Flatten<
  { [Key in keyof Properties as Properties[Key] extends OptionalMark ? never : Key]: TypeBoxStatic<Properties[Key]> } & {
    [Key in keyof Properties as Properties[Key] extends OptionalMark ? Key : never]?: TypeBoxStatic<Properties[Key]>;
  }
>;

interface OptionalMark {
  readonly "~optional": true;
}

type AllOf<Members extends readonly unknown[]> = Members extends readonly [infer First, ...infer Rest]
  ? TypeBoxStatic<First> & AllOf<Rest>
  : unknown;

type Flatten<T> = { [Key in keyof T]: T[Key] };
