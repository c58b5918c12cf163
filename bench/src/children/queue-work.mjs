// Measured, so plain JavaScript. The same work as ../../go/queue.go.
// Usage: node --expose-gc queue-work.mjs flood <client> <keys> <workers> | delay <client> <keys>
//   client: operatorkit (runWorkers; a turn is over at once, as in Go), operatorkit-async (every turn is an async function),
//   set-queue (an array and two sets, in a loop: no waiting, no delays)
import { readFileSync } from "node:fs";
import { WorkQueue, runWorkers } from "@operatorkit/workqueue";

const [work = "", client = "", keyCount = "", workerCount = "1"] = process.argv.slice(2);
const count = Number(keyCount);
// One-piece strings whose hash nobody has computed yet, as Go gets them.
const flat = (text) => Buffer.from(text).latin1Slice();
const keys = Array.from({ length: count }, (_, i) => flat(`team-${String(i % 50).padStart(3, "0")}/widget-${String(i).padStart(7, "0")}`));
const measures = {};

/** What one writes in ten lines: the promises of a queue kept, and nothing more. */
class SetQueue {
  #line = [];
  #head = 0;
  #dirty = new Set();
  #running = new Set();

  add(key) {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#running.has(key)) this.#line.push(key);
  }

  tryTake() {
    if (this.#head === this.#line.length) return undefined;
    const key = this.#line[this.#head];
    this.#line[this.#head++] = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#line.length) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
    this.#running.add(key);
    this.#dirty.delete(key);
    return key;
  }

  done(key) {
    this.#running.delete(key);
    if (this.#dirty.has(key)) this.#line.push(key);
  }
}

await { flood, delay }[work]();
console.log(JSON.stringify(measures));

async function flood() {
  const again = keys.map(flat);
  const queue = client === "set-queue" ? new SetQueue() : new WorkQueue();
  globalThis.gc();
  const heapBefore = process.memoryUsage();
  const rssBefore = statusMb("VmRSS");
  await timed("add", () => {
    for (let i = 0; i < count; i += 1) queue.add(keys[i]);
  });
  globalThis.gc();
  const heap = process.memoryUsage();
  measures.heapGrowthMb = (heap.heapUsed + heap.external - heapBefore.heapUsed - heapBefore.external) / 2 ** 20;
  measures.rssGrowthMb = statusMb("VmRSS") - rssBefore;
  await timed("addAgain", () => {
    for (let i = 0; i < count; i += 1) queue.add(again[i]);
  });
  let taken = 0;
  await timed("getDone", client === "set-queue" ? atOnce : inTurns);
  measures.peakMb = statusMb("VmHWM");
  if (taken !== count) throw new Error(`${taken} keys were handed out, not ${count}`);

  async function inTurns() {
    const stop = new AbortController();
    const turn = (key) => {
      queue.done(key);
      taken += 1;
      if (taken === count) stop.abort();
    };
    const asyncTurn = async (key) => turn(key);
    await runWorkers(queue, {
      concurrency: Number(workerCount),
      signal: stop.signal,
      turn: client === "operatorkit-async" ? asyncTurn : turn,
    });
  }

  function atOnce() {
    for (let key = queue.tryTake(); key !== undefined; key = queue.tryTake()) {
      queue.done(key);
      taken += 1;
    }
  }
}

/** Keys that are due one to two seconds later; one worker notes how late each comes. */
async function delay() {
  const queue = new WorkQueue();
  const due = new Map();
  const lateMs = [];
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  for (let i = 0; i < count; i += 1) {
    // Spread evenly, in an order that is not theirs: 7919 is prime.
    const afterMs = 1000 + (1000 * ((i * 7919) % count)) / count;
    due.set(keys[i], performance.now() + afterMs);
    queue.addAfter(keys[i], afterMs);
  }
  measures.addMs = performance.now() - startMs;
  while (lateMs.length < count) {
    const key = await queue.take();
    lateMs.push(performance.now() - due.get(key));
    queue.done(key);
  }
  measures.cpuMs = cpuSince(startCpu);
  await queue.shutDown();
  lateMs.sort((a, b) => a - b);
  const quantile = (part) => lateMs[Math.floor((count - 1) * part)];
  Object.assign(measures, {
    earlyMs: Math.max(0, -quantile(0)),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: quantile(1),
    peakMb: statusMb("VmHWM"),
  });
}

async function timed(name, run) {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await run();
  measures[`${name}Ms`] = performance.now() - startMs;
  measures[`${name}CpuMs`] = cpuSince(startCpu);
}

function cpuSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function statusMb(name) {
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
}
