import { text, type Answers } from "./contract.ts";

const kind = "vault-kv";

/** Functions of the Vault provider. */
export const vault: Answers = {
  "vault:generic/getSecret:getSecret": ({ path }, { names, read }) => {
    const held = read(kind, text(path));
    const role = held === undefined ? roleAt(text(path), names(kind)) : undefined;
    if (role !== undefined) return { path, id: path, data: texts(role), dataJson: JSON.stringify(role) };
    if (held === undefined) throw new Error(`invocation of vault failed: no secret found at "${text(path)}"`);
    return { path, id: path, data: texts(JSON.parse(held.payload) as object), dataJson: held.payload };
  },
  "vault:kv/getSecretsListV2:getSecretsListV2": ({ mount, name }, { names }) => {
    const path = `${text(mount)}/metadata/${text(name)}`;
    const prefix = text(name) === "" ? `${text(mount)}/` : `${text(mount)}/${text(name)}/`;
    const below = names(kind)
      .filter((each) => each.startsWith(prefix))
      .map((each) => each.slice(prefix.length).replace(/\/.*$/, "/"));
    // The provider takes an empty folder for an error, see `#list` of the backend.
    if (below.length === 0) throw new Error(`no secrets found at "${path}"`);
    return { mount, name, id: path, path, names: [...new Set(below)].sort() };
  },
};

/**
 * A role of a database engine, where facts name its credentials: that it is there, and issues for long enough, is up to
 * `pulumi preview` with a Vault.
 */
function roleAt(path: string, names: readonly string[]): object | undefined {
  const seconds = 100 * 24 * 60 * 60;
  const credentials = path
    .replace(/\/roles\/([^/]+)$/, "/creds/$1")
    .replace(/\/static-roles\/([^/]+)$/, "/static-creds/$1");
  // Names are those of the store's mount, which an engine of its own is not below.
  if (credentials === path || !names.some((each) => `/${each}`.endsWith(`/${credentials}`))) return undefined;
  return path.includes("/static-roles/") ? { rotation_period: seconds } : { default_ttl: seconds, max_ttl: 0 };
}

/** The provider turns what is no text into JSON. */
function texts(data: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
