import type { Screen } from "@operatorkit/app-kit";
import { findCondition } from "operatorkit";
import type { Change } from "./change.ts";
import type { Memcached } from "../memcached.ts";
import type { View } from "./view.ts";

const RECENT = 12;

/** A table of the Memcacheds with the last changes under it, redrawn in place. */
export function liveView(screen: Screen, nowMs: () => number): View {
  let drawn = 0;
  let all: readonly Memcached[] = [];
  const recent: string[] = [];
  const last = new Map<string, string>();

  function erase(): string {
    const up = drawn === 0 ? "" : `\u001b[${drawn}A\u001b[J`;
    drawn = 0;
    return up;
  }

  function draw(): void {
    const lines = frame(all, recent, nowMs()).map((line) => line.slice(0, Math.max(20, screen.columns - 1)));
    const start = erase();
    drawn = lines.length;
    screen.write(`${start}${lines.join("\n")}\n`);
  }

  screen.write("\u001b[?25l");
  return {
    changed({ subject, text }: Change) {
      if (last.get(subject) === text) return;
      if (text === "gone") last.delete(subject);
      else last.set(subject, text);
      recent.push(`${new Date(nowMs()).toISOString().slice(11, 19)}  ${subject}: ${text}`);
      if (recent.length > RECENT) recent.shift();
      draw();
    },
    memcacheds(next) {
      all = next;
      draw();
    },
    close: () => screen.write("\u001b[?25h"),
  };
}

/** The lines of one picture. Pure. */
export function frame(all: readonly Memcached[], recent: readonly string[], nowMs: number): string[] {
  const rows = [...all]
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
    .map((memcached) => [
      `${memcached.metadata.namespace ?? ""}/${memcached.metadata.name}`,
      String(memcached.spec.size),
      String(memcached.status?.ready ?? 0),
      memcached.metadata.deletionTimestamp === undefined
        ? (findCondition(memcached.status?.conditions, "Available")?.status ?? "-")
        : "going away",
      memcached.status?.endpoints?.join(" ") ?? "",
      age(memcached, nowMs),
    ]);
  const table = [["MEMCACHED", "SIZE", "READY", "AVAILABLE", "ENDPOINTS", "AGE"], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return ["", ...lines, "", ...recent];
}

function age({ metadata }: Memcached, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(metadata.creationTimestamp ?? "")) / 1000));
  return Number.isNaN(seconds) ? "" : seconds < 120 ? `${seconds}s` : `${Math.floor(seconds / 60)}m`;
}
