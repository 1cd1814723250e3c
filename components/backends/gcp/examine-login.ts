import { own } from "../../support/own.ts";
import { gcpAccountId, readerName } from "../../support/naming.ts";
import { childOf, valueAt } from "../../support/value-at.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { Reading, StoreExamination } from "../examiner.ts";
import { gkePrincipal, providerOf, tokenAudience } from "./identity-rules.ts";
import { membersOf } from "./policy.ts";
import type { AskGoogle, GoogleJson } from "./questions.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

const iam = "https://iam.googleapis.com/v1";

/** Whether Google knows the namespace's account: the pool and the provider that vouch for it, or its linked account. */
export async function checkGoogleLogin(
  spec: GcpSecretManagerSpec,
  ask: AskGoogle,
  reading: Reading,
): Promise<StoreExamination> {
  const { cluster } = reading;
  if (cluster.traits.googlePool !== undefined) {
    const { project } = cluster.traits.googlePool;
    const pool = unanswered(
      "identity",
      `workload identity of cluster ${cluster.name}`,
      `GKE is not asked: gcloud container clusters list --project=${project} --format='table(name,workloadIdentityConfig.workloadPool)'`,
    );
    return spec.linkedAccounts ? examinedTogether([await checkLinked(spec, ask, reading), pool]) : pool;
  }
  const provider = providerOf(spec, cluster.name);
  if (provider === undefined) return {};
  const [pool = ""] = provider.split("/providers/");
  const kinds = [
    { subject: `identity pool ${pool}`, name: pool },
    { subject: `identity provider ${provider}`, name: provider },
  ];
  const [ofPool, ofProvider] = await Promise.all(
    kinds.map(async ({ subject, name }) => checkState(spec, subject, reading, await ask(`${iam}/${name}`))),
  );
  const found = await ask(`${iam}/${provider}`);
  const trust = "value" in found ? checkProvider(spec, provider, reading, found.value) : {};
  return examinedTogether([ofPool ?? {}, ofProvider ?? {}, trust]);
}

function checkState(
  spec: GcpSecretManagerSpec,
  subject: string,
  { cluster }: Reading,
  found: Awaited<ReturnType<AskGoogle>>,
): StoreExamination {
  const isOurs = own(spec.identityPools, cluster.name) !== undefined;
  const fix = isOurs ? restore : "have its owner restore it (docs/identity/google.md#federation)";
  if ("refused" in found) return unanswered("identity", subject, found.refused);
  if ("absent" in found) return broken("identity", subject, "does not exist", fix);
  if (childOf(found.value, "state") === "DELETED") return broken("identity", subject, "was deleted", fix);
  if (childOf(found.value, "disabled") === true) return broken("identity", subject, "is disabled", fix);
  return {};
}

/** Issuer, audience and subject: Google compares the first two character by character. */
function checkProvider(
  spec: GcpSecretManagerSpec,
  provider: string,
  { cluster, scope }: Reading,
  held: GoogleJson,
): StoreExamination {
  const subject = `identity provider ${provider}`;
  const pool = own(spec.identityPools, cluster.name);
  const wanted = pool?.issuer ?? cluster.issuer;
  const issuer = textOf(valueAt(held, ["oidc", "issuerUri"]));
  const listed = valueAt(held, ["oidc", "allowedAudiences"]);
  const audiences = Array.isArray(listed) ? listed.map(String) : [];
  const audience = tokenAudience(provider);
  const mapped = textOf(valueAt(held, ["attributeMapping", "google.subject"]));
  const condition = textOf(childOf(held, "attributeCondition"));
  const wrong = [
    ...(wanted === undefined || issuer === wanted ? [] : [`trusts issuer ${issuer}, not ${wanted}`]),
    ...(audiences.length === 0 || audiences.includes(audience)
      ? []
      : [`accepts audience ${audiences.join(", ")}, not ${audience}`]),
    ...(mapped === "assertion.sub"
      ? []
      : [`takes ${mapped === "" ? "nothing" : mapped} for the subject, not assertion.sub`]),
  ];
  const fix =
    pool === undefined
      ? `gcloud iam workload-identity-pools providers update-oidc ${provider} --issuer-uri=${wanted ?? "<issuer>"} --allowed-audiences=${audience} --attribute-mapping=google.subject=assertion.sub`
      : restore;
  const left =
    condition === ""
      ? []
      : [
          unanswered(
            "identity",
            `condition of ${subject}`,
            `only Google can say whether it lets the account in: ${condition}`,
          ),
        ];
  if (wrong.length > 0) return examinedTogether([broken("identity", subject, wrong.join(", and "), fix), ...left]);
  const seen = `${subject} lets ${scope.namespace}/${readerName} log in, with tokens of ${issuer}`;
  return examinedTogether([sound("identity", seen), ...left]);
}

/** The account of Google's that the namespace's acts as. */
async function checkLinked(
  spec: GcpSecretManagerSpec,
  ask: AskGoogle,
  { scope, cluster }: Reading,
): Promise<StoreExamination> {
  const { googlePool } = cluster.traits;
  if (googlePool === undefined) return {};
  const email = `${gcpAccountId(scope)}@${spec.project}.iam.gserviceaccount.com`;
  const subject = `service account ${email}`;
  const account = await ask(`${iam}/projects/${spec.project}/serviceAccounts/${email}`);
  if ("refused" in account) return unanswered("identity", subject, account.refused);
  if ("absent" in account) return broken("identity", subject, "does not exist", restore);
  if (childOf(account.value, "disabled") === true) {
    return broken("identity", subject, "is disabled", `gcloud iam service-accounts enable ${email}`);
  }
  const policy = await ask(`${iam}/projects/${spec.project}/serviceAccounts/${email}:getIamPolicy`, "POST");
  if ("refused" in policy) return unanswered("identity", `policy of ${subject}`, policy.refused);
  const principal = gkePrincipal(spec, googlePool, scope.namespace);
  const may = "value" in policy && membersOf(policy.value, "roles/iam.workloadIdentityUser").includes(principal);
  if (!may) return broken("identity", subject, `does not let ${scope.namespace}/${readerName} act as it`, restore);
  return sound("identity", `${subject} lets ${scope.namespace}/${readerName} act as it`);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
