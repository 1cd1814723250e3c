import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { otherEpochs } from "../../../components/values/previous.ts";
import { unresetKeys, unresetProblem } from "../../config/bootstrap.ts";
import type { Environment } from "../../config/environment.ts";

/**
 * Rotations of what an application reads at its first start alone, where nothing resets it. One of before, which the state has, is
 * no matter: the application may have been made anew since. Pure.
 *
 * @param names logical names of what the state has.
 */
export function bootstrapIssues(
  environment: Pick<Environment, "accounts" | "secrets">,
  names: ReadonlySet<string>,
): readonly Issue[] {
  return environment.secrets.flatMap((spec): readonly Issue[] => {
    const keys = unresetKeys(environment, spec).filter(
      (key) => !names.has(epochName(spec, key)) && otherEpochs(spec, key, names).length > 0,
    );
    return keys.length === 0 ? [] : [{ path: configPath(["rotations", spec.id]), ...unresetProblem(keys) }];
  });
}
