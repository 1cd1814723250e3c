import { accepted, at, refused, type Case, type CaseClass } from "../case.ts";

const address =
  (value: string): Case["change"] =>
  ({ facts }) =>
    void (at(facts, "stores", "vault")["address"] = value);
const issuer =
  (value: string): Case["change"] =>
  ({ facts }) =>
    void (at(facts, "clusters", "main")["issuer"] = value);
const repository =
  (value: string): Case["change"] =>
  ({ facts }) =>
    void (at(facts, "clusters", "main", "externalSecrets")["repository"] = value);
const each = (what: string, values: readonly string[], change: (value: string) => Case["change"]) =>
  Object.fromEntries(values.map((value) => [`${what} ${JSON.stringify(value)}`, change(value)]));

const noUrls = [
  "",
  " ",
  "vault.example",
  "vault.example:8200",
  "//vault.example",
  "https:vault.example",
  "https:/vault.example",
  "https://",
  "https:///path",
  "https://:8200",
  "https://vault.example:",
  "https://vault.example:99999",
  "https://vault.example:port",
  "https://vault example",
  " https://vault.example",
  "https://vault.example ",
  "https://vault.example\n",
  "https://vault.\texample",
  "https://*.example.com",
  "https://vault.example/*",
  "https://vault.example/id?x=1",
  "https://vault.example/id?",
  "https://vault.example/#part",
  "https://vault.example\\id",
  "https://user@vault.example",
  "https://user:word@vault.example",
  "https://v\u0430ult.example",
  "https://vault\u200b.example",
  "https://<vault>.example",
  "https://{vault}.example",
  "https://[::1",
  "https://256.256.256.256",
  "ftp://vault.example",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "postgres://db.example/shop",
];

/** What stands where a URL belongs. */
export const urls: CaseClass = {
  title: "URLs",
  cases: [
    ...refused({
      ...each("an address", noUrls, address),
      ...each("an issuer", [...noUrls, "http://issuer.example"], issuer),
      ...each(
        "a repository",
        noUrls.filter((value) => !value.startsWith("oci:")),
        repository,
      ),
    }),
    ...accepted({
      ...each(
        "an address",
        [
          "https://vault.example",
          "https://vault.example/",
          "https://10.0.0.1:8200",
          "https://[::1]:8200",
          "https://vault.example:8200/path",
          "HTTPS://vault.example",
        ],
        address,
      ),
      ...each(
        "an issuer",
        [
          "https://issuer.example",
          "https://issuer.example/",
          "https://issuer.example/id/A-b_c.d~1",
          "https://issuer.example:6443",
        ],
        issuer,
      ),
      ...each("a repository", ["https://charts.example/stable"], repository),
    }),
  ],
};
