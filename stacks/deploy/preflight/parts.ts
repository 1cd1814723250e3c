import type { StateResource } from "../../../components/backends/contract.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment } from "../../config/environment.ts";

/** Type of what has the values and objects of an application in a state; its logical name is the application's. */
const applicationType = "secrets:applications:ApplicationSecrets";

/**
 * Applications that the state of this stack has, and facts give to another part. A run would delete them here, with their
 * Secrets: they are moved, state and facts together. Pure.
 */
export function movedApplications(
  { name, part }: Pick<Environment, "name" | "part">,
  state: readonly StateResource[],
): readonly Issue[] {
  if (part === undefined) return [];
  const here = new Set(state.filter(({ type }) => type === applicationType).map((each) => each.name));
  return [...part.whole.parts.assigned].flatMap(([other, applications]) =>
    other === part.name
      ? []
      : applications
          .filter((app) => here.has(app))
          .map((app) => ({
            path: configPath(["parts", other]),
            problem: `the state of this stack has application ${app}, which would be deleted here`,
            fix: `npx secrets fleet move ${name} ${app} ${other} (facts that were changed by hand: put them back first)`,
          })),
  );
}
