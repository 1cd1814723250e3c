import { output, secret, type CustomResourceOptions, type ErrorHook, type Output, type Resource } from "@pulumi/pulumi";
import { Provider } from "@pulumi/gcp/provider.js";
import { Secret } from "@pulumi/gcp/secretmanager/secret.js";
import { SecretVersion } from "@pulumi/gcp/secretmanager/secretVersion.js";
import { ExpectedError } from "../../support/messages/errors.ts";
import { onlyInputs } from "../../support/provider-inputs.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import type { GcpReadGrant } from "./grant.ts";
import { inspectContents, versionOfReads } from "../references.ts";
import type { RemoteObject } from "../remote-object.ts";
import type { OpenArgs, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import { intactness, presentAmong, type FoundObject, type OwnedObject, type Survey } from "../survey.ts";
import { isIntact, lastWritten, valueInputs } from "../write-only.ts";
import { checkAuditLog, makeAuditLog } from "./audit-log.ts";
import { makeIdentityPools } from "./identity-pool.ts";
import { listSecrets, heldVersion, type Project } from "./queries.ts";
import { legalLabel } from "./labels.ts";
import { refusalHook } from "./refusals.ts";
import { placesOf } from "./replication.ts";
import { adoptionOptions, secretArgs } from "./secret-args.ts";
import { secretRestoreCommand, type GcpSecretManagerSpec } from "./secret-manager.ts";

export const backend: StoreBackend<GcpSecretManagerSpec> = { open };

async function open({ spec, options }: OpenArgs<GcpSecretManagerSpec>): Promise<StoreSession> {
  // Without the second the provider adds a label of its own to everything.
  const args = { project: spec.project, addPulumiAttributionLabel: false };
  const provider = new Provider(spec.name, args, onlyInputs(args, options));
  const project = { spec, provider };
  await checkAuditLog(project);
  const explain = refusalHook(spec);
  const read = (name: string) => secret(output(heldVersion(project, name)).apply((held) => held?.payload));
  return {
    owned: (state) => owned(spec, state),
    existing: async (names) => presentAmong(names, await listSecrets(project, names)),
    needsObject: true,
    labelsOf: (_, { labels }) => Promise.resolve(labels === undefined ? { absent: true } : { value: labels }),
    // Labels take lowercase letters alone.
    spelledLabel: legalLabel,
    restoreCommand: (name) => secretRestoreCommand(spec, name),
    read,
    inspect: (object) =>
      inspectContents(object, async (version) => (await heldVersion(project, object.name, version))?.payload),
    prepare(survey) {
      const explained = { provider, hooks: { onError: [explain] } };
      // Whoever reads needs its cluster to be trusted first, and is written down.
      const before = [...makeAuditLog(spec, explained), ...makeIdentityPools(spec, explained)];
      return {
        options: { provider, ...waitingFor(before) },
        survey,
        read,
        put: (name, each) => put({ ...project, explain, survey }, name, each),
        reference: (_, object) => reference(project, object),
      };
    },
  };
}

function waitingFor(resources: readonly Resource[]): CustomResourceOptions {
  return resources.length === 0 ? {} : { dependsOn: [...resources] };
}

function owned({ project }: GcpSecretManagerSpec, state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
  const versions = new Map(
    state
      .filter(({ type }) => type === "gcp:secretmanager/secretVersion:SecretVersion")
      .map(({ names, outputs }) => [names.secret, outputs] as const),
  );
  return new Map(
    state
      .filter(({ type, names }) => type === "gcp:secretmanager/secret:Secret" && names.project === project)
      .map(({ name: resource, names }) => {
        const { secretId = "" } = names;
        const written = versions.get(`projects/${project}/secrets/${secretId}`);
        return [secretId, { resource, names, ...(written === undefined ? {} : { written }) }];
      }),
  );
}

interface Prepared extends Project {
  readonly explain: ErrorHook;
  readonly survey: Survey;
}

function put({ spec, provider, explain, survey }: Prepared, name: string, args: PutArgs): StoredObject {
  const { object, retain } = args;
  const untracked = survey.untracked.get(object.name);
  if (untracked !== undefined) checkPlaces(spec, object, untracked);
  const writeOnly = spec.writeOnly === true;
  const options = { ...args.options, provider, retainOnDelete: retain, hooks: { onError: [explain] } };
  const container = new Secret(name, secretArgs(spec, args), {
    ...options,
    // Google never moves a secret, so other locations are refused (409): with the old one deleted first, all that hangs
    // on it would go for a moment too, up to the Secrets in the clusters.
    deleteBeforeReplace: false,
    ...(untracked === undefined ? { ignoreChanges: ["versionAliases"] } : adoptionOptions(spec, object.name)),
  });
  const stored = new SecretVersion(
    name,
    {
      secret: container.id,
      ...valueInputs("secretData", args, { writeOnly }),
      // Another value is another version: it is made first, and used before the old one goes, which is at the end of
      // the run. "Gone" is disabled, and destroyed after `versionDestroyTtl`.
      deletionPolicy: "DELETE",
    },
    options,
  );
  return {
    object,
    grant: grant(spec, object, container.secretId),
    version: stored.version,
    resources: [container, stored],
    ...intactness(survey.owned.get(object.name), (written) =>
      isIntact({
        held: payloadIfReadable({ spec, provider }, object),
        last: written.apply((outputs) => lastWritten("secretData", outputs)),
        put: args,
        writeOnly,
      }),
    ),
  };
}

/** A disabled or destroyed version can't be read, which counts as a change. */
function payloadIfReadable(project: Project, { name }: RemoteObject): Output<string | undefined> {
  const held = heldVersion(project, name).catch(() => undefined);
  return secret(held.then((theirs) => theirs?.payload));
}

function reference(project: Project, object: RemoteObject): StoredObject {
  const { spec } = project;
  const ask = async (version: string | undefined) => {
    const held = await heldVersion(project, object.name, version);
    if (held !== undefined) return held.version;
    const wanted = version === undefined ? "no version to read" : `no version ${version}`;
    throw new ExpectedError(
      `stores.${spec.name}: "${object.name}" in project ${spec.project} has ${wanted}.\n` +
        `    fix: gcloud secrets versions add ${object.name} --project=${spec.project} --data-file=<file>`,
    );
  };
  const version = versionOfReads(object, (each) => output(ask(each)));
  return { object, grant: grant(spec, object, object.name), version, resources: [] };
}

function grant(
  { project }: GcpSecretManagerSpec,
  { name }: RemoteObject,
  secretId: GcpReadGrant["secretId"],
): GcpReadGrant {
  return { kind: "gcp-secret-manager", project, name, secretId };
}

/** The first run after an adoption would replace a secret in another location, and its versions would be lost. */
function checkPlaces(spec: GcpSecretManagerSpec, { name }: RemoteObject, { locations }: FoundObject): void {
  const wanted = placesOf(spec);
  if (locations === undefined || locations === wanted) return;
  throw new ExpectedError(
    `stores.${spec.name}: "${name}" is in locations ${locations}, but this store uses ${wanted}, and Google cannot move a secret. It was not adopted.\n` +
      `    fix: use it without adopting it (reference), or add a store with its locations`,
  );
}
