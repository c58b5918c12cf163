import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Growth of what is alive in this process, per repetition of something. */
export interface HeapSlope {
  /** How often it was done after the warm-up. */
  readonly count: number;
  readonly bytesEach: number;
  readonly durationMs: number;
}

export interface MeasureOptions {
  readonly count: number;
  /** Done once before anything is measured: caches fill, code is compiled. */
  readonly warmUp: number;
  /** Does it `times` times. */
  readonly repeat: (times: number) => Promise<void>;
}

/** Looks at the heap in between; a straight line through what is seen is less shaken by one look than the last minus the first. */
const LOOKS = 10;

/** Repeats something and says how much of it stays in memory. */
export async function heapSlope({ count, warmUp, repeat }: MeasureOptions): Promise<HeapSlope> {
  await repeat(warmUp);
  const started = performance.now();
  const looks: { readonly done: number; readonly bytes: number }[] = [];
  for (let look = 0; look <= LOOKS; look += 1) {
    if (look > 0) await repeat(Math.ceil(count / LOOKS));
    looks.push({ done: look * Math.ceil(count / LOOKS), bytes: await liveBytes() });
  }
  return { count: LOOKS * Math.ceil(count / LOOKS), bytesEach: slopeOf(looks), durationMs: performance.now() - started };
}

/** Least squares. */
export function slopeOf(looks: readonly { readonly done: number; readonly bytes: number }[]): number {
  const mean = (of: (look: (typeof looks)[number]) => number): number => looks.reduce((sum, look) => sum + of(look), 0) / looks.length;
  const meanDone = mean(({ done }) => done);
  const meanBytes = mean(({ bytes }) => bytes);
  const above = mean(({ done, bytes }) => (done - meanDone) * (bytes - meanBytes));
  const below = mean(({ done }) => (done - meanDone) ** 2);
  return below === 0 ? 0 : above / below;
}

/** What is alive: JavaScript objects and the buffers they hold. Compiled code is not; V8 makes and throws it away as it likes. */
async function liveBytes(): Promise<number> {
  // Finalizers run between turns, and free more.
  for (let turn = 0; turn < 4; turn += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const collect: () => void = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();
