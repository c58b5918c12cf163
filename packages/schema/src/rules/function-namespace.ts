import type { CelEnvironment } from "./cel.ts";

/** Declares a name that functions stand behind, as `sets` in `sets.contains(a, b)`; they are methods of the type, whose name is returned. */
export function functionNamespace(environment: CelEnvironment, name: string): string {
  const type = `${name}Library`;
  const Namespace = class {
    readonly name: string = name;
  };
  environment.registerType(type, Namespace).registerConstant(name, type, new Namespace());
  return type;
}
