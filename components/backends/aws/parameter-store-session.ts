import { output, secret, type Output } from "@pulumi/pulumi";
import type { Provider } from "@pulumi/aws/provider.js";
import { getParameter } from "@pulumi/aws/ssm/getParameter.js";
import { getParametersByPath } from "@pulumi/aws/ssm/getParametersByPath.js";
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import { ExpectedError } from "../../support/messages/errors.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import type { AwsReadGrant } from "./grant.ts";
import { inspectVersions, versionOfReads } from "../references.ts";
import type { RemoteObject } from "../remote-object.ts";
import type { OpenArgs, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import { foundNames, intactness, presentAmong, type OwnedObject, type Survey } from "../survey.ts";
import { isIntact, lastWritten, valueInputs } from "../write-only.ts";
import {
  bracesProblem,
  parameterArn,
  sizeFix,
  sizeProblem,
  valueLimit,
  type AwsParameterStoreSpec,
} from "./parameter-store.ts";
import { awsProvider, fitting, isNotFound, objectTags, refused } from "./provider.ts";
import { parameterRestoreCommand } from "./restore-commands.ts";

export const backend: StoreBackend<AwsParameterStoreSpec> = { open };

/** Names of tiers in the API. With `Intelligent-Tiering`, AWS chooses the smallest that fits, and never downgrades it later. */
const tiers = { "by-size": "Intelligent-Tiering", standard: "Standard", advanced: "Advanced" } as const;

/** The key that an account has for Parameter Store, and that everybody in it may use. */
const accountKey = "alias/aws/ssm";

interface Account {
  readonly spec: AwsParameterStoreSpec;
  readonly provider: Provider;
}

function open({ spec, options, readLabels }: OpenArgs<AwsParameterStoreSpec>): StoreSession {
  const account = { spec, provider: awsProvider(spec, options) };
  const read = (name: string) => secret(held(account, name));
  return {
    owned: (state) => owned(spec, state),
    existing: async (names) => {
      // A name without a slash is in no hierarchy that could be listed.
      const [hierarchical, single] = [names.filter(isHierarchical), names.filter((name) => !isHierarchical(name))];
      const listed = await Promise.all([
        ...commonFolders(hierarchical).map((folder) => list(account, folder)),
        ...single.map((name) => find(account, name)),
      ]);
      return presentAmong(names, foundNames(listed.flat()));
    },
    restoreCommand: (name) => parameterRestoreCommand(spec, name),
    read,
    inspect: (object) =>
      inspectVersions(object, async (version) => (await find(account, versioned(object.name, version))).length > 0),
    labelsOf: (name) => readLabels?.(name) ?? Promise.resolve({ absent: true }),
    prepare: (survey) => ({
      options: { provider: account.provider },
      survey,
      read,
      put: (name, args) => put({ ...account, survey, read }, name, args),
      reference: (_, object) => reference(account, object),
    }),
  };
}

function owned(spec: AwsParameterStoreSpec, state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
  const prefix = parameterArn(spec, "/");
  return new Map(
    state
      .filter(({ type, names }) => type === "aws:ssm/parameter:Parameter" && names.arn?.startsWith(prefix))
      .map(({ name: resource, names, outputs: written }) => [
        // The ARN does not tell whether a name in no hierarchy begins with a slash.
        names.name ?? (names.arn ?? "").slice(prefix.length - 1),
        { resource, names, written },
      ]),
  );
}

interface Prepared extends Account {
  readonly survey: Survey;
  readonly read: (name: string) => Output<string | undefined>;
}

function put({ spec, provider, survey, read }: Prepared, name: string, args: PutArgs): StoredObject {
  const { object, retain } = args;
  const known = survey.owned.get(object.name);
  const writeOnly = spec.writeOnly === true;
  const stored = new Parameter(
    name,
    {
      name: object.name,
      type: "SecureString",
      ...valueInputs("value", args, { writeOnly, value: fittingPayload(spec, args) }),
      tier: tierOf(spec, known),
      // Named in any case: without it a parameter that had a customer key would keep it, and readers may no longer use it.
      keyId: spec.kmsKeyArn ?? accountKey,
      tags: objectTags(spec, args),
      // To adopt one is to overwrite it: an import would demand that tags, tier and key are already as they will be. The
      // value before stays in the parameter's history.
      ...(survey.untracked.has(object.name) ? { overwrite: true } : {}),
    },
    {
      ...args.options,
      provider,
      retainOnDelete: retain,
      // Only matters for the first write; without this the next run, which adopts no more, would show a change. In the run
      // that takes over, it would keep the input from one that the state has under another name.
      ignoreChanges: survey.untracked.has(object.name) ? [] : ["overwrite"],
      // Where old and new object are one, deleting the old one last would delete the new value. Anywhere else the new one
      // comes first: deleted before, it would take the ExternalSecrets that read it along, and Secrets would be gone.
      deleteBeforeReplace: known !== undefined,
    },
  );
  return {
    object,
    grant: grant(spec, object),
    version: stored.version.apply((number) => String(number)),
    resources: [stored],
    ...intactness(known, (written) =>
      isIntact({
        held: read(object.name),
        last: written.apply((outputs) => lastWritten("value", outputs)),
        put: args,
        writeOnly,
      }),
    ),
  };
}

function reference({ spec, provider }: Account, object: RemoteObject): StoredObject {
  const ask = (pinned: string | undefined) => {
    const args = { name: versioned(object.name, pinned), withDecryption: false };
    return output(getParameter(args, { provider, async: true }).then(({ version: number }) => String(number)));
  };
  return { object, grant: grant(spec, object), version: versionOfReads(object, ask), resources: [] };
}

/** "Referencing a parameter version" in the AWS Systems Manager User Guide: a number or a label behind a colon. */
function versioned(name: string, version: string | undefined): string {
  return version === undefined ? name : `${name}:${version}`;
}

function grant(spec: AwsParameterStoreSpec, { name, foreign }: RemoteObject): AwsReadGrant {
  const { kind } = spec;
  const kmsKeyArn = foreign?.kmsKeyArn ?? spec.kmsKeyArn;
  return { kind, arn: parameterArn(spec, name), ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) };
}

