import type { KubernetesObject } from "@operatorkit/object";
import { noTracer, type Tracer } from "@operatorkit/observe";
import { crudSteps } from "./crud-steps.ts";
import type { Pass } from "./pass.ts";
import type { ResourceContext } from "./resource-context.ts";
import { isCrudResource, type AnyResource, type Resource } from "./resource.ts";

/** Every resource as a basic one. */
export function basicResources<T extends KubernetesObject>(resources: readonly AnyResource<T>[]): readonly Resource<T>[] {
  return resources.map((resource) => (isCrudResource(resource) ? crudSteps<T, unknown>(resource) : resource));
}

/** Runs resources one after the other, in their order on deletion too, until one fails or cancels the reconciliation. */
export async function runResources<T extends KubernetesObject>(
  resources: readonly Resource<T>[],
  pass: Pass<T>,
  fn: "ensureCreated" | "ensureDeleted",
  tracer: Tracer,
): Promise<void> {
  for (const resource of resources) {
    if (pass.isCancelled) return;
    const { context, end } = pass.contextFor(resource.name);
    // What ignores its signal has been given up: its successors must not run beside the next turn.
    context.signal.throwIfAborted();
    try {
      await (tracer === noTracer ? resource[fn](context) : traced(tracer, resource, fn, context));
    } finally {
      end();
    }
  }
}

async function traced<T extends KubernetesObject>(
  tracer: Tracer,
  resource: Resource<T>,
  fn: "ensureCreated" | "ensureDeleted",
  context: ResourceContext<T>,
): Promise<void> {
  const span = tracer.startSpan(`${fn} ${resource.name}`, { attributes: { "operatorkit.resource": resource.name } });
  try {
    await span.run(() => resource[fn](context));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}
