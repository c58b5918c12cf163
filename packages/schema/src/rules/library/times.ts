import type { Library } from "../cel.ts";

interface Duration {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** Conversions of times that the evaluator lacks. Source: cel-go `common/types/{timestamp,duration}.go`. */
export const times: Library = (environment) => {
  environment
    .registerFunction("string(google.protobuf.Timestamp): string", (time: Date) => time.toISOString().replace(/\.?0*Z$/, "Z"))
    .registerFunction("int(google.protobuf.Timestamp): int", (time: Date) => BigInt(Math.floor(time.getTime() / 1000)))
    .registerFunction("string(google.protobuf.Duration): string", ({ seconds, nanos }: Duration) => `${Number(seconds) + nanos / 1e9}s`)
    .registerFunction("int(google.protobuf.Duration): int", ({ seconds, nanos }: Duration) => seconds * 1_000_000_000n + BigInt(nanos));
  for (const operator of ["<", "<=", ">", ">="]) {
    const holds = { "<": (o: number) => o < 0, "<=": (o: number) => o <= 0, ">": (o: number) => o > 0, ">=": (o: number) => o >= 0 }[
      operator
    ];
    if (holds === undefined) continue;
    environment.registerOperator(`bytes ${operator} bytes: bool`, (a: Uint8Array, b: Uint8Array) => holds(Buffer.compare(a, b)));
  }
};
