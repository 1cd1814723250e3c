import { getOrganization, getProject, getStack, runtime, secret } from "@pulumi/pulumi";
import { isUnmerged, type ConditionedObject } from "../../components/external-secrets/readiness/explain.ts";
import { memberOf } from "../../components/external-secrets/provider-change.ts";
import { handOverAnnotation } from "../../components/clusters/owner.ts";
import { stateNameKeys, type StateNames, type StateResource } from "../../components/backends/contract.ts";
import {
  controllerAnnotations,
  sealedManifestType,
  sealedSecretType,
} from "../../components/sealed-secrets/manifest.ts";
import { sealedBefore } from "../../components/sealed-secrets/resealing.ts";
import { isRecord } from "../../components/support/is-record.ts";
import { ExpectedError, messageOf } from "../../components/support/messages/errors.ts";

/**
 * What this stack's state knows, read before anything is registered. A lost state is an empty one, which is how a
 * deployment can tell "new" from "forgotten" before it writes.
 *
 * The engine's built-in function `readStackResourceOutputs` works on every backend, costs a few milliseconds, and sees
 * interrupted updates too. It answers with outputs in clear, within this process: they are marked secret at once.
 *
 * @throws ExpectedError where the state can't be read, or is another stack's.
 */
export async function readState(): Promise<readonly StateResource[]> {
  // A short name is completed with the organization that is the user's default, which need not be this stack's.
  const name = `${getOrganization()}/${getProject()}/${getStack()}`;
  const entries = Object.entries(await readOutputs(name));
  const ours = `urn:pulumi:${getStack()}::${getProject()}::`;
  const foreign = entries.find(([urn]) => !urn.startsWith(ours));
  if (foreign !== undefined) {
    throw new ExpectedError(
      `The state of stack ${name} contains resources of another stack: ${foreign[0]}. Nothing was changed.\n` +
        "    fix: for a renamed stack or project: pulumi stack rename, which renames them as well",
    );
  }
  return entries.map(([urn, { type, outputs }]) => {
    let wrapped: StateResource["outputs"] | undefined;
    return {
      urn,
      type,
      name: urn.split("::").slice(3).join("::"),
      // Made where they are asked for: the SDK wraps every value within, and an ExternalSecret's are never asked for.
      get outputs() {
        return (wrapped ??= secret(outputs ?? {}) as unknown as StateResource["outputs"]);
      },
      names: namesOf(outputs ?? {}),
      ...objectNameOf(type, outputs ?? {}),
      ...objectNamespaceOf(type, outputs ?? {}),
      ...secretTypeOf(type, outputs ?? {}),
      ...(isReady(outputs ?? {}) ? { ready: true } : {}),
      ...(type === "kubernetes:core/v1:SecretPatch" || isMerging(outputs ?? {}) ? { merges: true } : {}),
      ...(annotationsOf(outputs ?? {})[handOverAnnotation] === "true" ? { handedOver: true } : {}),
      ...unmergedOf(type, outputs ?? {}),
      ...storeProviderOf(type, outputs ?? {}),
      ...sealedOf(type, outputs ?? {}),
    };
  });
}

async function readOutputs(name: string): Promise<Readonly<Record<string, StateEntry>>> {
  try {
    return await askFor(name);
  } catch (error) {
    const problem = messageOf(error).replace(/^invocation of \S+ returned an error: /, "");
    // State in a bucket, in the layout before projects: a stack has its short name alone there, and no organization.
    if (problem.startsWith("a stack name may only contain") && problem.includes("invalid character '/'")) {
      return askFor(getStack());
    }
    throw new ExpectedError(
      `The state of stack ${name} can't be read: ${problem}. Nothing was changed.\n` +
        `    fix: pulumi stack export --stack ${name} --file /dev/null must succeed`,
    );
  }
}

async function askFor(stackName: string): Promise<Readonly<Record<string, StateEntry>>> {
  const { outputs = {} } = (await runtime.invoke(
    "pulumi:pulumi:readStackResourceOutputs",
    { stackName },
    { async: true },
  )) as { readonly outputs?: Readonly<Record<string, StateEntry>> };
  return outputs;
}

/** Azure's resources keep all but their name one level below, in `properties`. */
function namesOf(outputs: Readonly<Record<string, unknown>>): StateNames {
  const properties = outputs["properties"];
  const all: Readonly<Record<string, unknown>> =
    typeof properties === "object" && properties !== null ? { ...properties, ...outputs } : outputs;
  return Object.fromEntries(
    stateNameKeys.flatMap((key) => {
      const value = all[key];
      return typeof value === "string" ? [[key, value] as const] : [];
    }),
  );
}