/** AWS refuses to make an advanced parameter standard again; it would have to be deleted, with its history. */
function tierOf({ tier }: AwsParameterStoreSpec, known: OwnedObject | undefined): string {
  return known?.names.tier === "Advanced" && tier === "standard" ? tiers.advanced : tiers[tier];
}

function fittingPayload(spec: AwsParameterStoreSpec, { object, payload }: PutArgs): Output<string> {
  const subject = `stores.${spec.name}: parameter "${object.name}"`;
  return fitting(
    payload,
    valueLimit(spec),
    (bytes) => `${sizeProblem(spec, subject, bytes)}.\n    fix: ${sizeFix(spec)}`,
  ).apply((text) => {
    // What people provide is known here and no sooner. AWS would refuse it in the middle of an update, and not say why.
    if (!text.includes("{{")) return text;
    const fix = "provide another value, or keep the secret in a store of kind aws-secrets-manager";
    throw new ExpectedError(`${bracesProblem(`${subject} holds`)}.\n    fix: ${fix}`);
  });
}

async function held({ spec, provider }: Account, name: string): Promise<string | undefined> {
  try {
    return (await getParameter({ name, withDecryption: true }, { provider, async: true })).value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw refused(spec, `reading parameter "${name}"`, error);
  }
}

function isHierarchical(name: string): boolean {
  return name.startsWith("/");
}

/** The name itself where there is such a parameter, without its value being decrypted. */
async function find({ spec, provider }: Account, name: string): Promise<readonly string[]> {
  try {
    await getParameter({ name, withDecryption: false }, { provider, async: true });
    return [name];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw refused(spec, `looking for parameter "${name}"`, error);
  }
}

async function list({ spec, provider }: Account, path: string): Promise<readonly string[]> {
  try {
    // Without decryption: values come as ciphertext, and no right to the key is needed. What is in no folder is asked for
    // without all that is in one.
    const args = { path, recursive: path !== "/", withDecryption: false };
    return (await getParametersByPath(args, { provider, async: true })).names;
  } catch (error) {
    throw refused(spec, `listing the names of parameters below ${path}`, error);
  }
}

/**
 * The deepest folders that hold all of these names, one for each first level: `/acme-dev/shop`; and `/` for those that are
 * in none.
 */
export function commonFolders(names: readonly string[]): readonly string[] {
  const inFolders = names.filter((name) => name.lastIndexOf("/") > 0);
  const trees = Map.groupBy(inFolders, (name) => name.split("/")[1] ?? "");
  const folders = [...trees.values()].map((tree) => {
    const [first = [], ...others] = tree.map((name) => name.split("/").slice(0, -1));
    const end = first.findIndex((level, depth) => others.some((other) => other[depth] !== level));
    return first.slice(0, end === -1 ? undefined : end).join("/");
  });
  return [...(inFolders.length < names.length ? ["/"] : []), ...folders];
}
