import { password } from "../../../components/values/recipe.ts";
import { accepted, at, refused, type CaseClass } from "../case.ts";
import { onlyNamespace, values } from "../changes.ts";

const texts = {
  mount: ["stores", "vault", "mount"],
  namespace: ["stores", "vault", "namespace"],
} as const;

const malformed = [
  "",
  "/",
  "/kv",
  "kv/",
  "a//b",
  ".",
  "..",
  "a/../b",
  "../kv",
  "a/./b",
  "kv/..",
  "k v",
  " kv",
  "kv\n",
  "kv\u0000",
  "kv\u001b[31m",
  "k\u043ev",
  "kv\u00e4",
  "kv%2f",
  "kv%",
  "kv?x=1",
  "kv#x",
  "kv\\x",
  "kv*",
  "kv/+",
  'k"v',
  "k'v",
  "${path}",
  "{{kv}}",
  "x".repeat(256),
];

/** Vault mounts that Vault does not allow, or that are not the ones they seem to be. */
export const mounts: CaseClass = {
  title: "mounts of Vault",
  cases: [
    ...values(refused, "mount", texts.mount, [
      ...malformed,
      "sys",
      "sys/kv",
      "auth",
      "auth/kubernetes",
      "audit",
      "cubbyhole",
      "identity",
      "identity/kv",
      7,
      true,
      [],
      {},
    ]),
    // The operator drops what looks like the mount from a path: such paths are written with the mount before them.
    ...values(accepted, "mount", texts.mount, [
      "acme-test",
      "acme-test/shop",
      "acme-test/shop/db",
      "acme",
      "secret/data",
      "constructor",
      "__proto__",
      "a/b/c",
      "kv_v2.team~1",
      "system",
      "x".repeat(255),
    ]),
    ...values(refused, "namespace", texts.namespace, [...malformed.slice(0, 12), "root", "a/root", "sys", "a/auth"]),
    ...values(accepted, "namespace", texts.namespace, ["admin", "admin/team-a"]),
    ...values(
      refused,
      "auth mount",
      ["stores", "vault", "auth"],
      ["auth/kubernetes", "token", "kubernetes/", "", "a/../b"].map((mountPath) => ({ mountPath })),
    ),
    ...values(
      refused,
      "auth mount of a cluster",
      ["stores", "vault", "auth"],
      ["auth/main", "token", "/x"].map((main) => ({ mountPaths: { main } })),
    ),
    ...values(
      accepted,
      "auth mount",
      ["stores", "vault", "auth"],
      [{ mountPath: "clusters/main" }, { mountPaths: { main: "kubernetes-main" } }],
    ),
    ...refused({
      "a cluster that generates into a mount that its path begins with": (input) => {
        const { facts } = input;
        onlyNamespace(input, "shop");
        at(facts, "stores", "vault")["mount"] = "acme-test";
        at(facts, "stores", "vault")["auth"] = {};
        at(facts, "clusters", "main", "externalSecrets")["pushSecrets"] = true;
        at(input.catalogue, "shop", "secrets", "db")["keys"] = { password: password() };
        facts["generatedInCluster"] = { "shop/db": "main" };
      },
    }),
  ],
};
