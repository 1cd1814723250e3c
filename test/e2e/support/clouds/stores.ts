import { GCP_SANDBOX } from "../../../../sandbox/fakes/gcp/sandbox.ts";
import { aws, googleIfPresent, keyVault } from "./clients.ts";
import { vault } from "../vault.ts";

/** Name of the key vault that the stack `clouds` makes. */
export const vaultName = "sandbox-stores";

/** Ids of the versions of an object in a store, oldest first; none where it does not exist. */
export type ReadVersions = (remoteName: string) => Promise<readonly string[]>;

/** How to look into each store, by its name in the facts. */
export const versionsIn: Readonly<Record<string, ReadVersions>> = {
  "parameter-store": parameterVersions,
  "secrets-manager": secretVersions,
  "key-vault": keyVaultVersions,
  "secret-manager": googleVersions,
  vault: kvVersions,
};

async function parameterVersions(name: string): Promise<readonly string[]> {
  const { GetParameterHistoryCommand } = await import("@aws-sdk/client-ssm");
  try {
    const { Parameters = [] } = await (await aws.ssm()).send(new GetParameterHistoryCommand({ Name: name }));
    return Parameters.map(({ Version }) => String(Version));
  } catch (error) {
    return noneIf("ParameterNotFound", error);
  }
}

async function secretVersions(name: string): Promise<readonly string[]> {
  const { DescribeSecretCommand, ListSecretVersionIdsCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = await aws.secretsManager();
  try {
    // A secret that is scheduled for deletion still has versions, which nobody can read.
    const { DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: name }));
    if (DeletedDate !== undefined) return [];
    const { Versions = [] } = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: name, IncludeDeprecated: true }),
    );
    return Versions.map(({ VersionId }) => VersionId ?? "");
  } catch (error) {
    return noneIf("ResourceNotFoundException", error);
  }
}

async function keyVaultVersions(name: string): Promise<readonly string[]> {
  const listed = (await keyVault("GET", vaultName, `secrets/${name}/versions`)) as
    { value: { id: string }[] } | undefined;
  return (listed?.value ?? []).map(({ id }) => id.split("/").at(-1) ?? "");
}

async function googleVersions(name: string): Promise<readonly string[]> {
  const path = `https://secretmanager.googleapis.com/v1/projects/${GCP_SANDBOX.project.id}/secrets/${name}/versions`;
  const listed = (await googleIfPresent("GET", path)) as { versions?: { name: string }[] } | undefined;
  return (listed?.versions ?? []).map(({ name: full }) => full.split("/").at(-1) ?? "");
}

async function kvVersions(path: string): Promise<readonly string[]> {
  const { status, body } = await vault(`secret/metadata/${path}`);
  return status === 404 ? [] : Object.keys(body.data?.["versions"] as object);
}

function noneIf(name: string, error: unknown): readonly string[] {
  if (error instanceof Error && error.name === name) return [];
  throw error;
}
