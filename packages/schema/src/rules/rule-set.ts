import { additionalSchema } from "../schema-tree.ts";
import type { StructuralSchema, ValidationRule } from "../structural-schema.ts";
import { baseEnvironment } from "./base-environment.ts";
import { type CelEnvironment, cel } from "./cel.ts";
import { celSource } from "./cel-source.ts";
import { CelTypes } from "./cel-types.ts";

/** An expression that can be evaluated, or why it cannot. */
export type Program =
  | {
      readonly type: "program";
      readonly result: string;
      readonly variables: ReadonlySet<string>;
      readonly evaluate: (variables: Readonly<Record<string, unknown>>) => unknown;
    }
  | { readonly type: "error"; readonly message: string };

/** A rule, compiled. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly condition: Program;
  readonly message: Program | undefined;
}

/** The compiled rules of a schema, each when it is first asked for. */
export class RuleSet {
  readonly types: CelTypes;
  readonly #environment: CelEnvironment;
  readonly #rules = new Map<StructuralSchema, readonly CompiledRule[]>();

  /** The rules of a schema; made once for each. */
  static of(schema: StructuralSchema): RuleSet {
    let known = ruleSets.get(schema);
    if (known === undefined) {
      known = new RuleSet(schema);
      ruleSets.set(schema, known);
    }
    return known;
  }

  private constructor(root: StructuralSchema) {
    this.#environment = baseEnvironment();
    this.types = new CelTypes(this.#environment);
    // The root may be looked at as a whole object, or as any value.
    this.types.typeOf(root, true);
    this.#declare(root, false);
  }

  /** All types are known before the first copy of the environment is taken. */
  #declare(schema: StructuralSchema, isResource: boolean): void {
    this.types.typeOf(schema, isResource);
    const additional = additionalSchema(schema);
    for (const child of [...Object.values(schema.properties ?? {}), schema.items, additional]) {
      if (child !== undefined) this.#declare(child, child["x-kubernetes-embedded-resource"] === true);
    }
  }

  rulesOf(schema: StructuralSchema, isResource: boolean): readonly CompiledRule[] {
    let compiled = this.#rules.get(schema);
    if (compiled === undefined) {
      const type = this.types.typeOf(schema, isResource);
      compiled = (schema["x-kubernetes-validations"] ?? []).map((rule) => this.#compile(rule, type));
      this.#rules.set(schema, compiled);
    }
    return compiled;
  }

  #compile(rule: ValidationRule, type: string | undefined): CompiledRule {
    const environment = this.#environment.clone();
    if (type !== undefined) {
      environment.registerVariable("self", type);
      environment.registerVariable("oldSelf", rule.optionalOldSelf === true ? `optional<${type}>` : type);
    }
    const { messageExpression = "" } = rule;
    return {
      rule,
      condition: programOf(environment, rule.rule),
      message: messageExpression.trim() === "" ? undefined : programOf(environment, messageExpression),
    };
  }
}

const ruleSets = new WeakMap<StructuralSchema, RuleSet>();

function programOf(environment: CelEnvironment, text: string): Program {
  try {
    const source = celSource(environment, text);
    const parsed = environment.parse(source.text);
    const { valid, type, error } = parsed.check();
    if (!valid) return { type: "error", message: error?.summary ?? "it does not fit its types" };
    return { type: "program", result: type ?? "dyn", variables: source.variables, evaluate: parsed };
  } catch (error) {
    const { ParseError, TypeError: CelTypeError } = cel();
    if (error instanceof ParseError || error instanceof CelTypeError) return { type: "error", message: error.summary };
    throw error;
  }
}
