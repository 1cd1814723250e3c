import { loginReference, type LoginPlace, type StoreProvider } from "../../external-secrets/manifests.ts";
import { tokenAudience, type GcpLogin } from "./identity-rules.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

type Gcpsm = NonNullable<StoreProvider["gcpsm"]>;

/** Fields that the API has and the generated types (2.0.0) lack: external-secrets v0.20.4, `secretstore_gcpsm_types.go`. */
interface CurrentGcpsm extends Gcpsm {
  readonly secretVersionSelectionPolicy?: "LatestOrFail";
  readonly auth: NonNullable<Gcpsm["auth"]> & {
    readonly workloadIdentityFederation?: {
      readonly audience: string;
      readonly serviceAccountRef: { readonly name: string; readonly audiences: string[] };
    };
  };
}

/** Google Cloud Secret Manager, for the External Secrets Operator. */
export function gcpProvider(
  { project }: Pick<GcpSecretManagerSpec, "project">,
  login: GcpLogin,
  place?: LoginPlace,
): StoreProvider {
  const gcpsm: CurrentGcpsm = {
    projectID: project,
    // Not `LatestOrFetch`: it has to list versions, which a reader may not; and who disabled the newest one meant it.
    ...(login.kind === "static" ? {} : { secretVersionSelectionPolicy: "LatestOrFail" }),
    auth: authentication(login, place),
  };
  return { gcpsm };
}

function authentication(login: GcpLogin, place: LoginPlace | undefined): CurrentGcpsm["auth"] {
  if (login.kind === "static") {
    return { secretRef: { secretAccessKeySecretRef: loginReference({ name: login.secretName, key: "key" }, place) } };
  }
  const { serviceAccount: name, trust } = login;
  if (trust.by === "identity-provider") {
    return {
      workloadIdentityFederation: {
        audience: `//iam.googleapis.com/${trust.provider}`,
        serviceAccountRef: loginReference({ name, audiences: [tokenAudience(trust.provider)] }, place),
      },
    };
  }
  return {
    // All three are named: what is missing the operator would ask the metadata server of its node for.
    workloadIdentity: {
      clusterProjectID: trust.project,
      clusterLocation: trust.location,
      clusterName: trust.clusterName,
      serviceAccountRef: loginReference({ name }, place),
    },
  };
}
