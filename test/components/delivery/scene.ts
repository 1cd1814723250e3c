import { generateKeyPairSync, randomBytes } from "node:crypto";
import { ErrorHook, ResourceHook, output, secret } from "@pulumi/pulumi";
import type { SecretsStoreCsiSpec } from "../../../components/clusters/contract.ts";
import { secretsStoreCsi, secretsStoreCsiSpec } from "../../../components/clusters/csi-facts.ts";
import { openCluster } from "../../../components/clusters/open.ts";
import { isFromStore, type DeliverySpec, type Via } from "../../../components/delivery/contract.ts";
import type { ReleaseFromSealed } from "../../../components/delivery/external-secret.ts";
import type { Sealing } from "../../../components/delivery/sealed-secret.ts";
import type { SealingCertificate } from "../../../components/sealed-secrets/certificate.ts";
import type { NamespaceSecretsArgs } from "../../../components/delivery/namespace-args.ts";
import { NamespaceSecrets } from "../../../components/delivery/namespace-secrets.ts";
import { loadIdentity } from "../../../components/backends/identities.ts";
import type { StoredSecret } from "../../../components/backends/contract.ts";
import { openStore, remoteObjectsOf } from "../../../components/backends/index.ts";
import { encodePayload } from "../../../components/backends/remote-object.ts";
import { prepared } from "../../support/surveys.ts";
import type { Values } from "../../support/fake-vault.ts";
import { environment } from "../../support/fixtures.ts";

/** What is stored for the scene: three secrets, of which the namespace consumes some. */
export const storedValues: Readonly<Record<string, Values>> = {
  "shop/db": { password: "value-of-db-5d1f", username: "user-of-db-5d1f" },
  "shop/api": { token: "value-of-api-77aa" },
  "till/db": { password: "value-of-till-90cc" },
};

export const wholeDelivery: DeliverySpec = {
  via: "external-secret",
  namespace: "shop",
  secretName: "shop-db",
  merge: false,
  keys: [
    { key: "password", secret: "shop/db", from: "password" },
    { key: "username", secret: "shop/db", from: "username" },
  ],
};
export const partialDelivery: DeliverySpec = {
  via: "external-secret",
  namespace: "shop",
  secretName: "shop-mixed",
  merge: false,
  keys: [
    { key: "API_TOKEN", secret: "shop/api", from: "token" },
    { key: "DB_PASSWORD", secret: "shop/db", from: "password" },
  ],
};

export interface Scene {
  readonly via: Via;
  readonly deliveries?: readonly DeliverySpec[];
  readonly create?: boolean;
  readonly retain?: boolean;
  readonly handOver?: boolean;
  /** What earlier runs asked for in vain. Default: nothing. */
  readonly unmerged?: ReadonlyMap<string, string>;
  /** What seals values for the cluster. Default: a certificate with the scene's own key, and a state without anything. */
  readonly sealing?: Partial<Sealing>;
  /** Resources of ExternalSecrets that the state has for what is sealed now. Default: none. */
  readonly formerlySynced?: ReadonlySet<string>;
  /** Resources that the state has of SealedSecrets, and of ExternalSecrets. Default: none. */
  readonly release?: Omit<ReleaseFromSealed, "hook">;
  /** Facts of the CSI driver. Default: it makes Secrets. */
  readonly driver?: object;
  /** Whether the values come marked as secret, as they should. Default: true. */
  readonly marked?: boolean;
}

/** The key pair of the scene's Sealed Secrets controller. */
export const sealingKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const sealingCertificate: SealingCertificate = {
  publicKey: sealingKeys.publicKey,
  fingerprint: "AA:BB",
  validFrom: new Date("2026-01-31T00:00:00Z"),
  validTo: new Date("2036-01-31T00:00:00Z"),
};

function sealingOf(changes: Partial<Sealing>): Sealing {
  const hook = (name: string) => new ResourceHook(name, () => undefined);
  return {
    certificate: sealingCertificate,
    scope: "strict",
    appliedBy: "pulumi",
    entropy: randomBytes,
    before: new Map(),
    hooks: {
      explain: new ErrorHook("explain-not-unsealed", () => false),
      awaitSynced: hook("await-unsealed"),
      replace: hook("replace-secret"),
      patch: hook("patch-secret"),
      release: hook("release-secret"),
    },
    ...changes,
  };
}

