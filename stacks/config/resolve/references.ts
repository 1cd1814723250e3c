import type { RemoteStoreSpec } from "../../../components/backends/index.ts";
import { credentialsPath, type IssuedCredentials } from "../../../components/backends/issued.ts";
import { referencePath } from "../../../components/backends/references.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import { own } from "../../../components/support/own.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { plainConsumersOf, storesOf, type Environment } from "../environment.ts";

/**
 * The secrets, of which those are somebody else's that each of their stores says so of, and those that a store issues:
 * nothing of them is made here. One that is written to another store is made as ever. Pure.
 */
export function settleReferences(
  secrets: readonly SecretSpec[],
  environment: Pick<Environment, "namespaces" | "stores">,
): readonly SecretSpec[] {
  return secrets.map((secret) => {
    const stores = storesOf(environment, secret);
    const issued = stores.flatMap(({ credentials = {} }) => own(credentials, secret.id) ?? [])[0];
    if (issued !== undefined && isMadeHere(secret)) return issuedBy(secret, issued);
    const isPlain = plainConsumersOf(environment, secret).length > 0;
    const isOthers = stores.length > 0 && !isPlain && stores.every((store) => describes(store, secret));
    const isRotated = stores.some(({ nativeRotations = {} }) => own(nativeRotations, secret.id) !== undefined);
    const settled: SecretSpec =
      isOthers && isMadeHere(secret) ? { ...secret, origin: { kind: "referenced", byStores: true } } : secret;
    return isRotated && settled.origin.kind === "referenced" ? renewed(settled) : settled;
  });
}

function issuedBy(secret: SecretSpec, { kind }: IssuedCredentials): SecretSpec {
  return renewed({ ...secret, origin: { kind: "issued", credentials: kind } });
}

/** The store renews it by itself: no date of ours is due. */
function renewed({ rotateBy: _, ...secret }: SecretSpec): SecretSpec {
  return { ...secret, renewedByStore: true };
}

/** Path of the fact that makes a secret somebody else's in a store; nothing where it is written there. Pure. */
export function referencedBy(secret: SecretSpec, store: RemoteStoreSpec): string | undefined {
  const { id, origin } = secret;
  if (origin.kind === "referenced" && origin.byStores !== true) return configPath(["reference", id]);
  if (own(store.credentials ?? {}, id) !== undefined) return credentialsPath(store.name, id);
  return describes(store, secret) ? referencePath(store.name, id) : undefined;
}

function describes({ references = {} }: RemoteStoreSpec, { id }: Pick<SecretSpec, "id">): boolean {
  return own(references, id) !== undefined;
}
