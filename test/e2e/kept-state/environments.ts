import { execa } from "execa";
import { mergeValues, type ProjectOptions } from "../../../sandbox/engine/project.ts";
import { proofCatalogue } from "../../../sandbox/stores/catalogue.ts";
import { storesFacts } from "../../../sandbox/stores/facts.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { customerKeyArn, poolId } from "../support/clouds/stack.ts";
import { connection } from "../support/platform.ts";

/** An environment that has a kept state. */
export interface KeptEnvironment {
  /** Name of its stack, and of its file in this folder. */
  readonly stack: string;
  /** What it deploys, for the titles of tests. */
  readonly title: string;
  /** Whether the fake clouds must run. */
  readonly clouds: boolean;
  /** Default: the platform's catalogue. */
  readonly catalogue?: Catalogue;
  /** Facts on top of those of `Pulumi.sandbox.yaml`, with the addresses of the running platform. */
  readonly facts: () => Promise<NonNullable<ProjectOptions["facts"]>>;
}

/** The stores of the platform that runs hold nothing of a kept state: asked, they would answer with warnings. */
const detectDrift = false;

/** Between them they make every kind of store, identity and cluster flavour that the local platform can deploy. */
export const keptEnvironments: readonly KeptEnvironment[] = [
  {
    stack: "sandbox",
    title: "the committed catalogue in Vault",
    clouds: false,
    facts: () => Promise.resolve({ detectDrift }),
  },
  {
    stack: "stores",
    title: "one secret in every store, read by every identity",
    clouds: true,
    catalogue: proofCatalogue(),
    facts: async () =>
      mergeValues(storesFacts(connection(), { installOperator: true }), {
        detectDrift,
        stores: {
          "secrets-manager": { kmsKeyArn: await customerKeyArn() },
          "secret-manager": {
            identityProviders: null,
            // Google can't fetch the keys of a cluster on this machine.
            identityPools: {
              local: { id: poolId, issuer: connection().kubernetesServer, jwks: await clusterKeys() },
            },
          },
        },
      }),
  },
];

/** The keys with which the cluster signs tokens: a JSON Web Key Set. */
export async function clusterKeys(): Promise<string> {
  const { binaries, kubeconfig } = connection();
  const { stdout } = await execa(binaries.kubectl, [`--kubeconfig=${kubeconfig}`, "get", "--raw", "/openid/v1/jwks"]);
  return stdout;
}
