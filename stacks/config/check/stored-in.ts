import type { RemoteStoreSpec } from "../../../components/backends/index.ts";
import { referencePath } from "../../../components/backends/references.ts";
import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { listed, thereAre } from "../../../components/support/messages/suggestions.ts";
import { own } from "../../../components/support/own.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Facts } from "../schema/index.ts";

/**
 * Secrets that no namespace gets (`delivered: false`) and the stores that facts name for them (`storedIn`): each needs one,
 * and no other secret may have one. Pure.
 */
export function checkStoredIn(
  secrets: readonly SecretSpec[],
  stores: ReadonlyMap<string, RemoteStoreSpec>,
  facts: Pick<Facts, "stores" | "storedIn" | "reference">,
): readonly Issue[] {
  const remote = Object.entries(facts.stores).flatMap(([name, { kind }]) => (kind === "kubernetes" ? [] : [name]));
  return secrets.flatMap((secret): readonly Issue[] => {
    const { id } = secret;
    const path = configPath(["storedIn", id]);
    const named = own(facts.storedIn, id);
    if (secret.storedIn === undefined) {
      if (named === undefined) return [];
      return [
        {
          path,
          problem: "the secret has deliveries, and lies in the stores that its namespaces read (store, alsoStores)",
          fix: `${removeCommand(path)}, or remove its deliveries and write delivered: false`,
        },
      ];
    }
    if (named === undefined) {
      return [
        {
          path,
          problem: `is missing: no namespace gets the secret (delivered: false), so facts must name its store; there are ${listed(remote)}`,
          fix: `${setCommand(path, blank("store"))}, or [] where the environment does not have it`,
        },
      ];
    }
    if (own(facts.reference, id) === true) {
      return [
        {
          path: configPath(["reference", id]),
          problem: "has no effect: the secret is made elsewhere, and no namespace here gets it (delivered: false)",
          fix: removeCommand(["reference", id]),
        },
      ];
    }
    if (secret.origin.kind === "referenced") return othersOnly(secret, stores);
    return secret.storedIn.flatMap((store, index): readonly Issue[] => {
      if (remote.includes(store)) return [];
      const at = typeof named === "string" ? path : `${path}[${index}]`;
      if (Object.hasOwn(facts.stores, store)) {
        const problem = `"${store}" is of kind kubernetes, which holds nothing outside of a namespace`;
        return [{ path: at, problem, fix: setCommand(at, blank("store")) }];
      }
      return [{ path: at, problem: `${quotedName(store)} does not exist; ${thereAre(store, remote)}` }];
    });
  });
}

/** A secret of which every store says that somebody else writes it there: nothing is left to do here. */
function othersOnly({ id, storedIn = [] }: SecretSpec, stores: ReadonlyMap<string, RemoteStoreSpec>): readonly Issue[] {
  const described = storedIn.filter((name) => own(stores.get(name)?.references ?? {}, id) !== undefined);
  return described.map((name) => ({
    path: referencePath(name, id),
    problem:
      "leaves nothing to do here: somebody else makes the secret in each store that storedIn names, and no namespace here gets it (delivered: false)",
    fix: `${removeCommand(referencePath(name, id))}, or [] under ${configPath(["storedIn", id])} where the environment does not have it`,
  }));
}
