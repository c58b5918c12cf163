import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/devcluster/index.ts", "src/kinds/index.ts"]);
