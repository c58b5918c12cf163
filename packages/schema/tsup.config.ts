import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/kinds/index.ts", "src/merge/index.ts", "src/rules/index.ts"]);
