import { expect, it } from "vitest";
import { PodAddresses } from "./pod-addresses.ts";

it("gives every pod an address of its own and the same one each time", () => {
  const addresses = new PodAddresses();
  const all = Array.from({ length: 1000 }, (_, i) => addresses.of(`pod-${i}`));
  expect(new Set(all).size).toBe(1000);
  expect(addresses.of("pod-7")).toBe(all[7]);
  expect(all.every((address) => /^10\.244\.\d{1,3}\.\d{1,3}$/.test(address) && !/\.(0|255)$/.test(address))).toBe(true);
});

it("keeps the address a pod already reports, unless another pod has it", () => {
  const addresses = new PodAddresses();
  expect(addresses.of("a", "10.244.9.9")).toBe("10.244.9.9");
  expect(addresses.of("b", "10.244.9.9")).not.toBe("10.244.9.9");
});

it("uses the addresses of pods that are gone again", () => {
  const addresses = new PodAddresses();
  for (let i = 0; i < 256 * 254; i += 1) addresses.of(`pod-${i}`);
  expect(() => addresses.of("one-too-many")).toThrow(/delete some pods/);
  addresses.retain(new Set(Array.from({ length: 256 * 254 }, (_, i) => `pod-${i}`).filter((uid) => uid !== "pod-3")));
  expect(addresses.size).toBe(256 * 254 - 1);
  expect(addresses.of("one-too-many")).toMatch(/^10\.244\./);
});
