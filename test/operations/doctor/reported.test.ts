import assert from "node:assert/strict";
import { diagnose, fromSecret, minutesAgo, the, type World } from "./scene.ts";

/**
 * What people report, in their words or those of the program that they saw, and the link that the doctor names for it. The
 * threads are of external-secrets unless they say otherwise.
 */
const unready = (kind: "SecretStore" | "ExternalSecret", message: string) => (world: World) => {
  the(world, kind).status = { conditions: [{ type: "Ready", status: "False", reason: "SecretSyncedError", message }] };
};

const reported: readonly (readonly [
  symptom: string,
  where: string,
  change: (world: World) => void,
  link: string,
  fix: RegExp,
])[] = [
  // Troubleshooting chapters of charts
  [
    'Secret "ml-model-admin-token" not found',
    "a chart",
    (world) => (world.objects.Secret = []),
    "secret",
    /annotate externalsecret/,
  ],
  [
    "a Secret of another name than the values say",
    "a chart",
    (world) => (the(world, "Pod").spec = { containers: [{ env: [fromSecret("T", "shop-bd", "password")] }] }),
    "consumers",
    /^name shop-db there instead$/,
  ],
  [
    "Permission denied",
    "a chart",
    unready("ExternalSecret", "Code: 403. Errors: * permission denied"),
    "rights",
    /pulumi up --refresh/,
  ],
  [
    "ExternalSecret not syncing",
    "a chart",
    unready("ExternalSecret", "something new"),
    "delivery",
    /annotate externalsecret/,
  ],
  [
    "SecretStore authentication failed",
    "a chart",
    unready("SecretStore", "unable to log in with Kubernetes auth: Code: 403. * permission denied"),
    "identity",
    /vault read auth/,
  ],
  [
    "Secrets not mounted in Pods",
    "a chart",
    (world) => {
      the(world, "Pod").spec = {
        containers: [],
        volumes: [{ name: "db", secret: { secretName: "shop-db", items: [{ key: "pasword" }] } }],
      };
    },
    "consumers",
    /^name key password there instead$/,
  ],
  [
    "a sealed Secret of the same name",
    "a chart",
    (world) => {
      const { metadata } = the(world, "Secret");
      if (metadata !== undefined)
        metadata.ownerReferences = [{ kind: "SealedSecret", name: "shop-db", controller: true }];
    },
    "secret",
    /--cascade=orphan/,
  ],

  // Threads
  [
    "the webhook has no endpoints just after an installation",
    "#2037",
    (world) => (world.objects.EndpointSlice = []),
    "operator",
    /rollout restart/,
  ],
  [
    "the certificate of the webhook is missing",
    "#956",
    (world) => withoutCertificate(world),
    "operator",
    /cert-controller/,
  ],
  ["CRDs were uninstalled with the chart", "#2112", (world) => (world.served = []), "operator", /kubectl apply/],
  ["v1beta1 is served and v1 is not", "#4901", (world) => (world.served = ["v1beta1"]), "operator", /kubectl apply/],
  [
    "a namespace that stays Terminating on a finalizer",
    "#5426",
    (world) => {
      const namespace = the(world, "Namespace");
      namespace.metadata = { name: "shop", deletionTimestamp: minutesAgo(60) };
      const message = "Some resources are remaining: externalsecrets.external-secrets.io has 1 resource instances";
      namespace.status = { conditions: [{ type: "NamespaceContentRemaining", status: "True", message }] };
    },
    "namespace",
    /get externalsecrets\.external-secrets\.io -o \S+FINALIZERS.*"finalizers":null/,
  ],
  [
    "a finalizer after the operator was uninstalled",
    "#2494",
    (world) =>
      (the(world, "ExternalSecret").metadata = {
        name: "shop-db",
        namespace: "shop",
        deletionTimestamp: minutesAgo(9),
      }),
    "delivery",
    /"finalizers":null/,
  ],
  [
    "too many requests",
    "#4065",
    unready("ExternalSecret", "ThrottlingException: Rate exceeded"),
    "quota",
    /refreshSeconds/,
  ],
  [
    "no identity provider for the cluster's issuer",
    "#1860",
    unready("SecretStore", "InvalidIdentityToken: No OpenIDConnect provider found in your account"),
    "identity",
    /oidcProviders\.main: create/,
  ],
  [
    "an IAM role must be associated with service account",
    "the operator's page on Pod Identity",
    unready("SecretStore", "an IAM role must be associated with service account secrets-reader"),
    "identity",
    /eks\.amazonaws\.com\/role-arn/,
  ],
  [
    "AADSTS70021",
    "#2783",
    unready("SecretStore", "AADSTS70021: No matching federated identity record found"),
    "identity",
    /federated credential/,
  ],
  [
    "AADSTS700211",
    "Azure/azure-workload-identity#340",
    unready("SecretStore", "AADSTS700211: issuer"),
    "identity",
    /clusters\.main\.issuer/,
  ],
  [
    "404 on the identity binding token",
    "#1156",
    unready("SecretStore", "could not get idbindtoken token, status: 404"),
    "identity",
    /clusters\.main\.project/,
  ],
  [
    "403 getAccessToken",
    "#2017",
    unready("SecretStore", "Permission 'iam.serviceAccounts.getAccessToken' denied"),
    "identity",
    /impersonate/,
  ],
  [
    "a Vault role of another audience",
    "#2691",
    unready("SecretStore", "invalid audience (aud) claim"),
    "identity",
    /stores\.vault\.auth\.audience/,
  ],
  [
    "a version of Google's that was disabled",
    "google_secret_manager_secret_version",
    unready("ExternalSecret", "Secret version is in DISABLED state"),
    "object",
    /enables it/,
  ],
  [
    "a secret of Key Vault that was disabled",
    "Key Vault",
    unready("ExternalSecret", "SecretDisabled"),
    "object",
    /--enabled true/,
  ],
  [
    "keys to merge into a Secret that is not there",
    "#2416",
    (world) =>
      (the(world, "ExternalSecret").status = {
        conditions: [{ type: "Ready", status: "True", reason: "SecretMissing" }],
      }),
    "delivery",
    /sync-now/,
  ],
  [
    "a new value that Pods do not see: subPath",
    "stakater/application#390",
    (world) => {
      the(world, "Pod").spec = {
        containers: [{ volumeMounts: [{ name: "db", subPath: "password" }] }],
        volumes: [{ name: "db", secret: { secretName: "shop-db" } }],
      };
      the(world, "Pod").status = {
        phase: "Running",
        containerStatuses: [{ state: { running: { startedAt: minutesAgo(90) } } }],
      };
    },
    "consumers",
    /rollout restart deployment\/api/,
  ],
];

function withoutCertificate(world: World): void {
  for (const { clientConfig } of the(world, "ValidatingWebhookConfiguration").webhooks ?? []) {
    if (clientConfig !== undefined) clientConfig.caBundle = "";
  }
}

describe("what people report", () => {
  for (const [symptom, where, change, link, fix] of reported) {
    it(`is found at its link (${link}): ${symptom} (${where})`, async () => {
      const [problem] = (await diagnose(change)).problems;
      assert.equal(problem?.link, link);
      assert.match(problem.fix ?? "", fix);
      assert.doesNotMatch(problem.fix ?? "", /(stores|clusters)\.<name>/);
    });
  }
});
