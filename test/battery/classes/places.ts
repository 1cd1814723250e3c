import { accepted, at, refused, type CaseClass, type Input, type Tree } from "../case.ts";

/** Adds a store like one that the valid input has, which nothing reads. */
function twin(like: string, changes: Tree = {}) {
  return ({ facts }: Input) => void (at(facts, "stores")["twin"] = { ...at(facts, "stores", like), ...changes });
}

/** The same beside changes of the first. */
function twins(like: string, first: Tree, second: Tree) {
  return (input: Input) => {
    twin(like, second)(input);
    Object.assign(at(input.facts, "stores", like), first);
  };
}

const ipv6 = "https://[2001:DB8:0:0:0:0:0:1]:8200";

/** Two stores that are one place: each would take what the other wrote for a stranger's. */
export const places: CaseClass = {
  title: "two stores that are one place",
  cases: [
    ...refused({
      "a Vault, written the same": twin("vault"),
      "a Vault with a slash at the end": twin("vault", { address: "https://vault.example:8200/" }),
      "a Vault with two slashes at the end": twin("vault", { address: "https://vault.example:8200//" }),
      "a Vault in capitals": twin("vault", { address: "HTTPS://VAULT.Example:8200" }),
      "a Vault with a dot after its host": twin("vault", { address: "https://vault.example.:8200" }),
      "a Vault without TLS": twin("vault", { address: "http://vault.example:8200" }),
      "a Vault with the usual port": twins(
        "vault",
        { address: "https://vault.example" },
        { address: "https://vault.example:443" },
      ),
      "a Vault with the usual port of http": twins(
        "vault",
        { address: "http://vault.example" },
        { address: "http://vault.example:80/" },
      ),
      "a Vault by an IPv6 address": twins("vault", { address: ipv6 }, { address: "https://[2001:db8::1]:8200/" }),
      "a Vault below a path": twins(
        "vault",
        { address: "https://proxy.example/vault" },
        { address: "https://proxy.example/vault/" },
      ),
      "a Vault reached otherwise by its clusters": twin("vault", { clusterAddress: "https://vault.internal:8200" }),
      "a Vault, its default mount written out": twin("vault", { mount: "secret" }),
      "Parameter Store of one account and region": twin("parameters"),
      "Parameter Store, laid out otherwise": twin("parameters", { layout: "bundle", tier: "advanced" }),
      "Secrets Manager of one account and region": twin("secrets"),
      "a Key Vault": twin("azure"),
      "a Key Vault in capitals": twin("azure", { vault: "ACME-Test" }),
      "a Key Vault of another resource group": twin("azure", { resourceGroup: "other" }),
      "a project of Google Cloud": twin("google"),
      "a project of Google Cloud, laid out otherwise": twin("google", { layout: "per-key" }),
      "three stores": (input) => {
        twin("vault")(input);
        at(input.facts, "stores")["third"] = at(input.facts, "stores", "vault");
      },
    }),
    ...accepted({
      "a Vault with another mount": twin("vault", { mount: "kv" }),
      "a Vault with another namespace": twin("vault", { namespace: "team-a" }),
      "a Vault at another port": twin("vault", { address: "https://vault.example:8201" }),
      "a Vault below another path": twin("vault", { address: "https://vault.example:8200/other" }),
      "Parameter Store of another region": twin("parameters", { region: "eu-west-1" }),
      "Parameter Store of another account": twin("parameters", { accountId: "210987654321" }),
      "another Key Vault": twin("azure", { vault: "acme-test-2" }),
      "a Key Vault of that name in another cloud": twin("azure", { vaultSuffix: "vault.azure.cn" }),
      "another project": twin("google", { project: "acme-other" }),
    }),
  ],
};
