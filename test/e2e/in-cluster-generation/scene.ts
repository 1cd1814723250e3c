import assert from "node:assert/strict";
import { generatorNamespace } from "../../../components/support/naming.ts";
import { hexToken, literal, password, provided, template, uuid } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { cli } from "../support/cli.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { succeed, type StackOptions } from "../support/stacks.ts";
import { makeRoom, standUntilRoomIsNeeded } from "../support/standing-stack.ts";

export const namespace = "unseen";
/** Namespace in which the cluster generates. */
export const generator = generatorNamespace({
  platform: "mlops-platform",
  environment: "generated",
  store: "vault",
  app: namespace,
});
/** Where the generated secret lies in Vault. */
export const path = `mlops-platform-generated/${namespace}/db`;
const catalogue: Catalogue = {
  [namespace]: {
    secrets: {
      db: {
        keys: {
          username: literal("user"),
          password: password(),
          "other-password": password({ length: 32, symbols: "-_.~" }),
          token: hexToken(32),
          id: uuid(),
          uri: template("db://${username}:${other-password|uri}@host"),
        },
      },
      made: { keys: { password: password(), hub: provided("huggingfaceToken") } },
    },
    deliveries: [
      { namespace, secretName: "db", from: ["db"] },
      { namespace, secretName: "made", from: ["made"] },
    ],
  },
};
/** Facts without what the cluster generates. */
export const base = {
  namespaces: onlyNamespaces([namespace]),
  clusters: { local: { externalSecrets: { pushSecrets: true } } },
};
/** The cluster generates `db`, the program `made`. */
export const stack: StackOptions = {
  stack: "generated",
  catalogue,
  facts: { ...base, generatedInCluster: { [`${namespace}/db`]: "local" } },
};
/** The same stack, but the program generates `db` too. */
export const madeHere: StackOptions = { ...stack, facts: base };

let warnings: readonly string[] = [];
let deployed = false;

/** Deploys the stack, unless it stands. Returns the warnings of the run that deployed it. */
export async function deployGenerated(): Promise<readonly string[]> {
  if (deployed) return warnings;
  await makeRoom();
  ({ warnings } = await succeed("up", stack));
  deployed = true;
  standUntilRoomIsNeeded(removeGenerated);
  return warnings;
}

/** Destroys the stack, and removes the generated value from Vault: it outlives the stack, and no other file expects it. */
export async function removeGenerated(): Promise<void> {
  if (!deployed) return;
  await succeed("destroy", stack);
  await vaultCli("metadata delete", path);
  deployed = false;
}

/** What the applications have, by fingerprint. */
export async function delivered(): Promise<Readonly<Record<string, string>>> {
  return fingerprints(await applicationSecrets([namespace]));
}

/** Runs kubectl, which must succeed. */
export async function kubectl(...args: readonly string[]): Promise<void> {
  const { code, output } = await cli("kubectl", args);
  assert.equal(code, 0, output);
}

/** Runs `vault kv` with a command such as `delete`, which must succeed. */
export async function vaultCli(command: string, ...args: readonly string[]): Promise<void> {
  const { code, output } = await cli("vault", ["kv", ...command.split(" "), "-mount=secret", ...args]);
  assert.equal(code, 0, output);
}
