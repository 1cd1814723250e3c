import { azureIdentityName, readerName } from "../../support/naming.ts";
import { childOf, valueAt } from "../../support/value-at.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { Reading, StoreExamination } from "../examiner.ts";
import { tokenExchangeAudience } from "./identity-rules.ts";
import { vaultSecretId, type AzureKeyVaultSpec } from "./key-vault.ts";
import type { AskAzure, AzureJson } from "./questions.ts";
import { azureRoles } from "./roles.ts";

/** Versions of the APIs that are asked. */
const versions = { identity: "2024-11-30", authorization: "2022-04-01" } as const;

/** Whether a namespace's identity trusts its account, and may read these secrets. */
export async function checkAzureReader(
  spec: AzureKeyVaultSpec,
  ask: AskAzure,
  reading: Reading,
): Promise<StoreExamination> {
  const name = azureIdentityName(reading.scope);
  const id = `/subscriptions/${spec.subscriptionId}/resourceGroups/${spec.identityResourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  const subject = `identity ${name}`;
  const [identity, credential] = await Promise.all([
    ask("management", `${id}?api-version=${versions.identity}`),
    ask("management", `${id}/federatedIdentityCredentials/${readerName}?api-version=${versions.identity}`),
  ]);
  if ("refused" in identity) return unanswered("identity", subject, identity.refused);
  if ("absent" in identity) return broken("identity", subject, "does not exist", restore);
  const trust =
    "value" in credential
      ? checkTrust(subject, reading, credential.value)
      : "absent" in credential
        ? broken("identity", subject, `trusts nobody: its federated credential ${readerName} does not exist`, restore)
        : unanswered("identity", `federated credential ${readerName} of ${subject}`, credential.refused);
  const principal = textAt(identity.value, "properties", "principalId");
  return examinedTogether([trust, await checkAssignments(spec, ask, reading, { subject, principal })]);
}

function checkTrust(subject: string, { scope, cluster }: Reading, credential: AzureJson): StoreExamination {
  const account = `system:serviceaccount:${scope.namespace}:${readerName}`;
  const issuer = textAt(credential, "properties", "issuer");
  const trusted = textAt(credential, "properties", "subject");
  const audiences = valueAt(credential, ["properties", "audiences"]);
  const accepted = Array.isArray(audiences) ? audiences.map(String) : [];
  const wrong = [
    ...(issuer === cluster.issuer ? [] : [`trusts issuer ${issuer}, not ${cluster.issuer ?? "none"}`]),
    ...(trusted === account ? [] : [`trusts subject ${trusted}, not ${account}`]),
    ...(accepted.includes(tokenExchangeAudience)
      ? []
      : [`accepts audience ${accepted.join(", ")}, not ${tokenExchangeAudience}`]),
  ];
  if (wrong.length > 0) return broken("identity", subject, wrong.join(", and "), restore);
  return sound("identity", `${subject} lets ${scope.namespace}/${readerName} log in, with tokens of ${issuer}`);
}

/** Roles that read values. */
const reading = new Set<string>([
  azureRoles.secretsUser,
  azureRoles.secretsOfficer,
  // Key Vault Administrator
  "00482a5a-887f-4fb3-b363-3b7fe8e74483",
]);

async function checkAssignments(
  spec: AzureKeyVaultSpec,
  ask: AskAzure,
  { objects }: Reading,
  { subject, principal }: { readonly subject: string; readonly principal: string },
): Promise<StoreExamination> {
  const filter = encodeURIComponent(`principalId eq '${principal}'`);
  return examinedTogether(
    await Promise.all(
      objects.map(async ({ name }) => {
        const scope = vaultSecretId(spec, name);
        const path = `${scope}/providers/Microsoft.Authorization/roleAssignments`;
        const found = await ask("management", `${path}?api-version=${versions.authorization}&$filter=${filter}`);
        const of = `rights of ${subject} on secret "${name}"`;
        if ("refused" in found) return unanswered("rights", of, found.refused);
        // Azure lists the assignments on what does not exist as well.
        const assigned = "value" in found ? childOf(found.value, "value") : [];
        const may = (Array.isArray(assigned) ? assigned : []).some(
          (each: unknown) =>
            textAt(each, "properties", "principalId") === principal &&
            reading.has(textAt(each, "properties", "roleDefinitionId").split("/").at(-1)?.toLowerCase() ?? "") &&
            isAbove(textAt(each, "properties", "scope"), scope),
        );
        if (may) return sound("rights", `${subject} may read secret "${name}"`);
        return broken("rights", subject, `has no role assignment to read secret "${name}"`, restore);
      }),
    ),
  );
}

/** Whether a right at one scope holds for another. */
function isAbove(scope: string, of: string): boolean {
  return `${of}/`.toLowerCase().startsWith(`${scope.replace(/\/$/, "")}/`.toLowerCase());
}

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : "";
}
