import { gcpAccountId } from "../../support/naming.ts";
import { isRecord } from "../../support/is-record.ts";
import { childOf } from "../../support/value-at.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { ReadObject, Reading, StoreExamination } from "../examiner.ts";
import { labelTexts, stackIn } from "../labels.ts";
import { federatedPrincipal, gkePrincipal, providerOf } from "./identity-rules.ts";
import { membersOf } from "./policy.ts";
import type { AskGoogle } from "./questions.ts";
import { accessor, secretUrl, type GcpSecretManagerSpec } from "./secret-manager.ts";

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
      reading.objects.map(async (object) => {
        const { name } = object;
        const subject = `policy of secret "${name}"`;
        const policy = await ask(`${secretUrl(spec, name)}:getIamPolicy`);
        if ("refused" in policy) return unanswered("rights", subject, policy.refused);
        // Of a secret that is gone the check of the object tells.
        if ("absent" in policy) return {};
        if (membersOf(policy.value, accessor).includes(member)) {
          return sound("rights", `${subject} lets ${member} read it`);
        }
        const problem = `does not give ${accessor} to ${member}`;
        if (!(await isMadeAnew(spec, ask, object))) return broken("rights", subject, problem, restore);
        return broken(
          "rights",
          subject,
          `${problem}: the secret was deleted and made anew, by its labels`,
          retakeChoice,
        );
      }),
    ),
  );
}

/**
 * A secret that is made anew has neither the bindings nor the labels of the one before. The state takes it for the same, by its
 * name, so that what restores the bindings restores the value too.
 */
const retakeChoice = `to restore the value of the state as well: ${restore}; to keep the value that is there: docs/operations.md#keep-a-value`;

/** Whether somebody else made what this stack writes to. A secret that is adopted has its labels from the run after that on. */
async function isMadeAnew(spec: GcpSecretManagerSpec, ask: AskGoogle, { name, secret }: ReadObject): Promise<boolean> {
  if (secret === undefined) return false;
  const found = await ask(secretUrl(spec, name));
  if (!("value" in found)) return false;
  const labels = childOf(found.value, "labels");
  return stackIn(labelTexts(isRecord(labels) ? labels : undefined)) === undefined;
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
