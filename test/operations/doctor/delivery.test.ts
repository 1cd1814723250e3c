import assert from "node:assert/strict";
import { chainOf, diagnose, minutesAgo, the, told, type World } from "./scene.ts";

const notReady = (reason: string, message: string) => ({
  conditions: [{ type: "Ready", status: "False", reason, message }],
});

const sync = "kubectl -n shop annotate externalsecret shop-db sync-now=$(date +%s) --overwrite";

/** What is wrong between the store and the Secret, and what the doctor says. */
const symptoms: Readonly<Record<string, readonly [change: (world: World) => void, ...said: readonly string[]]>> = {
  "a namespace that is not there": [
    (world) => (world.objects.Namespace = []),
    "namespace first: Namespace shop does not exist in cluster main\nfix: kubectl create namespace shop",
  ],
  "a namespace that does not end": [
    (world) => {
      const namespace = the(world, "Namespace");
      namespace.metadata = { name: "shop", deletionTimestamp: minutesAgo(10) };
      namespace.status = {
        phase: "Terminating",
        conditions: [
          {
            type: "NamespaceFinalizersRemaining",
            status: "True",
            message:
              "some have finalizers remaining: externalsecrets.external-secrets.io/externalsecret-cleanup in 1 resource instances",
          },
          {
            type: "NamespaceContentRemaining",
            status: "True",
            message:
              "Some resources are remaining: configmaps. has 1 resource instances, externalsecrets.external-secrets.io has 2 resource instances",
          },
        ],
      };
    },
    'namespace first: Namespace shop is being deleted, and takes no new object\nsome have finalizers remaining: externalsecrets.external-secrets.io/externalsecret-cleanup in 1 resource instances\nSome resources are remaining: configmaps. has 1 resource instances, externalsecrets.external-secrets.io has 2 resource instances\nfix: see whose finalizers hold it, and let them finish: kubectl -n shop get configmaps,externalsecrets.external-secrets.io -o custom-columns=KIND:.kind,NAME:.metadata.name,FINALIZERS:.metadata.finalizers; take them away only where nobody does any more: kubectl -n shop get configmaps,externalsecrets.external-secrets.io -o name | xargs -n 1 kubectl -n shop patch --type=merge -p \'{"metadata":{"finalizers":null}}\'; once it is gone: pulumi up --refresh --stack test',
  ],
  "a namespace that waits for an API that nobody serves": [
    (world) => {
      const message =
        "Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: gone.example/v1";
      const namespace = the(world, "Namespace");
      namespace.metadata = { name: "shop", deletionTimestamp: minutesAgo(10) };
      namespace.status = {
        phase: "Terminating",
        conditions: [{ type: "NamespaceDeletionDiscoveryFailure", status: "True", message }],
      };
    },
    "namespace first: Namespace shop is being deleted, and takes no new object\nDiscovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: gone.example/v1\nfix: start what serves the API that is named, or remove the APIService if nothing will any more: kubectl get apiservices; once it is gone: pulumi up --refresh --stack test",
  ],
  "a SecretStore that is gone": [
    (world) => (world.objects.SecretStore = []),
    "store first: SecretStore shop/secrets-reader does not exist\nfix: pulumi up --refresh --stack test",
  ],
  "a login that Vault refuses, by the store's words": [
    (world) => {
      the(world, "SecretStore").status = notReady("InvalidProviderConfig", "unable to create client");
      world.events["SecretStore/secrets-reader"] = [
        {
          type: "Warning",
          message: "unable to log in with Kubernetes auth: Code: 403. * invalid audience (aud) claim",
        },
      ];
    },
    "identity first: SecretStore shop/secrets-reader is not Ready: InvalidProviderConfig: unable to create client\nevent: unable to log in with Kubernetes auth: Code: 403. * invalid audience (aud) claim\nfix: the Vault role's audience and the store's auth.audience differ: set stores.vault.auth.audience to what the role expects",
  ],
  "a store that does not answer, and what waits for it": [
    (world) => {
      the(world, "SecretStore").status = notReady(
        "InvalidProviderConfig",
        "dial tcp 10.0.0.7:8200: connection refused",
      );
      the(world, "ExternalSecret").status = notReady("SecretSyncedError", 'SecretStore "secrets-reader" is not ready');
    },
    "store first: SecretStore shop/secrets-reader is not Ready: InvalidProviderConfig: dial tcp 10.0.0.7:8200: connection refused\nfix: the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
    `delivery broken: ExternalSecret shop/shop-db is not Ready: SecretSyncedError: SecretStore "secrets-reader" is not ready\nfix: ${sync}`,
  ],
  "a certificate that the operator does not trust": [
    (world) =>
      (the(world, "SecretStore").status = notReady(
        "InvalidProviderConfig",
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
      )),
    "store first: SecretStore shop/secrets-reader is not Ready: InvalidProviderConfig: tls: failed to verify certificate: x509: certificate signed by unknown authority\nfix: the operator does not trust the store's certificate: name the one that signed it, as stores.vault.caBundle (Vault) or clusters.main.externalSecrets.caBundle; renew one that has expired",
  ],
  "a service account that is gone": [
    (world) => (world.objects.ServiceAccount = []),
    "identity first: ServiceAccount shop/secrets-reader does not exist\nfix: pulumi up --refresh --stack test",
  ],
  "a right to mint tokens that was taken": [
    (world) => (the(world, "Role").rules = []),
    "identity first: Role shop/secrets-reader-token-request no longer lets the operator mint tokens of the service account\nfix: pulumi up --refresh --stack test",
  ],
  "a binding that names somebody else": [
    (world) => (the(world, "RoleBinding").subjects = []),
    "identity first: RoleBinding shop/secrets-reader-token-request no longer names the operator's service account, of namespace external-secrets\nfix: pulumi up --refresh --stack test",
  ],
  "a policy that does not name the object": [
    (world) =>
      (the(world, "ExternalSecret").status = notReady(
        "SecretSyncedError",
        "cannot read secret data from Vault: Code: 403. Errors: * permission denied",
      )),
    "rights first: ExternalSecret shop/shop-db is not Ready: SecretSyncedError: cannot read secret data from Vault: Code: 403. Errors: * permission denied\nfix: the policy of its Vault role does not name this path: run `pulumi up --refresh --stack test`, which restores the policy",
  ],
  "an object that is gone": [
    (world) => (the(world, "ExternalSecret").status = notReady("SecretSyncedError", "Secret does not exist")),
    "object first: ExternalSecret shop/shop-db is not Ready: SecretSyncedError: Secret does not exist\nfix: the store has no such name or key: run `pulumi up --refresh --stack test`, which writes it again; restore a value that a cluster generated by hand (docs/values.md#generated-in-the-cluster)",
  ],
  "too many requests": [
    (world) =>
      (the(world, "ExternalSecret").status = notReady("SecretSyncedError", "ThrottlingException: Rate exceeded")),
    "quota first: ExternalSecret shop/shop-db is not Ready: SecretSyncedError: ThrottlingException: Rate exceeded\nfix: the store received too many requests, and the operator retries. If this happens often, raise refreshSeconds or the store's quota (docs/planner.md)",
  ],
  "words that nobody knows": [
    (world) => (the(world, "ExternalSecret").status = notReady("SecretSyncedError", "something new")),
    `delivery first: ExternalSecret shop/shop-db is not Ready: SecretSyncedError: something new\nfix: ${sync}`,
  ],
  "an ExternalSecret that is gone": [
    (world) => (world.objects.ExternalSecret = []),
    "delivery first: ExternalSecret shop/shop-db does not exist\nfix: pulumi up --refresh --stack test",
  ],
  "an ExternalSecret that does not end": [
    (world) =>
      (the(world, "ExternalSecret").metadata = {
        name: "shop-db",
        namespace: "shop",
        deletionTimestamp: minutesAgo(5),
        finalizers: ["externalsecrets.external-secrets.io/externalsecret-cleanup"],
      }),
    `delivery first: ExternalSecret shop/shop-db is being deleted, and its operator has not let it go\nfinalizer: externalsecrets.external-secrets.io/externalsecret-cleanup\nfix: start the operator, which removes its finalizers; or, where it is gone for good: kubectl -n shop patch externalsecret shop-db --type=merge -p '{"metadata":{"finalizers":null}}'`,
  ],
  "an operator that looks at nothing": [
    (world) => (the(world, "ExternalSecret").status = {}),
    `delivery first: ExternalSecret shop/shop-db has no Ready condition: is the operator running? (kubectl get pods -A -l app.kubernetes.io/name=external-secrets)\nfix: ${sync}`,
  ],
  "a refresh that is overdue": [
    (world) => {
      const { status } = the(world, "ExternalSecret");
      if (status !== undefined) status.refreshTime = minutesAgo(126);
    },
    "delivery first: ExternalSecret shop/shop-db is due for a refresh every 1h0m0s, and the operator read it last at 2026-03-01T09:54:00.000Z\nfix: kubectl -n external-secrets rollout restart deployment external-secrets",
  ],
  "keys that wait for a Secret to merge into": [
    (world) => {
      the(world, "ExternalSecret").status = {
        conditions: [{ type: "Ready", status: "True", reason: "SecretMissing" }],
      };
    },
    "delivery first: ExternalSecret shop/shop-db is pending: namespace shop has no Secret shop-db to merge its keys into, so none was delivered. The installation that owns the Secret creates it.\nfix: once it exists, run `pulumi up --stack test`, or: kubectl -n shop annotate externalsecret shop-db sync-now=$(date +%s) --overwrite; otherwise the operator looks for it every 1h0m0s",
  ],
  "a Secret that is gone": [
    (world) => (world.objects.Secret = []),
    `secret first: Secret shop/shop-db does not exist\nfix: ${sync}`,
  ],
  "a key that is gone": [
    (world) => (the(world, "Secret").keys = ["username"]),
    `secret first: Secret shop/shop-db lacks key password\nfix: ${sync}`,
  ],
  "an empty value": [
    (world) => (the(world, "Secret").emptyKeys = ["password"]),
    `secret first: Secret shop/shop-db has an empty value under key password\nfix: ${sync}; where it stays empty, the store's own value is`,
  ],
  "another type": [
    (world) => (the(world, "Secret").type = "kubernetes.io/basic-auth"),
    "secret first: Secret shop/shop-db is of type kubernetes.io/basic-auth, which Kubernetes never changes; it is to be Opaque\nfix: give the delivery in the catalogue that type, or another secretName (docs/secret-shapes.md#type)",
  ],
  "another writer": [
    (world) => {
      const { metadata } = the(world, "Secret");
      if (metadata !== undefined)
        metadata.ownerReferences = [{ kind: "SealedSecret", name: "shop-db", controller: true }];
    },
    "secret first: Secret shop/shop-db is controlled by SealedSecret shop-db, which writes it as well\nfix: delete SealedSecret shop-db without its Secret: kubectl -n shop delete sealedsecret shop-db --cascade=orphan",
  ],
  "a Secret that can't be changed": [
    (world) => (the(world, "Secret").immutable = true),
    "secret warning: Secret shop/shop-db is immutable: the next rotation does not get into it\nfix: before a rotation, delete it, and let it be made again: kubectl -n shop delete secret shop-db",
  ],
};

describe("the doctor, asked about a delivery", () => {
  for (const [symptom, [change, ...said]] of Object.entries(symptoms)) {
    it(`names ${symptom}`, async () => {
      const report = await diagnose(change);
      assert.deepEqual(told(report), said);
      const [link = "", state = ""] = said[0]?.split(/[ :]/) ?? [];
      assert.ok(chainOf(report).includes(`${link} ${state === "first" ? "broken" : state}`));
    });
  }
});
