import { connection } from "./platform.ts";

export interface VaultAnswer {
  readonly status: number;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>>;
    readonly auth?: { readonly client_token: string };
    readonly errors?: readonly string[];
  };
}

export interface VaultRequest {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE" | "LIST";
  readonly body?: unknown;
  /** Default: the root token; `null` sends none. */
  readonly token?: string | null;
}

/** One request of Vault's HTTP API; every status is an answer. */
export async function vault(path: string, { method = "GET", body, token }: VaultRequest = {}): Promise<VaultAnswer> {
  const credential = token === undefined ? connection().vaultToken : token;
  const response = await fetch(`${connection().vaultAddress}/v1/${path}`, {
    method,
    headers: { "X-Vault-Request": "true", ...(credential === null ? {} : { "X-Vault-Token": credential }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as VaultAnswer["body"] };
}

/** The request must succeed. */
export async function vaultOk(path: string, request: VaultRequest = {}): Promise<VaultAnswer> {
  const answer = await vault(path, request);
  if (answer.status >= 300) throw new Error(`Vault ${path}: ${answer.status} ${answer.body.errors?.join("; ") ?? ""}`);
  return answer;
}

/** Values of a KV secret; `undefined` when there is none (or this version is gone). */
export async function readKv(path: string, version?: number): Promise<Readonly<Record<string, string>> | undefined> {
  const { status, body } = await vault(`secret/data/${path}${version === undefined ? "" : `?version=${version}`}`);
  return status === 200 ? (body.data?.["data"] as Record<string, string>) : undefined;
}

/** Every path below a folder of the KV mount, such as `mlops-platform-sandbox`. */
export async function listKv(folder = ""): Promise<readonly string[]> {
  const { status, body } = await vault(`secret/metadata/${folder}`, { method: "LIST" });
  if (status === 404) return [];
  const keys = body.data?.["keys"] as readonly string[];
  const nested = await Promise.all(
    keys.map((key) => (key.endsWith("/") ? listKv(`${folder}${key}`) : Promise.resolve([`${folder}${key}`]))),
  );
  return nested.flat().sort();
}

/** Current version by path, for every secret there is. */
export async function kvVersions(): Promise<Readonly<Record<string, number>>> {
  const paths = await listKv();
  const versions = await Promise.all(
    paths.map(
      async (path) =>
        [path, (await vaultOk(`secret/metadata/${path}`)).body.data?.["current_version"] as number] as const,
    ),
  );
  return Object.fromEntries(versions);
}

/** Values of every version that Vault still holds of every secret. */
export async function allKvValues(): Promise<
  readonly { readonly path: string; readonly version: number; readonly values: Readonly<Record<string, string>> }[]
> {
  const versions = Object.entries(await kvVersions());
  const read = versions.flatMap(([path, newest]) =>
    Array.from({ length: newest }, async (_, index) => {
      const version = index + 1;
      return { path, version, values: (await readKv(path, version)) ?? {} };
    }),
  );
  return Promise.all(read);
}

/** Names of our policies. */
export async function policyNames(): Promise<readonly string[]> {
  const { body } = await vaultOk("sys/policies/acl", { method: "LIST" });
  return (body.data?.["keys"] as readonly string[]).filter((name) => name !== "default" && name !== "root");
}

export async function policyText(name: string): Promise<string> {
  return (await vaultOk(`sys/policies/acl/${name}`)).body.data?.["policy"] as string;
}

/** Names of the roles of the Kubernetes auth method. */
export async function roleNames(): Promise<readonly string[]> {
  const { status, body } = await vault("auth/kubernetes/role", { method: "LIST" });
  return status === 404 ? [] : (body.data?.["keys"] as readonly string[]);
}

/** Logs in with a service account's token; the answer's token reads what the role allows. */
export async function login(role: string, jwt: string): Promise<VaultAnswer> {
  return vault("auth/kubernetes/login", { method: "POST", body: { role, jwt }, token: null });
}
