import { isDeepStrictEqual } from "node:util";
import { fingerprintsAnnotation } from "../components/sealed-secrets/resealing.ts";
import { sealedManifestType } from "../components/sealed-secrets/manifest.ts";
import { RefusedError, type Issue } from "../components/support/messages/errors.ts";
import { isRecord } from "../components/support/is-record.ts";
import type { Manifest } from "../components/delivery/gitops.ts";
import type { RenderedManifest } from "../stacks/deploy/deliver.ts";

/** Whether ciphertexts are missing that only the state has. */
export function needsState(rendered: readonly RenderedManifest[]): boolean {
  return rendered.some(({ keys }) => keys !== undefined);
}

/**
 * The manifests with the ciphertexts that the last `up` sealed, so that they are the same in each run. Pure.
 *
 * @param state what `pulumi stack export` says.
 * @throws RefusedError where one was never sealed, or from another description than today's.
 */
export function withCiphertexts(
  stack: string,
  rendered: readonly RenderedManifest[],
  state: unknown,
): readonly RenderedManifest[] {
  const sealed = sealedIn(state);
  const issues: Issue[] = [];
  const whole = rendered.map((each): RenderedManifest => {
    const { cluster, manifest, keys } = each;
    if (keys === undefined) return each;
    const { name, namespace } = manifest.metadata;
    const found = sealed.get(`${cluster}/${namespace}/${name}`);
    if (found !== undefined && isOf(found, manifest, keys)) return { cluster, manifest: filled(manifest, found) };
    issues.push({
      path: `SealedSecret ${namespace}/${name} of cluster ${cluster}`,
      problem:
        found === undefined
          ? `is not in the state of stack ${stack}: nothing was sealed for it yet`
          : `was sealed from another description than today's`,
      fix: `pulumi up --stack ${stack}`,
    });
    return each;
  });
  if (issues.length > 0) throw new RefusedError(stack, issues);
  return whole;
}

/** What was sealed: its frame, and the ciphertext of each key. */
interface Sealed {
  readonly frame: unknown;
  readonly encryptedData: Readonly<Record<string, unknown>>;
}

function isOf({ frame, encryptedData }: Sealed, manifest: Manifest, keys: readonly string[]): boolean {
  return isDeepStrictEqual(frame, manifest) && isDeepStrictEqual(Object.keys(encryptedData).sort(), keys);
}

function filled(manifest: Manifest, { encryptedData }: Sealed): Manifest {
  return { ...manifest, spec: { ...(isRecord(manifest.spec) ? manifest.spec : {}), encryptedData } };
}

/** The SealedSecrets of a state that a GitOps tool applies, by `<cluster>/<namespace>/<name>`. */
function sealedIn(state: unknown): ReadonlyMap<string, Sealed> {
  const { resources } = recordOf(recordOf(state)["deployment"]);
  const all = Array.isArray(resources) ? resources.map(recordOf) : [];
  return new Map(
    all
      .filter(({ type }) => type === sealedManifestType)
      .map(({ urn, outputs }) => {
        const { spec, metadata, ...rest } = recordOf(recordOf(outputs)["manifest"]);
        const { encryptedData, ...frame } = recordOf(spec);
        const { annotations, ...names } = recordOf(metadata);
        const { [fingerprintsAnnotation]: _, ...others } = recordOf(annotations);
        // A namespace may have another name in its cluster than in the logical name.
        const [cluster = ""] = String(urn).split("::").slice(3).join("::").split("/");
        return [
          `${cluster}/${String(names["namespace"])}/${String(names["name"])}`,
          {
            frame: { ...rest, metadata: { ...names, annotations: others }, spec: frame },
            encryptedData: recordOf(encryptedData),
          },
        ];
      }),
  );
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
