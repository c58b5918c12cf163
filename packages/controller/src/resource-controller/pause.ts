import type { KubernetesObject } from "@operatorkit/object";

/** Annotations and the values with which they pause an object. */
export type PauseAnnotations = Readonly<Record<string, string>>;

/** What pauses an object unless `replacePauseDefaults` says otherwise. */
export const defaultPauseAnnotations: PauseAnnotations = Object.freeze({
  "operatorkit.giantswarm.io/paused": "true",
  "cluster.x-k8s.io/paused": "true",
});

/** Whether one of `pausing` is on the object with exactly its value; an empty or another value does not pause. */
export function isPaused({ metadata: { annotations } }: KubernetesObject, pausing: PauseAnnotations): boolean {
  if (annotations === undefined) return false;
  return Object.entries(pausing).some(([key, value]) => Object.hasOwn(annotations, key) && annotations[key] === value);
}

/** Those given and the defaults; a default can be changed only by replacing all of them. The given map stays as it is. */
export function pauseAnnotationsOf(given: PauseAnnotations, isReplacing: boolean): PauseAnnotations {
  if (isReplacing) return { ...given };
  for (const [key, value] of Object.entries(defaultPauseAnnotations)) {
    if (Object.hasOwn(given, key) && given[key] !== value) {
      throw new TypeError(`pauseAnnotations: ${key}: pauses with the value "${value}" by default; set replacePauseDefaults to change that`);
    }
  }
  return { ...given, ...defaultPauseAnnotations };
}
