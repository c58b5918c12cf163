import { requireOptions } from "../require-options.ts";
import type { InformerControllerCompatibility, InformerControllerOptions } from "./informer-controller.ts";

/** @throws {TypeError} naming the option that cannot work. */
export function checkInformerControllerOptions(options: InformerControllerOptions): void {
  requireOptions("informer controller", options);
  const { name, retryPolicy, retryDequeuePolicy, onError, concurrency } = options;
  const refuse: Refuse = (field, why) => {
    throw new TypeError(`informer controller ${name ?? ""}: ${field}: ${why}`);
  };
  if (name !== undefined && (typeof name !== "string" || name === "")) refuse("name", "must be a string, and not empty");
  if (retryPolicy !== undefined && retryPolicy !== null && typeof retryPolicy !== "function")
    refuse("retryPolicy", "must be a function, or null");
  const isPolicy = typeof retryDequeuePolicy === "function" || retryDequeuePolicy === undefined || retryDequeuePolicy === null;
  if (!isPolicy && retryDequeuePolicy !== "opinionated" && retryDequeuePolicy !== "dropAll") {
    refuse("retryDequeuePolicy", 'must be a function, "opinionated", "dropAll" or null');
  }
  if (onError !== undefined && typeof onError !== "function") refuse("onError", "must be a function");
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    refuse("concurrency", `${concurrency} must be a whole number, 1 or more`);
  }
  for (const field of ["retryTickMs", "stopGraceMs", "stopTimeoutMs"] as const) {
    const value = options[field];
    if (value !== undefined && !(value >= 0 && Number.isFinite(value))) refuse(field, `${value} must be a number, 0 or more`);
  }
  for (const field of ["watchers", "reconcilers", "informers"] as const) checkLists(field, options[field], refuse);
  checkSwitches(options.compatibility, refuse);
}

type Refuse = (field: string, why: string) => never;

/** What each of a list is, is looked at when it is added. */
function checkLists(field: "watchers" | "reconcilers" | "informers", byKind: unknown, refuse: Refuse): void {
  if (byKind === undefined) return;
  if (typeof byKind !== "object" || byKind === null || Array.isArray(byKind))
    refuse(field, `must be lists by kind, such as { things: [${field.slice(0, -1)}] }`);
  for (const [kind, list] of Object.entries(byKind))
    if (!Array.isArray(list)) refuse(`${field}.${kind}`, `must be a list, such as [${field.slice(0, -1)}]`);
}

/** A record, so that none is forgotten here. */
const SWITCHES: Readonly<Record<keyof InformerControllerCompatibility, true>> = {
  serialEvents: true,
  everyEvent: true,
  sharedMutableObjects: true,
};

/** A misspelt switch would be off without a word. */
function checkSwitches(compatibility: unknown, refuse: Refuse): void {
  if (compatibility === undefined) return;
  if (typeof compatibility !== "object" || compatibility === null)
    refuse("compatibility", `must be an object with ${Object.keys(SWITCHES).join(", ")}`);
  for (const [name, value] of Object.entries(compatibility)) {
    if (!Object.hasOwn(SWITCHES, name)) refuse(`compatibility.${name}`, `is no switch; there are ${Object.keys(SWITCHES).join(", ")}`);
    if (value !== undefined && typeof value !== "boolean") refuse(`compatibility.${name}`, `must be true or false, not ${typeof value}`);
  }
}
