/** A map from key to ordered list. */
export { ListMap } from "./list-map.ts";
