import { backoffRetryPolicy, exponentialBackoff, retry } from "@operatorkit/retry";

const policy = backoffRetryPolicy({ backoff: exponentialBackoff({ baseMs: 5, maxMs: 1000, jitter: 0.2 }), maxRetries: 4 });

const answer = await retry(
  ({ attempt }) => {
    if (attempt < 2) throw new Error("not yet");
    return "ready";
  },
  { policy },
);
console.log(answer);
