import { describe, expect, it } from "vitest";
import { frame, liveView } from "./live-view.ts";
import type { Memcached } from "../memcached.ts";
import { lineView } from "./view.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 30);

const memcached = (name: string, size: number, ready: number): Memcached => ({
  apiVersion: "cache.example.com/v1alpha1",
  kind: "Memcached",
  metadata: { name, namespace: "default", creationTimestamp: "2026-01-01T12:00:00Z" },
  spec: { size },
  status: { ready, endpoints: ["10.244.0.2:11211"] },
});

describe("lineView", () => {
  it("writes a line for each change and none for what says nothing new", () => {
    const lines: string[] = [];
    const view = lineView(
      (text) => lines.push(text),
      () => NOW_MS,
    );
    view.changed({ subject: "Pod default/a", text: "Pending" });
    view.changed({ subject: "Pod default/a", text: "Pending" });
    view.changed({ subject: "Pod default/a", text: "gone" });
    view.changed({ subject: "Pod default/a", text: "Pending" });
    expect(lines).toEqual([
      "12:00:30.000  Pod default/a: Pending",
      "12:00:30.000  Pod default/a: gone",
      "12:00:30.000  Pod default/a: Pending",
    ]);
  });
});

describe("liveView", () => {
  it("lines up the table's columns, sorted by name", () => {
    expect(frame([memcached("b", 4, 2), memcached("a", 1, 1)], ["last"], NOW_MS)).toEqual([
      "",
      "MEMCACHED  SIZE  READY  AVAILABLE  ENDPOINTS         AGE",
      "default/a  1     1      -          10.244.0.2:11211  30s",
      "default/b  4     2      -          10.244.0.2:11211  30s",
      "",
      "last",
    ]);
  });

  it("erases just what it drew, and gives the cursor back", () => {
    let screen = "";
    const view = liveView({ columns: 100, write: (text) => (screen += text) }, () => NOW_MS);
    view.memcacheds([memcached("a", 1, 1)]);
    view.changed({ subject: "Pod default/a", text: "Pending" });
    view.close();
    expect(screen.startsWith("\u001b[?25l")).toBe(true);
    expect(screen).toContain("\u001b[4A\u001b[J");
    expect(screen.endsWith("\u001b[?25h")).toBe(true);
  });
});
