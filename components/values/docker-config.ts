import { canonicalJson, sortedByKey } from "../support/canonical-json.ts";
import { ExpectedError } from "../support/messages/errors.ts";
import { own } from "../support/own.ts";

/** Credentials of registries, as `docker login` keeps them and the kubelet reads them. */
export interface DockerConfigRecipe {
  readonly kind: "docker-config";
  /** By registry, as images name it. */
  readonly registries: Readonly<Record<string, RegistryLogin>>;
}

/** Keys of the same secret that hold the credentials of one registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * A Docker config of one registry or several, for a Secret of type `kubernetes.io/dockerconfigjson`.
 *
 * @param registries by registry, the keys of the same secret that hold user name and password:
 * `{ "ghcr.io": { username: "user", password: "token" } }`.
 */
export function dockerConfig(registries: Readonly<Record<string, RegistryLogin>>): DockerConfigRecipe {
  return { kind: "docker-config", registries };
}

/** The keys that a Docker config is made of. */
export function dockerConfigKeys({ registries }: DockerConfigRecipe): readonly string[] {
  return Object.values(registries).flatMap(({ username, password }) => [username, password]);
}

/**
 * The JSON of a Docker config. Its field `auth` is the base64 of `<username>:<password>` in UTF-8; clients read it up to
 * the first colon as the user name.
 *
 * @throws ExpectedError where a user name holds a colon; the message does not show it.
 */
export function dockerConfigJson(
  id: string,
  { registries }: DockerConfigRecipe,
  values: Readonly<Record<string, string>>,
): string {
  const auths = Object.entries(registries).map(([registry, keys]) => {
    const [username, password] = [own(values, keys.username), own(values, keys.password)];
    if (username === undefined || password === undefined) {
      throw new Error(`${id} has no credentials of ${registry}, which parsing should have found`);
    }
    if (username.includes(":")) {
      throw new ExpectedError(
        `${id} ${keys.username}: the value is the user name of registry ${registry} and holds ":", which ends the name in a Docker config.\n` +
          `    fix: provide the name alone`,
      );
    }
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    return [registry, { username, password, auth }] as const;
  });
  return canonicalJson({ auths: sortedByKey(Object.fromEntries(auths)) });
}
