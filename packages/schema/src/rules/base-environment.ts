import { type CelEnvironment, cel } from "./cel.ts";
import { format } from "./library/format.ts";
import { ip } from "./library/ip.ts";
import { lists } from "./library/lists.ts";
import { optionals } from "./library/optionals.ts";
import { quantity } from "./library/quantity.ts";
import { regex } from "./library/regex.ts";
import { semver } from "./library/semver.ts";
import { sets } from "./library/sets.ts";
import { strings } from "./library/strings.ts";
import { times } from "./library/times.ts";
import { urls } from "./library/urls.ts";
import { macros } from "./macros.ts";

const LIBRARIES = [macros, optionals, strings, lists, sets, regex, urls, quantity, ip, format, semver, times];

let base: CelEnvironment | undefined;

/**
 * Everything that rules of Kubernetes 1.36 may call. Take a copy for types and variables.
 * Source: k8s.io/apiserver `pkg/cel/environment/base.go`.
 */
export function baseEnvironment(): CelEnvironment {
  if (base === undefined) {
    const library = cel();
    const environment = new library.Environment({ enableOptionalTypes: true });
    for (const add of LIBRARIES) add(environment, library);
    base = environment;
  }
  return base.clone();
}
