import { text, type Answers } from "./contract.ts";

const kind = "vault-kv";

/** Functions of the Vault provider. */
export const vault: Answers = {
  "vault:generic/getSecret:getSecret": ({ path }, { read }) => {
    const held = read(kind, text(path));
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

/** The provider turns what is no text into JSON. */
function texts(data: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
