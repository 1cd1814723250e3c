import { loadStack } from "../../preview/preview.ts";
import { readStackFile, type StackFile } from "../../preview/stack-file.ts";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import type { Fleet } from "../../operations/fleet/model.ts";
import { wholeOf, type Parts } from "../../stacks/config/environment.ts";
import { basePart, parts as partsSchema } from "../../stacks/config/schema/parts.ts";
import { environments } from "../../stacks/environments/index.ts";

export interface LoadFleetArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  readonly environment: string;
  /** Whether parts may be wrong or missing, and stacks too large: for what puts that right. */
  readonly lenient: boolean;
}

/**
 * Loads an environment that is one stack or several.
 *
 * @throws ExpectedError for everything that the program refuses about it.
 */
export async function loadFleet({ root, environment, lenient }: LoadFleetArgs): Promise<Fleet> {
  const file = await readStackFile(root, environment);
  const assigned = assignedIn(file);
  if (environment.includes(".") && assigned.size > 0) {
    const [name = environment] = environment.split(".");
    throw new ExpectedError(`${environment} is a part of environment ${name}\n    fix: name the environment: ${name}`);
  }
  refuseOtherKeys(file, environment, assigned);
  const loaded = await loadStack({
    root,
    stack: environment,
    now: new Date(),
    ...(lenient ? { withoutParts: true, policies: unlimited } : {}),
  });
  const whole = wholeOf(loaded);
  return {
    stack: environment,
    whole: lenient
      ? { ...whole, policy: environments[whole.name] ?? whole.policy, parts: { ...whole.parts, assigned } }
      : whole,
    assigned,
    project: file.project,
  };
}

/** Policies with the largest limit on the size of a stack that there is. */
const unlimited = Object.fromEntries(
  Object.entries(environments).map(([name, policy]) => [name, { ...policy, maximumResources: 1_000_000 }]),
);

function assignedIn({ plain, project }: StackFile): Parts["assigned"] {
  const text = plain[`${project}:parts`] ?? "";
  try {
    const found = partsSchema.safeParse(text === "" ? {} : JSON.parse(text));
    return new Map(Object.entries(found.success ? found.data : {}));
  } catch {
    // The program itself says what is wrong with it.
    return new Map();
  }
}

/** Secret values that the service encrypts are for one stack alone: no other part could read them. */
function refuseOtherKeys({ secretKeys, hasKey }: StackFile, environment: string, assigned: Parts["assigned"]): void {
  if (secretKeys.size === 0 || hasKey || [...assigned.keys()].every((part) => part === basePart)) return;
  throw new ExpectedError(
    `Pulumi.${environment}.yaml has secret values that are encrypted for its own stack alone, and its parts read them too. Nothing was changed.\n` +
      `    fix: pulumi stack change-secrets-provider --stack ${environment} "<awskms://…, azurekeyvault://…, gcpkms://…, hashivault://… or passphrase>"`,
  );
}
