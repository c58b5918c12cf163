import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyTable } from "./key-table.ts";

describe("KeyTable", () => {
  it("says what a Map of keys to slots would say, whatever is put in and taken out", () => {
    const step = fc.record({ key: fc.string({ maxLength: 2 }), removes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
        const table = new KeyTable();
        const model = new Map<string, number>();
        for (const { key, removes } of steps) {
          const known = model.get(key);
          const used = new Set(model.values());
          expect(table.slotOf(key)).toBe(known ?? -1);
          const slot = table.slotFor(key);
          expect([table.keyAt(slot), known ?? slot]).toEqual([key, slot]);
          expect(used.has(slot)).toBe(known !== undefined);
          model.set(key, slot);
          if (removes) {
            table.remove(slot);
            model.delete(key);
          }
          expect(table.size).toBe(model.size);
        }
        for (const [key, slot] of model) expect(table.slotOf(key)).toBe(slot);
      }),
    );
  });

  it("finds every key while many come and go, in an order that is not theirs", () => {
    const table = new KeyTable();
    const count = 20_000;
    const key = (i: number): string => `namespace-${i % 7}/object-${i}`;
    for (let i = 0; i < count; i += 1) table.slotFor(key(i));
    for (let i = 0; i < count; i += 1) if ((i * 7919) % count < count / 2) table.remove(table.slotOf(key(i)));
    for (let i = 0; i < count; i += 1) {
      const slot = table.slotOf(key(i));
      expect(slot === -1 ? undefined : table.keyAt(slot)).toBe((i * 7919) % count < count / 2 ? undefined : key(i));
    }
    expect(table.size).toBe(count / 2);
  });

  it("gives slots out again, and numbers from 0 once a great many keys are gone", () => {
    const table = new KeyTable();
    expect([table.slotFor("a"), table.slotFor("b")]).toEqual([0, 1]);
    table.remove(0);
    expect([table.slotFor("c"), table.slotOf("b")]).toEqual([0, 1]);
    for (let i = 2; i < 5000; i += 1) expect(table.slotFor(`key-${i}`)).toBe(i);
    for (let slot = 0; slot < 5000; slot += 1) table.remove(slot);
    expect([table.size, table.slotOf("c"), table.slotFor("d")]).toEqual([0, -1, 0]);
  });

  it("refuses to name or remove a key that is not there", () => {
    const table = new KeyTable();
    expect(() => table.keyAt(0)).toThrow(/slot 0/);
    expect(() => table.remove(3)).toThrow(/slot 3/);
  });
});
