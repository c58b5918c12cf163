/** What the apps have in common: a command that runs an operator on an embedded cluster or on one of yours. */
export type { App, AppContext } from "./app.ts";
export { HELP_OPTIONS, parseAppOptions, UsageError } from "./app-options.ts";
export type { AppOptions } from "./app-options.ts";
export { main } from "./main.ts";
export { runApp } from "./run-app.ts";
export type { RunAppOptions } from "./run-app.ts";