/** Namespace of an object of Kubernetes. */
function objectNamespaceOf(
  type: string,
  outputs: { readonly metadata?: unknown; readonly manifest?: unknown },
): Pick<StateResource, "objectNamespace"> {
  // A SealedSecret for a GitOps tool is a manifest that the state holds.
  const object = type === sealedManifestType ? outputs.manifest : type.startsWith("kubernetes:") ? outputs : undefined;
  const { metadata } = (object ?? {}) as { readonly metadata?: unknown };
  const { namespace } = (metadata ?? {}) as { readonly namespace?: unknown };
  return typeof namespace === "string" ? { objectNamespace: namespace } : {};
}

/** Name of a Secret, which its resource need not share: the credentials of a reader are another Secret than they are called. */
function objectNameOf(type: string, { metadata }: { readonly metadata?: unknown }): Pick<StateResource, "objectName"> {
  if (type !== "kubernetes:core/v1:Secret") return {};
  const { name } = (metadata ?? {}) as { readonly name?: unknown };
  return typeof name === "string" ? { objectName: name } : {};
}

/** What a store reads. */
function storeProviderOf(
  type: string,
  outputs: Readonly<Record<string, unknown>>,
): Pick<StateResource, "storeProvider"> {
  const member = /:(?:Cluster)?SecretStore$/.test(type) ? memberOf(outputs["spec"]) : undefined;
  return member === undefined ? {} : { storeProvider: member };
}

/** What a SealedSecret has sealed, whoever applies it. */
function sealedOf(type: string, outputs: Readonly<Record<string, unknown>>): Pick<StateResource, "sealed"> {
  if (type === sealedSecretType) return { sealed: sealedBefore(outputs) };
  const { manifest } = outputs;
  return type === sealedManifestType && isRecord(manifest) ? { sealed: sealedBefore(manifest) } : {};
}

/** Type of the Secret that a resource makes or asks for. */
function secretTypeOf(type: string, outputs: Readonly<Record<string, unknown>>): Pick<StateResource, "secretType"> {
  const named = namedType(type, outputs);
  return typeof named === "string" ? { secretType: named } : {};
}

function namedType(type: string, outputs: Readonly<Record<string, unknown>>): unknown {
  const { target, template, secretObjects } = (outputs["spec"] ?? {}) as Templated & {
    readonly target?: Templated;
    readonly secretObjects?: readonly { readonly type?: unknown }[];
  };
  if (type === "kubernetes:core/v1:Secret" || type === "kubernetes:core/v1:SecretPatch") return outputs["type"];
  if (type === sealedSecretType) return template?.type;
  if (type.endsWith(":SecretProviderClass")) return secretObjects?.[0]?.type;
  return type.endsWith(":ExternalSecret") ? target?.template?.type : undefined;
}

interface Templated {
  readonly template?: {
    readonly type?: unknown;
    readonly metadata?: { readonly annotations?: Readonly<Record<string, unknown>> };
  };
}

/** What an ExternalSecret was asked for that waits for a Secret to merge into. */
function unmergedOf(type: string, outputs: Readonly<Record<string, unknown>>): Pick<StateResource, "unmerged"> {
  if (!type.endsWith(":ExternalSecret") || !isUnmerged(outputs)) return {};
  return { unmerged: annotationsOf(outputs)["force-sync"] ?? "" };
}

function annotationsOf({ metadata }: { readonly metadata?: unknown }): Readonly<Record<string, string>> {
  const { annotations } = (metadata ?? {}) as ConditionedObject["metadata"] & {};
  return annotations ?? {};
}

function isReady({ status }: { readonly status?: unknown }): boolean {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  };
  return conditions.some(({ type, status: holds }) => type === "Ready" && holds === "True");
}

/** An ExternalSecret that merges, or a SealedSecret that patches. */
function isMerging({ spec }: { readonly spec?: unknown }): boolean {
  const { target, template } = (spec ?? {}) as Templated & { readonly target?: { readonly creationPolicy?: string } };
  const { annotations = {} } = template?.metadata ?? {};
  return target?.creationPolicy === "Merge" || annotations[controllerAnnotations.patch] === "true";
}

interface StateEntry {
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}
