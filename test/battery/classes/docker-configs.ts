import {
  bcryptOf,
  dockerConfig,
  literal,
  provided,
  providedOptionally,
  template,
} from "../../../components/values/recipe.ts";
import { accepted, canary, refused, type Case, type CaseClass } from "../case.ts";
import { all, dbKey, dbKeys, deliveryField, each } from "../catalogue-changes.ts";

const loosely = dockerConfig as unknown as (registries: unknown) => unknown;
const login = { username: "username", password: "password" };
const delivered = (key: string, type: string): Case["change"] =>
  all(deliveryField("from", ["api", { secret: "db", keys: { [key]: "extra" } }]), deliveryField("type", type));

/** Credentials of registries. */
export const dockerConfigs: CaseClass = {
  title: "Docker configs",
  cases: [
    ...refused({
      ...each(
        {
          nothing: undefined,
          null: null,
          "a text": canary,
          "a list": ["ghcr.io"],
          "no registry": {},
          "a registry without a login": { "ghcr.io": null },
          "a registry with a text": { "ghcr.io": canary },
          "a login without a password": { "ghcr.io": { username: "username" } },
          "a login without a user name": { "ghcr.io": { password: "password" } },
          "a login with a field more": { "ghcr.io": { ...login, email: "ci@example.com" } },
          "a login with a number": { "ghcr.io": { ...login, password: 5 } },
          "a login with a value": { "ghcr.io": { ...login, password: canary } },
          "an unknown key": { "ghcr.io": { ...login, password: "pasword" } },
          "a template": { "ghcr.io": { ...login, password: "url" } },
          itself: { "ghcr.io": { ...login, password: "extra" } },
          "a registry without a name": { "": login },
          "a registry with a space": { "ghcr.io ": login },
          "a registry with credentials": { [`ci:${canary}@ghcr.io`]: login },
          "a registry with a path before its host": { "/ghcr.io": login },
          "a registry of another protocol": { "oci://ghcr.io": login },
          "a registry of two lines": { "ghcr.io\nquay.io": login },
          "one of two registries": { "ghcr.io": login, "quay.io": { ...login, username: "nobody" } },
        },
        (registries) => (input) => dbKey(loosely(registries))(input),
      ),
      "a user name with a colon": dbKeys({
        user: literal("a:b"),
        extra: dockerConfig({ "ghcr.io": { ...login, username: "user" } }),
      }),
      "a hash of one": dbKeys({ extra: dockerConfig({ "ghcr.io": login }), hash: bcryptOf("extra") }),
      "in a Secret of the older form": all(
        dbKey(dockerConfig({ "ghcr.io": login })),
        delivered(".dockercfg", "kubernetes.io/dockercfg"),
      ),
    }),
    ...accepted({
      "one registry": all(
        dbKey(dockerConfig({ "ghcr.io": login })),
        delivered(".dockerconfigjson", "kubernetes.io/dockerconfigjson"),
      ),
      ...each(
        {
          "Docker Hub": "https://index.docker.io/v1/",
          "a port": "registry.example.com:5000",
          "a path": "registry.gitlab.com/group/project",
          "any host of a domain": "*.azurecr.io",
          "a registry in the cluster": "localhost:5000",
        },
        (registry) => dbKey(dockerConfig({ [registry]: login, "quay.io": login })),
      ),
      "what people bring": dbKeys({
        token: provided("shopToken"),
        extra: dockerConfig({ "ghcr.io": { ...login, password: "token" } }),
      }),
      "what people may bring": dbKeys({
        token: providedOptionally("unset"),
        extra: dockerConfig({ "ghcr.io": { ...login, password: "token" }, "quay.io": login }),
      }),
      "one in a template": dbKeys({
        extra: dockerConfig({ "ghcr.io": login }),
        text: template('{"docker":"${extra|base64}","config":"${extra|json}"}'),
      }),
    }),
  ],
};
