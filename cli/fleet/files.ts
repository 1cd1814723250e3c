import { ExpectedError } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { deploymentsScript } from "../../operations/fleet/files/deployments.ts";
import { deployers, type Deployer, type FleetSource } from "../../operations/fleet/files/model.ts";
import { operatorObjects, operatorText } from "../../operations/fleet/files/operator.ts";
import { checkLinks } from "../../operations/fleet/parts-file.ts";
import { fleetParts } from "../../operations/fleet/spread.ts";
import { readStackFile } from "../../preview/stack-file.ts";
import type { CommonOptions } from "../frame.ts";
import { loadFleet } from "./load.ts";

export interface FilesOptions extends CommonOptions {
  readonly for: string;
  readonly repository: string;
  readonly branch: string;
  readonly organization: string;
  readonly backend?: string;
  readonly namespace: string;
  readonly image: string;
}

/** Where Pulumi Cloud is. */
const pulumiCloud = "https://app.pulumi.com";

export interface FleetFiles {
  readonly text: string;
  /** What `--json` prints. */
  readonly data: { readonly schemaVersion: 1; readonly environment: string; readonly for: Deployer } & (
    { readonly objects: readonly object[] } | { readonly script: string }
  );
}

/**
 * What deploys the parts of an environment, as a file.
 *
 * @throws ExpectedError for options that are no names or URLs, or that hold credentials; and for the environment.
 */
export async function fleetFiles(root: string, environment: string, options: FilesOptions): Promise<FleetFiles> {
  const deployer = deployerOf(options);
  const fleet = await loadFleet({ root, environment, lenient: false });
  const parts = fleetParts(fleet, fleet.assigned);
  await checkLinks(
    root,
    environment,
    parts.map(({ stack }) => stack),
  );
  const { secretsProvider, hasKey } = await readStackFile(root, environment);
  const backend = backendOf(deployer, options);
  const source: FleetSource = {
    environment,
    project: fleet.project,
    parts,
    repository: url("--repository", options.repository, repositoryForm),
    branch: name("--branch", options.branch, /^[\w][\w./-]{0,200}$/),
    organization: organizationOf(deployer, options),
    backend,
    secretsProvider: secretsProvider ?? (hasKey || !backend.startsWith("https:") ? "passphrase" : "service"),
  };
  const frame = { schemaVersion: 1, environment, for: deployer } as const;
  if (deployer === "deployments") {
    const script = deploymentsScript(source);
    return { text: script, data: { ...frame, script } };
  }
  const args = {
    ...source,
    namespace: name("--namespace", options.namespace, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
    image: name("--image", options.image, /^[\w][\w./:@-]{0,250}$/),
  };
  return { text: operatorText(args), data: { ...frame, objects: operatorObjects(args) } };
}

function deployerOf({ for: wanted }: FilesOptions): Deployer {
  const found = deployers.find((each) => each === wanted);
  if (found !== undefined) return found;
  throw new ExpectedError(
    `--for is "${clippedName(wanted)}", which is none of ${deployers.join(", ")}\n    fix: --for ${deployers[0]}`,
  );
}

function organizationOf(deployer: Deployer, { organization }: FilesOptions): string {
  const found = name("--organization", organization, /^[\w][\w.-]{0,100}$/);
  if (deployer !== "deployments" || found !== "organization") return found;
  throw new ExpectedError(
    "Pulumi Deployments run stacks of an organization of Pulumi Cloud, and none is named\n    fix: --organization <name>",
  );
}

function backendOf(deployer: Deployer, { backend }: FilesOptions): string {
  if (deployer === "deployments") {
    if (backend === undefined || /^https:/.test(backend)) return url("--backend", backend ?? pulumiCloud, /^https:/);
    throw new ExpectedError("Pulumi Deployments keep state in Pulumi Cloud alone\n    fix: leave out --backend");
  }
  if (backend !== undefined) return url("--backend", backend, /^(?:https?|s3|gs|azblob|postgres):\/\//);
  throw new ExpectedError(
    "The operator has to know where the state is\n    fix: --backend <URL>, as in PULUMI_BACKEND_URL: docs/bootstrap.md",
  );
}

const repositoryForm = /^(?:https|ssh):\/\/[^\s/]+\/[^\s]+$/;

/** A URL that is written into a file, which everybody may read. What holds credentials is not shown. */
function url(option: string, text: string, form: RegExp): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const isUser = parsed?.protocol === "ssh:" && parsed.password === "";
  const hasCredentials =
    (parsed !== undefined && (parsed.username !== "" || parsed.password !== "") && !isUser) ||
    /[?&](?:password|sslpassword|sas_token|sig)=/i.test(text);
  if (hasCredentials) {
    throw new ExpectedError(
      `${option} has credentials, and the file is for everybody to read\n    fix: leave them out; docs/fleet.md says which variables carry them`,
    );
  }
  if (parsed !== undefined && form.test(text) && !/[\s\p{Cc}]/u.test(text)) return text;
  throw new ExpectedError(
    `${option} is no URL of the right kind\n    fix: ${option} ${option === "--backend" ? "s3://<bucket>?region=<region>" : "https://github.com/<organization>/<repository>"}`,
  );
}

function name(option: string, text: string, form: RegExp): string {
  if (form.test(text)) return text;
  throw new ExpectedError(
    `${option} is "${clippedName(text)}", which is no such name\n    fix: leave it out, or name one`,
  );
}
