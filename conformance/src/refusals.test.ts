import { expect, it } from "vitest";

const BAD: readonly unknown[] = [undefined, null, {}, "x", 1, [], () => {}];

/** Each alone, each with each, and as many of one as anything takes. */
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  ...BAD.map((bad) => [bad]),
  ...BAD.flatMap((first) => BAD.map((second) => [first, second])),
  ...BAD.flatMap((bad) => [Array(3).fill(bad), Array(4).fill(bad)]),
];

const IN_JAVASCRIPTS_OWN_WORDS =
  /cannot (read|destructure|convert|set|use)|is not (a function|iterable|a constructor|an object)|must be of type/i;

/** Errors; the client's constructor, which is given more by `with`; and what is called with objects and kinds that somebody else has looked at. */
const OTHERWISE =
  /Error$|^Err|^KubernetesClient$|^opinionatedRetryDequeuePolicy$|^(generationChanged|isPaused)$|^(scopedI|i)nformerName$|^defaultFinalizerSupplier$/;

async function wordsOf(thing: Function, given: readonly unknown[]): Promise<string> {
  try {
    const isClass = /^class\b/.test(Function.prototype.toString.call(thing));
    const result: unknown = isClass ? Reflect.construct(thing, given) : Reflect.apply(thing, undefined, given);
    if (result instanceof Promise) await Promise.race([result, new Promise((resolve) => setImmediate(resolve))]);
  } catch (error) {
    return String(error);
  }
  return "";
}

it.each(["client", "controller", "devcluster", "informer", "operator", "retry", "watcher", "workqueue"])(
  "whatever %s is given wrong is refused in words of ours",
  async (name) => {
    const exported = Object.entries((await import(`@operatorkit/${name}`)) as Record<string, unknown>);
    /** One of each. */
    const findings = new Map<string, string>();
    for (const [thing, value] of exported) {
      if (typeof value !== "function" || OTHERWISE.test(thing)) continue;
      for (const given of ARGUMENTS) {
        const words = await wordsOf(value, given);
        if (IN_JAVASCRIPTS_OWN_WORDS.test(words)) findings.set(thing, `(${given.map(String).join(", ")}): ${words}`);
      }
    }
    expect(Object.fromEntries(findings)).toEqual({});
  },
);