function releaseOf(names: Omit<ReleaseFromSealed, "hook">): ReleaseFromSealed {
  return { ...names, hook: new ResourceHook("release-secret", () => undefined) };
}

/** The CSI driver of these facts. */
function driverSpec(facts: object): SecretsStoreCsiSpec {
  return secretsStoreCsiSpec(secretsStoreCsi.parse(facts));
}

/** A namespace `shop` with its Secrets, everything that it needs made before. */
export async function namespaceScene({
  via,
  deliveries = [wholeDelivery],
  create = false,
  retain = false,
  handOver = false,
  marked = true,
  unmerged = new Map<string, string>(),
  formerlySynced = new Set<string>(),
  sealing = {},
  release,
  driver = { syncSecret: true },
}: Scene) {
  const spec = environment();
  const [storeSpec, clusterSpec] = [spec.stores.get("vault"), spec.clusters.get("main")?.spec];
  if (storeSpec === undefined || clusterSpec === undefined) throw new Error("the fixture lost its store or cluster");
  const session = isFromStore({ via })
    ? await prepared(openStore({ spec: storeSpec, secretConfig: () => undefined, options: {} }))
    : undefined;
  const cluster = openCluster(clusterSpec, "acme/test", {});
  const stored = new Map<string, StoredSecret>();
  for (const [id, values] of Object.entries(storedValues)) {
    const [app = "", name = ""] = id.split("/");
    const address = { platform: "acme", environment: "test", app, secret: name, path: id };
    const shape = { address, keys: Object.keys(values), lengths: {} };
    if (session === undefined) {
      const embedded = marked ? secret(values) : output(values);
      const digestKey = via === "sealed-secret" ? { digestKey: secret(`key-of-${id}`) } : {};
      stored.set(id, { kind: "embedded", store: "vault", values: embedded, ...digestKey });
      continue;
    }
    const objects = remoteObjectsOf(storeSpec, shape).map((object) => {
      const payload = encodePayload(object, values);
      return session.put(`${id}/vault`, {
        object,
        payload: marked ? secret(payload) : output(payload),
        owner: {},
        retain: false,
        options: {},
      });
    });
    stored.set(id, { kind: "remote", store: "vault", objects });
  }
  const args: NamespaceSecretsArgs = {
    spec: { name: "shop", create },
    platform: "acme",
    environment: "test",
    cluster,
    reading:
      session === undefined || via === "csi"
        ? undefined
        : {
            through: "secret-store",
            store: storeSpec,
            identity: await loadIdentity(storeSpec.kind),
            identityOptions: session.options,
            operator: { namespace: "external-secrets", ready: [cluster.provider] },
            readiness: {
              explain: new ErrorHook("explain", () => false),
              awaitSync: (kind) => ({
                beforeUpdate: [new ResourceHook("before-sync", () => undefined)],
                afterUpdate: [new ResourceHook(`await-sync-${kind}`, () => undefined)],
              }),
              changeProvider: new ResourceHook("change-provider", () => undefined),
              providerBefore: () => undefined,
              reportUnmerged: new ResourceHook("report-unmerged", () => undefined),
            },
            refreshSeconds: 1800,
          },
    csi:
      session === undefined || via !== "csi"
        ? undefined
        : {
            store: storeSpec,
            identity: await loadIdentity(storeSpec.kind),
            identityOptions: session.options,
            driver: {
              spec: driverSpec(driver),
              explain: new ErrorHook("explain-class", () => false),
              ready: [cluster.provider],
            },
          },
    deliveries: deliveries.map((each) => ({ ...each, via })),
    stored,
    embedded: stored,
    unmerged,
    formerlySynced,
    ...(release === undefined ? {} : { release: releaseOf(release) }),
    ...(via === "sealed-secret" ? { sealing: sealingOf(sealing) } : {}),
    retain,
    handOver,
  };
  return new NamespaceSecrets("main/shop", args);
}
