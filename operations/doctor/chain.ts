import { checkCluster } from "./checks/cluster.ts";
import { checkConsumers } from "./checks/consumers.ts";
import { checkDates } from "./checks/dates.ts";
import { checkEngine } from "./checks/engine.ts";
import { checkExternalSecret } from "./checks/external-secret.ts";
import { checkIdentity } from "./checks/identity.ts";
import { checkIssuer } from "./checks/issuer.ts";
import { checkMounts } from "./checks/mounts.ts";
import { checkNamespace } from "./checks/namespace.ts";
import { checkOperator } from "./checks/operator.ts";
import { checkProviderClass } from "./checks/provider-class.ts";
import { checkSealedSecret } from "./checks/sealed-secret.ts";
import { checkSecret } from "./checks/secret.ts";
import { checkStore } from "./checks/store.ts";
import { checkStoreItself } from "./checks/store-itself.ts";
import { checkWebhook } from "./checks/webhook.ts";
import type { Examined } from "./model.ts";
import type { Asked, AskedNamespace, AskedSecret } from "./subject.ts";

/** Looks at one thing, and changes nothing. */
type Check<A> = (asked: A) => Promise<Examined>;

/**
 * Every check, by what it is made once for. A check of a cluster runs once however many Secrets are asked about. Those of
 * `operator` run only where the operator brings a Secret.
 */
export const checks: {
  readonly cluster: readonly Check<Asked>[];
  readonly operator: readonly Check<Asked>[];
  readonly namespace: readonly Check<AskedNamespace>[];
  readonly secret: readonly Check<AskedSecret>[];
} = {
  cluster: [checkCluster],
  operator: [checkOperator, checkWebhook],
  namespace: [checkNamespace, checkStore, checkIdentity, checkIssuer],
  secret: [
    checkEngine,
    checkStoreItself,
    checkExternalSecret,
    checkProviderClass,
    checkSealedSecret,
    checkSecret,
    checkConsumers,
    checkMounts,
    checkDates,
  ],
};
