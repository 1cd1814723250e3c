import { accepted, at, canary, refused, type CaseClass, type Input, type Tree } from "../case.ts";

const pem = (what: string) => `-----BEGIN ${what}-----\n${canary}\n-----END ${what}-----\n`;
const kubeconfig = `apiVersion: v1\nkind: Config\nclusters: []\nusers:\n  - name: a\n    user:\n      token: ${canary}\n`;
const jwt = `eyJhbGciOiJSUzI1NiIs.eyJzdWIiOiJzeXN0ZW06.${canary}`;

const put =
  (value: unknown, ...path: readonly string[]) =>
  ({ facts }: Input) => {
    const parent = path.slice(0, -1);
    const last = path.at(-1) ?? "";
    (parent.length === 0 ? facts : at(facts, ...parent))[last] = value;
  };

const places: Readonly<Record<string, readonly string[]>> = {
  "kubeconfig of a cluster": ["clusters", "main", "kubeconfig"],
  "context of a cluster": ["clusters", "main", "context"],
  "identifier of a cluster": ["clusters", "main", "identifier"],
  "caBundle of a Vault": ["stores", "vault", "caBundle"],
  "caFile of a Vault": ["stores", "vault", "caFile"],
  "address of a Vault": ["stores", "vault", "address"],
  "mount of a Vault": ["stores", "vault", "mount"],
  "a tag": ["stores", "parameters", "tags", "owner"],
  "a label": ["stores", "google", "labels", "owner"],
  "an unknown key of a store": ["stores", "vault", "token"],
  "an unknown key of a cluster": ["clusters", "main", "token"],
  "the platform": ["platform"],
  "a date": ["created"],
  "the chart": ["clusters", "main", "externalSecrets", "chart"],
  "a priority class": ["clusters", "main", "externalSecrets", "priorityClassName"],
};

const texts: Readonly<Record<string, string>> = {
  "a private key": pem("PRIVATE KEY"),
  "an RSA key": pem("RSA PRIVATE KEY"),
  "an encrypted key": pem("ENCRYPTED PRIVATE KEY"),
  "an OpenSSH key": pem("OPENSSH PRIVATE KEY"),
  "a PGP key": pem("PGP PRIVATE KEY BLOCK"),
  "a kubeconfig": kubeconfig,
  "a kubeconfig as JSON": JSON.stringify({ apiVersion: "v1", kind: "Config", users: [{ user: { token: canary } }] }),
  "a key of a Google account": JSON.stringify({ type: "service_account", private_key: pem("PRIVATE KEY") }),
  "a JWT": jwt,
  "a token of Vault": `hvs.${canary}${canary}`,
  "an access key of AWS": "AKIAIOSFODNN7EXAMPLE",
  "a token of GitHub": `ghp_${"a1".repeat(20)}`,
};

function withRoom(change: (input: Input) => void) {
  return (input: Input) => {
    at(input.facts, "stores", "parameters")["tags"] = {};
    at(input.facts, "stores", "google")["labels"] = {};
    change(input);
  };
}

/** Secrets in facts, which reviewers read: they are refused by their form, and not shown. */
export const factsThatHoldSecrets: CaseClass = {
  title: "secrets among the facts",
  cases: [
    ...refused(
      Object.fromEntries([
        ...Object.entries(texts).map(
          ([what, text]) =>
            [`${what} as kubeconfig of a cluster`, put(text, "clusters", "main", "kubeconfig")] as const,
        ),
        ...Object.entries(places).map(
          ([where, path]) => [`a private key as ${where}`, withRoom(put(pem("EC PRIVATE KEY"), ...path))] as const,
        ),
        ...Object.entries(places).map(([where, path]) => [`a JWT as ${where}`, withRoom(put(jwt, ...path))] as const),
      ]),
    ),
    ...refused({
      "a certificate with its key": put(`${pem("CERTIFICATE")}${pem("PRIVATE KEY")}`, "stores", "vault", "caBundle"),
      "a key before its certificate": put(`${pem("PRIVATE KEY")}${pem("CERTIFICATE")}`, "stores", "vault", "caBundle"),
      "a kubeconfig as a tree": put(
        { apiVersion: "v1", kind: "Config", users: [{ name: "a", user: { token: canary } }] } satisfies Tree,
        "clusters",
        "main",
        "kubeconfig",
      ),
      "a private key in a list": put([pem("PRIVATE KEY")], "applications"),
      "two secrets in one file": (input) => {
        put(kubeconfig, "clusters", "main", "kubeconfig")(input);
        put(pem("PRIVATE KEY"), "stores", "vault", "caFile")(input);
      },
    }),
    ...accepted({
      "a certificate": put(
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "stores",
        "vault",
        "caBundle",
      ),
      "the path of a kubeconfig": put("~/.kube/config", "clusters", "main", "kubeconfig"),
      "the path of a file called key": put("/etc/vault/private-key.pem", "stores", "vault", "caFile"),
    }),
  ],
};
