import type { Resource } from "@pulumi/pulumi";
import type { StateResource } from "../../components/backends/contract.ts";
import { sourcesOf } from "../../components/delivery/contract.ts";
import { settled } from "../../components/support/settled.ts";
import { UnderWay } from "../../components/targets/under-way.ts";
import { accountsOf, type Environment } from "../config/environment.ts";
import { keptNames } from "../../components/values/previous.ts";
import { beginsRotation, hasBegunRotation } from "../../components/values/rotations.ts";

/** The rotations of targets' logins that a target which fails does not stop on their way. */
export function underWayIn(environment: Environment, state: readonly StateResource[]): UnderWay {
  const names = keptNames(state);
  const needed = neededBy(environment);
  return new UnderWay({
    rotated: environment.secrets
      .filter((spec) => accountsOf(environment, spec.id).length > 0)
      .filter((spec) => beginsRotation(spec, names) || hasBegunRotation(spec, names))
      .map(({ id }) => id),
    needs: (id, other) => needed.get(id)?.has(other) === true,
  });
}

/** Each resolves when the engine has one of these. */
export function stepsOf(resources: readonly Resource[]): readonly Promise<unknown>[] {
  return resources.map(({ urn }) => settled(urn));
}

/**
 * The secrets that a secret waits for, by `<app>/<secret>`: those that one Secret has together with it, and the logins of its targets'
 * administrators, which are told first.
 */
function neededBy({ namespaces, accounts }: Environment): ReadonlyMap<string, ReadonlySet<string>> {
  const together = namespaces
    .flatMap(({ deliveries }) => deliveries)
    .flatMap((delivery) => {
      const ids = sourcesOf(delivery).map(({ secret }) => secret);
      return ids.map((id) => [id, ids] as const);
    });
  const administrators = accounts.flatMap(({ secret, administratedBy }) =>
    administratedBy === undefined ? [] : [[secret.id, [administratedBy.secret]] as const],
  );
  const found = new Map<string, Set<string>>();
  for (const [id, others] of [...together, ...administrators]) {
    const needed = found.get(id) ?? new Set();
    for (const other of others) needed.add(other);
    found.set(id, needed);
  }
  return found;
}
