import { broken, sound, unanswered, type StoreExamination, type Told } from "../examiner.ts";
import type { IssuedObject, IssuingRole } from "../issued.ts";
import type { ReadVaultPath } from "./http.ts";
import { rolePathOf, type VaultKvSpec } from "./kv.ts";
import { roleOf } from "./role.ts";

/** How a role issues credentials, by its settings. Its credentials are not read: that would make some. */
export async function issuingRole(
  { namespace = "" }: Pick<VaultKvSpec, "namespace">,
  read: ReadVaultPath,
  issued: IssuedObject,
): Promise<Told<IssuingRole>> {
  const answer = await read(`${issued.mount}/${rolePathOf(issued)}`, namespace);
  if ("unreachable" in answer) return { refused: answer.unreachable };
  if (answer.status === 404) return { absent: true };
  if (answer.status !== 200) return { refused: refusalOf(answer) };
  const inspected = roleOf(issued, answer.data);
  return "problem" in inspected ? { refused: inspected.problem } : { value: inspected.role };
}

function refusalOf({ status, errors }: { readonly status: number; readonly errors: readonly string[] }): string {
  return status === 403
    ? "the token of VAULT_TOKEN may not read the role"
    : `Vault answered ${status}: ${errors.join("; ")}`;
}

/** Whether the database engine and the role are there that issue credentials. Their settings alone are read. */
export async function checkCredentials(
  { address, namespace = "" }: Pick<VaultKvSpec, "address" | "namespace">,
  read: ReadVaultPath,
  issued: IssuedObject,
): Promise<StoreExamination> {
  const { mount, role, kind } = issued;
  const path = `${mount}/${rolePathOf(issued)}`;
  const subject = `${kind === "static" ? "static role" : "role"} "${role}" of the database secrets engine at ${mount}/`;
  const answer = await read(path, namespace);
  if ("unreachable" in answer) return unanswered("object", subject, answer.unreachable);
  const said = answer.errors.join("; ");
  if (answer.status === 404 && /no handler for route/.test(said)) {
    const engine = `database secrets engine at ${mount}/ in Vault at ${address}`;
    return broken("object", engine, "is not mounted", `vault secrets enable -path=${mount} database`);
  }
  if (answer.status === 404) {
    return broken("object", subject, "does not exist", "docs/stores/vault-kv.md#database-credentials");
  }
  if (answer.status !== 200) {
    const reason =
      answer.status === 403 ? "the token of VAULT_TOKEN may not read it" : `Vault answered ${answer.status}: ${said}`;
    return unanswered("object", subject, reason);
  }
  const inspected = roleOf(issued, answer.data);
  if ("problem" in inspected) return broken("object", subject, "has no default_ttl", inspected.fix);
  const { seconds } = inspected.role;
  if (kind === "dynamic") return sound("object", `${subject} issues credentials that are valid for ${seconds} s`);
  const often = seconds === 0 ? "by a schedule" : `every ${seconds} s`;
  return sound("object", `${subject} has a password that Vault rotates ${often}`);
}
