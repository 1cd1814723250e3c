import { gcpAccountId } from "../../support/naming.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { Reading, StoreExamination } from "../examiner.ts";
import { federatedPrincipal, gkePrincipal, providerOf } from "./identity-rules.ts";
import { membersOf } from "./policy.ts";
import type { AskGoogle } from "./questions.ts";
import { accessor, type GcpSecretManagerSpec } from "./secret-manager.ts";

/** Whether each secret has the binding that lets the namespace's account read it. */
export async function checkBindings(
  spec: GcpSecretManagerSpec,
  ask: AskGoogle,
  reading: Reading,
): Promise<StoreExamination> {
  const member = memberOf(spec, reading);
  if (member === undefined) return {};
  return examinedTogether(
    await Promise.all(
      reading.objects.map(async ({ name }) => {
        const subject = `policy of secret "${name}"`;
        const policy = await ask(
          `https://secretmanager.googleapis.com/v1/projects/${spec.project}/secrets/${name}:getIamPolicy`,
        );
        if ("refused" in policy) return unanswered("rights", subject, policy.refused);
        // Of a secret that is gone the check of the object tells.
        if ("absent" in policy) return {};
        if (membersOf(policy.value, accessor).includes(member)) {
          return sound("rights", `${subject} lets ${member} read it`);
        }
        return broken("rights", subject, `does not give ${accessor} to ${member}`, restore);
      }),
    ),
  );
}

function memberOf(spec: GcpSecretManagerSpec, { cluster, scope }: Reading): string | undefined {
  const { googlePool } = cluster.traits;
  if (googlePool === undefined) {
    const provider = providerOf(spec, cluster.name);
    return provider === undefined ? undefined : federatedPrincipal(provider, scope.namespace);
  }
  return spec.linkedAccounts
    ? `serviceAccount:${gcpAccountId(scope)}@${spec.project}.iam.gserviceaccount.com`
    : gkePrincipal(spec, googlePool, scope.namespace);
}
