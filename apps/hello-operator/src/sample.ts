import { defineKind, type ObjectOf } from "operatorkit";
import { Type } from "typebox";

/** Somebody to say hello to. */
export const Sample = defineKind({
  group: "myproject.io",
  version: "v1alpha1",
  kind: "Sample",
  spec: Type.Object({ hello: Type.Optional(Type.String({ description: "Whom to greet." })) }),
  columns: [{ name: "Hello", jsonPath: ".spec.hello", type: "string" }],
});

export type Sample = ObjectOf<typeof Sample>;
