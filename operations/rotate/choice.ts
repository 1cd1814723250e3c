import { isRendered, isSynced, sourcesOf, type DeliverySpec } from "../../components/delivery/contract.ts";
import { removeCommand, setCommand, setSecretCommand } from "../../components/support/messages/config-command.ts";
import { RequestError, ExpectedError, type Issue } from "../../components/support/messages/errors.ts";
import { clippedName, quotedName } from "../../components/support/messages/printable.ts";
import { thereAre } from "../../components/support/messages/suggestions.ts";
import { frozenKeys } from "../../components/values/derived.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { unresetKeys, unresetProblem } from "../../stacks/config/bootstrap.ts";
import type { Environment } from "../../stacks/config/environment.ts";

/** Which secrets are rotated. */
export type Choice = ChosenBy & {
  /** Ids of secrets that are left out, such as those of a target that is down. Default: none is. */
  readonly except?: readonly string[];
};

type ChosenBy =
  | { readonly kind: "named"; readonly ids: readonly string[] }
  | {
      readonly kind: "due";
      /** Last day that counts as due: `YYYY-MM-DD`. */
      readonly by: string;
      readonly application?: string;
    }
  | { readonly kind: "all"; readonly application?: string };

/** A secret that was asked for, and is not rotated here. */
export interface LeftOut {
  readonly id: string;
  readonly reason: string;
  readonly fix: string;
}

