import { resourceName } from "../../../components/applications/application-secrets.ts";
import { remoteObjectsOf } from "../../../components/backends/index.ts";
import type { RemoteObject } from "../../../components/backends/remote-object.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { candidateOf } from "./secret-shape.ts";
import { storesOf, type EnvironmentSpec } from "../environment.ts";
import type { PreflightObject } from "../../deploy/preflight/stores.ts";
import { required } from "../../deploy/required.ts";

/** Every remote object of a store, with its secret. */
export function objectsIn(spec: EnvironmentSpec, store: string): readonly PreflightObject[] {
  return spec.secrets
    .filter(({ id }) => storesOf(spec, id).includes(store))
    .flatMap((secret) =>
      objectsOfSecret(spec, store, secret).map((object) => ({
        spec: secret,
        remoteName: object.name,
        resource: resourceName(secret, store, object),
      })),
    );
}

/** The remote objects of a secret in a store. */
export function objectsOfSecret(spec: EnvironmentSpec, store: string, secret: SecretSpec): readonly RemoteObject[] {
  return remoteObjectsOf(required(spec.stores.get(store), `store ${store}`), candidateOf(spec, secret));
}
