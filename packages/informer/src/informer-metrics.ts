import type { Metrics } from "@operatorkit/observe";
import type { Change } from "./change.ts";
import type { FailureKind } from "./failure.ts";
import type { ReflectorStep } from "./reflector-state.ts";

/** What a reflector counts. The names are client-go's where it has one. Source: client-go `reflector_metrics.go`. */
export interface ReflectorMetrics {
  listed(): void;
  replaced(items: number, afterMs: number): void;
  watched(): void;
  watchEnded(afterMs: number, events: number): void;
  /** The server answered well, at this time since 1970. */
  contacted(atMs: number): void;
  /** A list or a watch failed, or a stream broke. */
  failed(cause: FailureKind): void;
  /** A wait before something is tried again, and why. */
  retried(step: ReflectorStep["type"], cause: FailureKind): void;
}

/** What an informer counts besides. */
export interface InformerMetrics extends ReflectorMetrics {
  changed(type: Change["type"]): void;
  stored(objects: number, jsonBytes: number, version: string | undefined): void;
  handlerFailed(): void;
  /** How many handlers have been at one object for too long. */
  handlersStuck(change: 1 | -1): void;
}

/** Streams shorter than this are counted apart. */
const SHORT_WATCH_MS = 1_000;

export function informerMetrics(metrics: Metrics, name: string): InformerMetrics {
  const labels = { name };
  const lists = metrics.counter(of("reflector_lists_total", "Lists begun"));
  const listSeconds = metrics.histogram(of("reflector_list_duration_seconds", "How long a complete list took"));
  const listItems = metrics.histogram({ ...of("reflector_items_per_list", "Objects in a complete list"), buckets: SIZES });
  const watches = metrics.counter(of("reflector_watches_total", "Watches asked for"));
  const shortWatches = metrics.counter(of("reflector_short_watches_total", "Watches that ended within a second"));
  const watchSeconds = metrics.histogram(of("reflector_watch_duration_seconds", "How long a watch lived"));
  const watchItems = metrics.histogram({ ...of("reflector_items_per_watch", "Events of a watch"), buckets: SIZES });
  const version = metrics.gauge(of("reflector_last_resource_version", "The version the copy is at"));
  const contact = metrics.gauge(
    of("informer_last_contact_timestamp_seconds", "When the server last answered well: the copy is as old as this"),
  );
  const failures = metrics.counter(
    of("informer_failures_total", "Lists and watches that failed; after an expired one all is listed anew", ["cause"]),
  );
  const retries = metrics.counter(of("informer_retries_total", "Waits before trying again", ["step", "cause"]));
  const changes = metrics.counter(of("informer_changes_total", "Changes of the copy", ["type"]));
  const objects = metrics.gauge(of("informer_objects", "Objects in the copy"));
  const bytes = metrics.gauge(of("informer_json_bytes", "What the objects in the copy measure as JSON; packed they take less"));
  const handlerErrors = metrics.counter(of("informer_handler_errors_total", "Handler calls that threw or rejected"));
  const stuck = metrics.gauge(of("informer_handlers_stuck", "Handlers that have been at one object for too long"));
  // Made once: every event of every watch comes here.
  const changeLabels = {
    add: { name, type: "add" },
    update: { name, type: "update" },
    delete: { name, type: "delete" },
    resync: { name, type: "resync" },
  };
  return {
    listed: () => lists.add(1, labels),
    replaced(items, afterMs) {
      listItems.observe(items, labels);
      listSeconds.observe(afterMs / 1000, labels);
    },
    watched: () => watches.add(1, labels),
    watchEnded(afterMs, events) {
      if (afterMs < SHORT_WATCH_MS) shortWatches.add(1, labels);
      watchSeconds.observe(afterMs / 1000, labels);
      watchItems.observe(events, labels);
    },
    contacted: (atMs) => contact.set(atMs / 1000, labels),
    failed: (cause) => failures.add(1, { name, cause }),
    retried: (step, cause) => retries.add(1, { name, step, cause }),
    changed: (type) => changes.add(1, changeLabels[type]),
    stored(count, jsonBytes, at) {
      objects.set(count, labels);
      bytes.set(jsonBytes, labels);
      // A gauge is a number; comparing versions never goes through this.
      if (at !== undefined && Number.isFinite(Number(at))) version.set(Number(at), labels);
    },
    handlerFailed: () => handlerErrors.add(1, labels),
    handlersStuck: (change) => stuck.add(change, labels),
  };
}

function of(metric: string, help: string, more: readonly string[] = []): { name: string; help: string; labels: string[] } {
  return { name: metric, help, labels: ["name", ...more] };
}

const SIZES = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
