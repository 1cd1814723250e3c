import type { FleetPart } from "../model.ts";

/** What deploys the parts of an environment instead of `secrets fleet up`. */
export const deployers = ["operator", "deployments"] as const;
export type Deployer = (typeof deployers)[number];

/** An environment whose parts are deployed from a repository. */
export interface FleetSource {
  readonly environment: string;
  /** Name of the project, as `Pulumi.yaml` has it. */
  readonly project: string;
  /** The base first. */
  readonly parts: readonly Pick<FleetPart, "part" | "stack">[];
  /** URL of the repository, without credentials. */
  readonly repository: string;
  readonly branch: string;
  /** Organization of the stacks: `organization` for a state of one's own. */
  readonly organization: string;
  /** Where the state is, without credentials: what `PULUMI_BACKEND_URL` says. */
  readonly backend: string;
  /** Where the key of secret values is kept: `passphrase`, a URL of a key service, or `service`, which is Pulumi Cloud. */
  readonly secretsProvider: string;
}

/** The stack's name with its organization and project, which both deployers want. Pure. */
export function fullName({ organization, project }: FleetSource, stack: string): string {
  return `${organization}/${project}/${stack}`;
}

/** Settings of npm with which it installs what the program needs and no more, and runs no script of a package. */
export const npmSettings = { NPM_CONFIG_OMIT: "dev", NPM_CONFIG_IGNORE_SCRIPTS: "true" } as const;

/**
 * Variables that open state and values, by what the state's backend and the key need. Each is a secret of the deployer.
 * Credentials of a cloud are not among them: the identity of the workload gives those. Pure.
 */
export function secretVariables({ backend, secretsProvider }: FleetSource): readonly string[] {
  return [
    ...(secretsProvider === "passphrase" ? ["PULUMI_CONFIG_PASSPHRASE"] : []),
    ...(/^https?:/.test(backend) ? ["PULUMI_ACCESS_TOKEN"] : []),
    ...(backend.startsWith("postgres:") ? ["PGUSER", "PGPASSWORD"] : []),
    ...(secretsProvider.startsWith("hashivault:") ? ["VAULT_ADDR", "VAULT_TOKEN"] : []),
  ];
}
