import { awsCauses } from "../../backends/aws/known-errors.ts";
import { azureCauses } from "../../backends/azure/known-errors.ts";
import { gcpCauses } from "../../backends/gcp/known-errors.ts";

/** A cause, by the words that give it away. */
export interface Cause {
  readonly pattern: RegExp;
  readonly fix: string;
}

/**
 * Causes that can be told from the operator's words, most specific first. They hold for whoever reads, and for the
 * operator of a cluster that writes what it generates there.
 */
const causes: readonly Cause[] = [
  ...awsCauses,
  ...azureCauses,
  ...gcpCauses,
  {
    pattern: /Throttl|TooManyRequests|Rate exceeded|RESOURCE_EXHAUSTED|ResourceExhausted|\b429\b/i,
    fix: "the store had too many requests; the operator tries again by itself. Where it happens often, raise refreshSeconds or the store's quota (docs/planner.md)",
  },
  {
    pattern: /invalid audience/i,
    fix: "the Vault role's audience and the store's auth.audience differ: set stores.<name>.auth.audience to what the role expects",
  },
  {
    pattern: /service account name not authorized|namespace not authorized/i,
    fix: "the Vault role is bound to another service account or namespace: run `pulumi up --refresh`, which puts the role back",
  },
  {
    pattern: /role .*could not be found|invalid role name/i,
    fix: "the Vault role does not exist at auth.mountPath: run `pulumi up --refresh`, which creates it again",
  },
  {
    pattern: /unable to log in|auth\/\S+\/login/i,
    fix: "Vault refused the login: compare `vault read auth/<mountPath>/role/<role>` with the SecretStore's service account",
  },
  {
    pattern: /permission denied|\bCode: 403/i,
    fix: "the policy of its Vault role does not name this path: run `pulumi up --refresh`, which puts the policy back",
  },
  {
    pattern: /could not get (?:Cluster)?SecretStore .*not found/i,
    fix: "the SecretStore is gone: run `pulumi up --refresh`, which makes it again",
  },
  {
    pattern: /does not exist|not found|(?:Secret|Parameter|Resource)NotFound/i,
    fix: "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again; what a cluster generates is brought back by people (docs/values.md#generated-in-the-cluster)",
  },
  {
    pattern: /connection refused|no such host|timeout|deadline exceeded/i,
    fix: "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
  },
];

/** The most specific cause that these words give away. */
export function causeOf(words: string): Cause | undefined {
  return causes.find(({ pattern }) => pattern.test(words));
}
