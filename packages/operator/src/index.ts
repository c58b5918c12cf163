/** One process: starts runnables, health and metrics, stops cleanly. */
export { Operator } from "./operator.ts";
export type { OperatorOptions, OperatorRunOptions } from "./operator.ts";
export { OperatorError } from "./operator-error.ts";
export type { OperatorErrorCode } from "./operator-error.ts";
export { pinoLogger } from "./pino-logger.ts";
export type { PinoLike } from "./pino-logger.ts";
export { plainLogger } from "./plain-logger.ts";
export type { PlainLoggerOptions } from "./plain-logger.ts";
export { PrometheusMetrics } from "./prometheus-metrics.ts";
