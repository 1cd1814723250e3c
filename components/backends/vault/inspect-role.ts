import { getSecret } from "@pulumi/vault/generic/getSecret.js";
import type { Provider } from "@pulumi/vault/provider.js";
import { messageOf, StoreError } from "../../support/messages/errors.ts";
import type { IssuedObject, RoleInspection } from "../issued.ts";
import { rolePathOf, type VaultKvSpec } from "./kv.ts";
import { roleOf, type RoleAnswer } from "./role.ts";

/**
 * What Vault says of the role that issues credentials. The role alone is read: reading its credentials would make some.
 *
 * @throws StoreError where Vault does not answer, or the token may not read the role.
 */
export async function inspectVaultRole(
  spec: Pick<VaultKvSpec, "name" | "address">,
  provider: Provider,
  issued: IssuedObject,
): Promise<RoleInspection> {
  const path = `${issued.mount}/${rolePathOf(issued)}`;
  let found;
  try {
    found = await getSecret({ path }, { provider, async: true });
  } catch (error) {
    const missing = missingPart(spec, issued, messageOf(error));
    if (missing !== undefined) return missing;
    throw new StoreError(
      `stores.${spec.name}`,
      `reading role ${path} in Vault at ${spec.address} failed: ${messageOf(error)}`,
      `check that the token may read it: vault token capabilities ${path}`,
    );
  }
  return roleOf(issued, JSON.parse(found.dataJson) as RoleAnswer);
}

/** What is not there, by the provider's error. It tells a missing role from a missing engine, but neither from a missing right. */
function missingPart(
  { address }: Pick<VaultKvSpec, "address">,
  issued: IssuedObject,
  problem: string,
): RoleInspection | undefined {
  const { mount, role, kind } = issued;
  const path = `${mount}/${rolePathOf(issued)}`;
  if (/no secret found at/.test(problem)) {
    const make =
      kind === "dynamic"
        ? `vault write ${path} db_name=<connection> creation_statements=@<file> default_ttl=1h`
        : `vault write ${path} db_name=<connection> username=<account> rotation_period=24h`;
    return {
      problem: `the database secrets engine at ${mount}/ in Vault at ${address} has no ${kind === "static" ? "static role" : "role"} "${role}", or the token may not read ${path}`,
      fix: `${make} (docs/stores/vault-kv.md#database-credentials)`,
    };
  }
  if (/preflight capability check returned 403|no handler for route|route entry not found/.test(problem)) {
    return {
      problem: `Vault at ${address} has no database secrets engine at ${mount}/, or the token has no right in it`,
      fix: `vault secrets enable -path=${mount} database, with a connection and the role (docs/stores/vault-kv.md#database-credentials)`,
    };
  }
  return undefined;
}