export interface Chosen {
  /** In the order of the description. */
  readonly secrets: readonly SecretSpec[];
  /** Of `due` and `all`: what is theirs by date or application, and can't be rotated here. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * The secrets that a choice names, without those that it leaves out. What is named by its id and can't be rotated is refused; what a date or an application
 * names is left out, with the reason. Pure.
 *
 * @throws RequestError with everything that is named and can't be rotated. ExpectedError where an application does not exist.
 */
export function chosen(environment: Environment, choice: Choice): Chosen {
  const { secrets, name } = environment;
  const { except = [], ...rest } = choice;
  if (except.length > 0) {
    const strangers = except.filter((id) => !secrets.some((each) => each.id === id));
    if (strangers.length > 0) {
      const issues = strangers.map((id) => unknown(environment, id));
      throw new RequestError(`A rotation in environment ${name}`, issues);
    }
    const whole = chosen(environment, rest);
    const isKept = ({ id }: { readonly id: string }) => !except.includes(id);
    return { secrets: whole.secrets.filter(isKept), leftOut: whole.leftOut.filter(isKept) };
  }
  if (choice.kind === "named") {
    const issues = [...new Set(choice.ids)].flatMap((id): readonly Issue[] => {
      const spec = secrets.find((each) => each.id === id);
      if (spec === undefined) return [unknown(environment, id)];
      const obstacle = obstacleOf(environment, spec);
      return obstacle === undefined ? [] : [{ path: id, problem: obstacle.reason, fix: obstacle.fix }];
    });
    if (issues.length > 0) throw new RequestError(`A rotation in environment ${name}`, issues);
    return { secrets: secrets.filter(({ id }) => choice.ids.includes(id)), leftOut: [] };
  }
  const { application } = choice;
  if (application !== undefined && !secrets.some(({ app }) => app === application)) {
    const known = new Set(secrets.map(({ app }) => app));
    throw new ExpectedError(
      `Environment ${name} has no application ${quotedName(application)}; ${thereAre(application, known)}.`,
    );
  }
  const wanted = secrets
    .filter(({ app }) => application === undefined || app === application)
    .filter(({ keys }) => Object.keys(keys).length > 0)
    .filter(({ rotateBy }) => choice.kind === "all" || (rotateBy !== undefined && rotateBy <= choice.by));
  const looked = wanted.map((spec) => ({ spec, obstacle: obstacleOf(environment, spec) }));
  return {
    secrets: looked.flatMap(({ spec, obstacle }) => (obstacle === undefined ? [spec] : [])),
    leftOut: looked.flatMap(({ spec: { id }, obstacle }) => (obstacle === undefined ? [] : [{ id, ...obstacle }])),
  };
}

function unknown({ secrets, namespaces }: Environment, id: string): Issue {
  const known = secrets.map((each) => each.id);
  const path = clippedName(id);
  const delivered = namespaces
    .flatMap(({ deliveries }) => deliveries)
    .find((each) => `${each.namespace}/${each.secretName}` === id || each.secretName === id);
  if (delivered !== undefined) {
    const sources = [...new Set(sourcesOf(delivered).map(({ secret }) => secret))].sort().join(", ");
    return { path, problem: `is a Secret in a cluster, which is made of ${sources}`, fix: `name ${sources}` };
  }
  return { path, problem: `is no secret of this environment, as <application>/<secret>; ${thereAre(id, known)}` };
}

/** Why a secret is not rotated by its epoch, and what is done instead. */
function obstacleOf(environment: Environment, spec: SecretSpec): Omit<LeftOut, "id"> | undefined {
  const { origin, keys, id } = spec;
  if (origin.kind === "referenced") {
    return {
      reason: "is referenced: somebody else makes its value",
      fix: "have its owner rotate it (docs/references.md)",
    };
  }
  if (origin.kind === "issued") {
    return {
      reason:
        origin.credentials === "dynamic"
          ? "is issued by the database secrets engine of Vault: the operator fetches new credentials at each refresh"
          : "is the account of a static role, whose password Vault rotates by itself",
      fix:
        origin.credentials === "dynamic"
          ? "vault lease revoke -prefix <mount>/creds/<role>, then have the operator read again (docs/rotation.md#credentials-that-vault-issues)"
          : "vault write -force <mount>/rotate-role/<role> (docs/rotation.md#credentials-that-vault-issues)",
    };
  }
  if (origin.kind === "in-cluster") {
    return {
      reason: `is generated by the operator of cluster ${origin.cluster}, which this program only looks on`,
      fix: "docs/values.md#rotating-what-a-cluster-generated",
    };
  }
  if (frozenKeys(spec).length === 0) {
    const provided = Object.values(keys).flatMap((recipe) => (recipe.kind === "provided" ? [recipe.config] : []));
    return provided.length === 0
      ? { reason: "has no generated value: all of its keys are fixed in the catalogue", fix: "change them there" }
      : {
          reason: "has no generated value: people provide it",
          fix: `change it at its source, then: ${provided.map((key) => setSecretCommand(key)).join(" && ")} && pulumi up`,
        };
  }
  const unreset = unresetKeys(environment, spec);
  if (unreset.length === 0) return readOnce(environment, id);
  const { problem, fix } = unresetProblem(unreset);
  return { reason: problem, fix };
}

/** A Secret that keeps the values of its first sync would hand out the old ones for good. */
function readOnce({ namespaces }: Environment, id: string): Omit<LeftOut, "id"> | undefined {
  for (const { entry, deliveries } of namespaces) {
    const found = deliveries.find((each) => keepsFirst(each) && sourcesOf(each).some(({ secret }) => secret === id));
    if (found === undefined) continue;
    const names = ["namespaces", entry, "secrets", found.declaredAs ?? found.secretName];
    return {
      reason: `is delivered to ${found.namespace}/${found.secretName} with refreshPolicy ${found.refresh?.policy ?? ""}, which keeps the values of its first sync`,
      fix: `${removeCommand([...names, "missesRotations"])} && ${setCommand([...names, "refreshPolicy"], isRendered(found) ? "Periodic" : "OnChange")}`,
    };
  }
  return undefined;
}

function keepsFirst(delivery: DeliverySpec): boolean {
  const policy = delivery.refresh?.policy;
  return isSynced(delivery) && (policy === "CreatedOnce" || (policy === "OnChange" && isRendered(delivery)));
}
