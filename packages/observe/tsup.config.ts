import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/options/index.ts", "src/otel/index.ts", "src/testing/index.ts"]);
