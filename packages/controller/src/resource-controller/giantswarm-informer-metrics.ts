import { systemClock, type Clock, type Labels, type Metrics } from "@operatorkit/observe";
import { checkOptions, required } from "@operatorkit/observe/options";
import { someMetrics } from "../kubernetes-rules.ts";

/**
 * Metrics like `metrics`, for informers, that count under giantswarm/operatorkit's names as well: `operatorkit_informer_cache_size`
 * and `_cache_last_updated`, `operatorkit_informer_watcher_close_total`, and `operatorkit_informer_watch_event_total` by `kind`
 * (create, update, delete, error). As there they have no label for the informer, so those of several informers are added up.
 *
 * Give it to `SharedInformers`, to an informer, or to whatever makes informers: everything else is passed on as it is. A
 * `ResourceController` with `giantswarmMetrics` does so for its own informers.
 */
export function giantswarmInformerMetrics(metrics: Metrics, options: { readonly clock?: Clock } = {}): Metrics {
  checkOptions("giantswarmInformerMetrics", { metrics }, { metrics: required(someMetrics) });
  checkOptions("giantswarmInformerMetrics", options, {});
  const { clock = systemClock } = options;
  const size = metrics.gauge({ name: "operatorkit_informer_cache_size", help: "Objects in the copies." });
  const updated = metrics.gauge({ name: "operatorkit_informer_cache_last_updated", help: "When a copy last changed, in seconds." });
  const closed = metrics.counter({ name: "operatorkit_informer_watcher_close_total", help: "Watches that ended." });
  const events = metrics.counter({ name: "operatorkit_informer_watch_event_total", help: "Changes of the copies.", labels: ["kind"] });
  const sizes = new Map<string, number>();

  /** What is besides when a metric of an informer is counted, by its name. */
  const besides: Readonly<Record<string, (value: number, labels: Labels) => void>> = {
    informer_objects(count, { name = "" }) {
      size.add(count - (sizes.get(name) ?? 0));
      sizes.set(name, count);
      updated.set(Math.floor(clock.now() / 1000));
    },
    reflector_watch_duration_seconds: () => closed.add(1),
    informer_changes_total(count, { type = "" }) {
      const kind = EVENT_KINDS[type];
      if (kind !== undefined) events.add(count, { kind });
    },
    informer_retries_total: (count) => events.add(count, { kind: "error" }),
  };

  return {
    counter(options) {
      const counter = metrics.counter(options);
      const also = besides[options.name];
      if (also === undefined) return counter;
      return {
        add(value, labels = {}) {
          counter.add(value, labels);
          also(value, labels);
        },
        remove: (labels) => counter.remove(labels),
      };
    },
    gauge(options) {
      const gauge = metrics.gauge(options);
      const also = besides[options.name];
      if (also === undefined) return gauge;
      return {
        set(value, labels = {}) {
          gauge.set(value, labels);
          also(value, labels);
        },
        add: (value, labels) => gauge.add(value, labels),
        remove: (labels) => gauge.remove(labels),
      };
    },
    histogram(options) {
      const histogram = metrics.histogram(options);
      const also = besides[options.name];
      if (also === undefined) return histogram;
      return {
        observe(value, labels = {}) {
          histogram.observe(value, labels);
          also(value, labels);
        },
        remove: (labels) => histogram.remove(labels),
      };
    },
    ...(metrics.text !== undefined && { text: () => metrics.text?.() ?? "" }),
  };
}

/** A resync was an update there. */
const EVENT_KINDS: Readonly<Record<string, string>> = { add: "create", update: "update", resync: "update", delete: "delete" };
