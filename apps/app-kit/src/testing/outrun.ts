import type { Client } from "operatorkit";

/** Something an operator is about to write. */
export interface ComingWrite {
  readonly verb: "patch" | "apply";
  readonly kind: string;
  readonly name: string;
  readonly subresource: string | undefined;
}

/** `client`, but somebody else is quicker: `first` is called, and waited for, before each patch and apply. For races that a check wants to happen. */
export function outrun(client: Client, first: (write: ComingWrite) => Promise<void>): Client {
  const patch = async (...args: Parameters<Client["patch"]>): Promise<unknown> => {
    const [{ kind }, { name }, , options] = args;
    await first({ verb: "patch", kind, name, subresource: options?.subresource });
    return await client.patch(...args);
  };
  const apply = async (...args: Parameters<Client["apply"]>): Promise<unknown> => {
    const [{ kind, metadata }, options] = args;
    await first({ verb: "apply", kind, name: metadata.name, subresource: options?.subresource });
    return await client.apply(...args);
  };
  const outrunning = { patch, apply, with: (defaults: Parameters<Client["with"]>[0]) => outrun(client.with(defaults), first) };
  return new Proxy(client, {
    get(target, property) {
      if (property in outrunning) return outrunning[property as keyof typeof outrunning];
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
