/** What the apps have in common: a command that runs an operator on an embedded cluster or on one of yours. */
export type { App, AppContext, Screen } from "./app.ts";
export { UsageError } from "./app-options.ts";
export { main } from "./main.ts";
export { readObjects } from "./read-objects.ts";
export { StepError, Timeline } from "./timeline.ts";
export type { TimelineEntry, TimelineOptions, WaitOptions } from "./timeline.ts";
