import type { ApiCase } from "./api-case.ts";
import { applyingCases } from "./cases/applying.ts";
import { builtInCases } from "./cases/built-in.ts";
import { checkingCases } from "./cases/checking.ts";
import { creatingCases } from "./cases/creating.ts";
import { customizingCases } from "./cases/customizing.ts";
import { decodingCases } from "./cases/decoding.ts";
import { deletingCases } from "./cases/deleting.ts";
import { describingCases } from "./cases/describing.ts";
import { dryRunningCases } from "./cases/dry-running.ts";
import { emptyingCases } from "./cases/emptying.ts";
import { grantingCases } from "./cases/granting.ts";
import { impersonatingCases } from "./cases/impersonating.ts";
import { listingCases } from "./cases/listing.ts";
import { loggingCases } from "./cases/logging.ts";
import { patchingCases } from "./cases/patching.ts";
import { refusingCases } from "./cases/refusing.ts";
import { rulingCases } from "./cases/ruling.ts";
import { scalingCases } from "./cases/scaling.ts";
import { servingCases } from "./cases/serving.ts";
import { strategicCases } from "./cases/strategic.ts";
import { tokenRequestCases } from "./cases/token-requests.ts";
import { watchingCases } from "./cases/watching.ts";

/** Every case about the API. What the real server does is what they say. */
export const apiCases: readonly ApiCase[] = [
  ...creatingCases,
  ...deletingCases,
  ...listingCases,
  ...watchingCases,
  ...patchingCases,
  ...strategicCases,
  ...applyingCases,
  ...refusingCases,
  ...describingCases,
  ...emptyingCases,
  ...customizingCases,
  ...rulingCases,
  ...builtInCases,
  ...decodingCases,
  ...checkingCases,
  ...loggingCases,
  ...tokenRequestCases,
  ...grantingCases,
  ...impersonatingCases,
  ...dryRunningCases,
  ...scalingCases,
  ...servingCases,
];
