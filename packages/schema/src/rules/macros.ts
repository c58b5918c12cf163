import { type CelEnvironment, type Library, failed } from "./cel.ts";
import { celCompare } from "./equality.ts";
import { formatted } from "./library/strings.ts";

/** What the evaluator's macros work with; its own declarations do not describe them. */
interface Node {
  readonly op: string;
  readonly args: unknown;
}
interface Type {
  readonly kind: string;
  readonly name: string;
  readonly keyType: Type;
  readonly valueType: Type;
}
interface Scope {
  forkWithVariable(name: string, type: Type): Scope;
  reuse(parent: Scope): Scope;
  setIterValue(value: unknown, evaluator: Evaluator): Scope;
}
interface Checker {
  check(node: Node, scope: Scope): Type;
  getType(name: string): Type;
  createError(code: string, message: string, node: Node): Error;
}
interface Evaluator {
  run(node: Node, scope: Scope): unknown;
}
interface Call {
  readonly args: readonly Node[];
  readonly receiver: Node;
}
interface Macro {
  typeCheck(checker: Checker, macro: Macro, scope: Scope): Type;
  evaluate(evaluator: Evaluator, macro: Macro, scope: Scope): unknown;
}

type Optional = { hasValue(): boolean; value(): unknown };

/**
 * Macros that the evaluator lacks, or has more lenient than Kubernetes: `has` of declared fields alone, two variables, `sortBy`, `optMap`.
 * Source: cel-go `ext/comprehensions.go`, `ext/lists.go`, `parser/macro.go`.
 */
export const macros: Library = (environment, { Optional: Optionals }) => {
  define(environment, "has__(ast): bool", ({ args: [field] }) => has(field as Node));
  for (const name of ["all", "exists", "exists_one", "existsOne"] as const) {
    define(environment, `list.${name}(ast, ast, ast): bool`, (call) => quantifier(call, name));
  }
  const list = (checker: Checker, value: Type): Type => checker.getType(`list<${value.name}>`);
  for (const filtered of [false, true]) {
    const more = filtered ? ", ast" : "";
    define(environment, `list.transformList(ast, ast, ast${more}): list<dyn>`, (call) =>
      transforming(call, filtered, list, (entries) => entries.map(([, value]) => value)),
    );
    define(environment, `list.transformMap(ast, ast, ast${more}): map<dyn, dyn>`, (call) =>
      transforming(
        call,
        filtered,
        (checker, value, key) => checker.getType(`map<${key.name}, ${value.name}>`),
        (entries) => new Map(entries),
      ),
    );
  }
  define(environment, "string.format(ast): string", formatting);
  define(environment, "list.sortBy(ast, ast): list<dyn>", sortBy);
  define(environment, "optional.optMap(ast, ast): optional<dyn>", (call) => mapped(call, (value) => Optionals.of(value), true));
  define(environment, "optional.optFlatMap(ast, ast): optional<dyn>", (call) => mapped(call, (value) => value, false));
};

function define(environment: CelEnvironment, signature: string, expand: (call: Call) => Macro): void {
  environment.registerFunction(signature, expand);
}

/** `has(a.b)`: the type must declare the field. */
function has(field: Node): Macro {
  return {
    typeCheck(checker, _, scope) {
      if (field.op !== ".") throw checker.createError("invalid_macro_argument", "invalid argument to has() macro", field);
      checker.check(field, scope);
      return checker.getType("bool");
    },
    evaluate(evaluator, _, scope) {
      const [node, name] = field.args as [Node, string];
      const object = evaluator.run(node, scope);
      if (object instanceof Map) return object.get(name) !== undefined;
      return typeof object === "object" && object !== null && Object.hasOwn(object, name);
    },
  };
}

type Entry = readonly [key: unknown, value: unknown];

function entriesOf(value: unknown): readonly Entry[] {
  if (value instanceof Map) return [...value];
  if (Array.isArray(value) || value instanceof Set) return Array.from(value as Iterable<unknown>, (item, i): Entry => [BigInt(i), item]);
  if (typeof value === "object" && value !== null) return Object.entries(value);
  throw failed("got 'unknown', expected iterable type");
}

