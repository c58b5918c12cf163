/** For callers without types: taking apart what is not there fails in words that name no class. @throws {TypeError} without options. */
export function requireOptions(what: string, options: unknown): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`${what}: options are missing; give one object of them`);
}
