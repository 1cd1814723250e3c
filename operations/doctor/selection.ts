import { ExpectedError } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { listed, thereAre } from "../../components/support/messages/suggestions.ts";
import type { DeliverySpec } from "../../components/delivery/contract.ts";
import type { Environment, Namespace } from "../../stacks/config/environment.ts";

/** A Secret that is asked about. */
export interface Selected {
  readonly namespace: Namespace;
  readonly delivery: DeliverySpec;
}

/**
 * The Secrets that a target names: `<namespace>/<secret>`, a namespace, or everything. Of a namespace that is in several
 * clusters, those of each.
 *
 * @throws ExpectedError where nothing is called so; it says what there is.
 */
export function selected({ name, namespaces }: Environment, target: string | undefined): readonly Selected[] {
  const all = namespaces.flatMap((namespace) => namespace.deliveries.map((delivery) => ({ namespace, delivery })));
  if (target === undefined) return all;
  const [namespace = "", secret, ...rest] = target.split("/");
  const shown = clippedName(target);
  if (rest.length > 0) {
    throw new ExpectedError(`"${shown}" is no target.\n    fix: name <namespace>/<secret>, or a namespace`);
  }
  if (all.length === 0)
    throw new ExpectedError(
      `Environment ${name} delivers no Secret, to namespace "${clippedName(namespace)}" or any other.`,
    );
  const within = all.filter((each) => each.namespace.name === namespace);
  if (within.length === 0) {
    const elsewhere = all.filter(({ delivery }) => delivery.secretName === (secret ?? namespace));
    const hint =
      elsewhere.length === 0
        ? thereAre(namespace, new Set(all.map((each) => each.namespace.name)))
        : `a Secret of that name is delivered to ${listed(new Set(elsewhere.map(placeOf)))}`;
    throw new ExpectedError(
      `Environment ${name} delivers nothing to a namespace "${clippedName(namespace)}"; ${hint}.`,
    );
  }
  if (secret === undefined) return within;
  const found = within.filter(({ delivery }) => delivery.secretName === secret);
  if (found.length > 0) return found;
  const names = within.map(({ delivery }) => delivery.secretName);
  throw new ExpectedError(
    `Environment ${name} delivers no Secret "${clippedName(secret)}" to namespace ${namespace}; ${thereAre(secret, new Set(names))}.`,
  );
}

function placeOf({ namespace, delivery }: Selected): string {
  return `${namespace.name}/${delivery.secretName}`;
}