/** A body that sees the index or key, and the value, of each entry. */
class TwoVariables {
  readonly #call: Call;
  #keys: Scope | undefined;
  #values: Scope | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  /** The scope of the body, and the type of a key. */
  check(checker: Checker, scope: Scope): { readonly scope: Scope; readonly key: Type } {
    const { receiver, args } = this.#call;
    const type = checker.check(receiver, scope);
    const isMap = type.kind === "map";
    const key = isMap ? type.keyType : type.kind === "list" ? checker.getType("int") : checker.getType("dyn");
    const value = isMap || type.kind === "list" ? type.valueType : checker.getType("dyn");
    this.#keys = scope.forkWithVariable(nameOf(checker, args[0]), key);
    this.#values = this.#keys.forkWithVariable(nameOf(checker, args[1]), value);
    return { scope: this.#values, key };
  }

  /** Runs a node for each entry, one after the other. */
  *run(evaluator: Evaluator, scope: Scope): Iterable<{ readonly key: unknown; run(node: Node): unknown }> {
    for (const [key, value] of entriesOf(evaluator.run(this.#call.receiver, scope))) {
      const keys = (this.#keys as Scope).reuse(scope).setIterValue(key, evaluator);
      const inner = (this.#values as Scope).reuse(keys).setIterValue(value, evaluator);
      yield { key, run: (node) => evaluator.run(node, inner) };
    }
  }
}

function nameOf(checker: Checker, node: Node | undefined): string {
  if (node?.op === "id") return node.args as string;
  throw checker.createError("invalid_macro_argument", "argument must be a simple name", node as Node);
}

function quantifier(call: Call, name: "all" | "exists" | "exists_one" | "existsOne"): Macro {
  const variables = new TwoVariables(call);
  const predicate = call.args[2] as Node;
  return {
    typeCheck(checker, _, scope) {
      const type = checker.check(predicate, variables.check(checker, scope).scope);
      if (type.name !== "bool" && type.kind !== "dyn")
        throw checker.createError("type_error", `expected type 'bool' but found '${type.name}'`, predicate);
      return checker.getType("bool");
    },
    evaluate(evaluator, _, scope) {
      let matches = 0;
      let error: unknown;
      for (const entry of variables.run(evaluator, scope)) {
        try {
          const isMatch = entry.run(predicate) === true;
          if (isMatch) matches += 1;
          if (name === "all" && !isMatch) return false;
          if (name === "exists" && isMatch) return true;
        } catch (problem) {
          if (name !== "all" && name !== "exists") throw problem;
          error ??= problem;
        }
      }
      if (error !== undefined) throw error as Error;
      return name === "all" ? true : name === "exists" ? false : matches === 1;
    },
  };
}

function transforming(
  call: Call,
  isFiltered: boolean,
  resultType: (checker: Checker, value: Type, key: Type) => Type,
  result: (entries: readonly Entry[]) => unknown,
): Macro {
  const variables = new TwoVariables(call);
  const [filter, transform] = isFiltered ? [call.args[2], call.args[3] as Node] : [undefined, call.args[2] as Node];
  return {
    typeCheck(checker, _, scope) {
      const inner = variables.check(checker, scope);
      if (filter !== undefined) checker.check(filter, inner.scope);
      return resultType(checker, checker.check(transform, inner.scope), inner.key);
    },
    evaluate(evaluator, _, scope) {
      const entries: Entry[] = [];
      for (const entry of variables.run(evaluator, scope)) {
        if (filter === undefined || entry.run(filter) === true) entries.push([entry.key, entry.run(transform)]);
      }
      return result(entries);
    },
  };
}

/** What is put in may be of several types, as in no other list. */
function formatting({ receiver, args }: Call): Macro {
  const [values] = args as readonly [Node];
  const items = values.op === "list" ? (values.args as readonly Node[]) : undefined;
  return {
    typeCheck(checker, _, scope) {
      for (const node of [receiver, ...(items ?? [values])]) checker.check(node, scope);
      return checker.getType("string");
    },
    evaluate(evaluator, _, scope) {
      const pattern = evaluator.run(receiver, scope) as string;
      const list = items?.map((item) => evaluator.run(item, scope)) ?? Array.from(evaluator.run(values, scope) as Iterable<unknown>);
      return formatted(pattern, list);
    },
  };
}

function sortBy({ receiver, args }: Call): Macro {
  let inner: Scope;
  return {
    typeCheck(checker, _, scope) {
      const type = checker.check(receiver, scope);
      inner = scope.forkWithVariable(nameOf(checker, args[0]), type.kind === "list" ? type.valueType : checker.getType("dyn"));
      checker.check(args[1] as Node, inner);
      return type;
    },
    evaluate(evaluator, _, scope) {
      const items = Array.from(evaluator.run(receiver, scope) as Iterable<unknown>);
      const keyed = items.map((item) => ({ item, key: evaluator.run(args[1] as Node, inner.reuse(scope).setIterValue(item, evaluator)) }));
      return keyed.sort((a, b) => celCompare(a.key, b.key)).map(({ item }) => item);
    },
  };
}

function mapped({ receiver, args }: Call, result: (value: unknown) => unknown, isWrapped: boolean): Macro {
  let inner: Scope;
  return {
    typeCheck(checker, _, scope) {
      const type = checker.check(receiver, scope);
      inner = scope.forkWithVariable(nameOf(checker, args[0]), type.kind === "optional" ? type.valueType : checker.getType("dyn"));
      const made = checker.check(args[1] as Node, inner);
      return isWrapped ? checker.getType(`optional<${made.name}>`) : made;
    },
    evaluate(evaluator, _, scope) {
      const optional = evaluator.run(receiver, scope) as Optional;
      if (!optional.hasValue()) return optional;
      return result(evaluator.run(args[1] as Node, inner.reuse(scope).setIterValue(optional.value(), evaluator)));
    },
  };
}
