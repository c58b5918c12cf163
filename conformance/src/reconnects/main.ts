// Does one case often, in a process of its own, and prints what it left behind: `node --conditions=source src/reconnects/main.ts http2 3000`.
import { reconnectCases } from "./reconnect-cases.ts";
import type { ReconnectReport } from "./reconnect-report.ts";

const [name, count = "0"] = process.argv.slice(2);
const wanted = reconnectCases.find((one) => one.name === name);
if (wanted === undefined) throw new Error(`the case is one of ${reconnectCases.map((one) => one.name).join(", ")}, not ${name}`);
const warnings: string[] = [];
process.on("warning", ({ message }) => warnings.push(message));

const handles = (): readonly string[] => process.getActiveResourcesInfo().filter((kind) => !/Pipe|TTY|Immediate/.test(kind));
const before = handles();
const times = Number(count) || wanted.quick;
const slope = await wanted.measure(times, Math.max(100, Math.min(5_000, times >> 1)));
// What is being closed has its turns.
for (let turn = 0; turn < 50 && handles().length > before.length; turn += 1) await new Promise((resolve) => void setTimeout(resolve, 20));
await new Promise((resolve) => setImmediate(resolve));
const report: ReconnectReport = { ...slope, left: handles().slice(before.length), warnings };
console.log(JSON.stringify(report));
