/** What happened to an object, as watchers and their retries name it. */
export type ResourceAction = "CREATE" | "UPDATE" | "DELETE" | "RESYNC";
