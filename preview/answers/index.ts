import { aws } from "./aws.ts";
import { azure } from "./azure.ts";
import type { Answers } from "./contract.ts";
import { gcp } from "./gcp.ts";
import { pulumi } from "./pulumi.ts";
import { vault } from "./vault.ts";

/**
 * What each function that the program calls answers, by its token: the shape of the provider's answer and its errors,
 * from a `World` in place of a cloud. Previews and the mocks of the tests share it.
 */
export const answers: Answers = { ...pulumi, ...vault, ...aws, ...azure, ...gcp };
