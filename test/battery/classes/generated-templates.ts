import {
  bcryptOf,
  htpasswd,
  literal,
  password,
  provided,
  providedOptionally,
  publicKeyOf,
  sshKeyPair,
  template,
} from "../../../components/values/recipe.ts";
import { accepted, at, refused, type Case, type CaseClass } from "../case.ts";
import { dbKey, dbKeys, dbOf, each, shopField } from "../catalogue-changes.ts";

type Change = Case["change"];

/** Lets the operator of cluster `main` generate the secret `db`, which goes to Vault alone. */
const generated: Change = (input) => {
  at(input.facts, "clusters", "main", "externalSecrets")["pushSecrets"] = true;
  input.facts["generatedInCluster"] = { "shop/db": "main" };
  shopField("deliveries", [
    { namespace: "shop", secretName: "shop-db", from: ["db"] },
    { namespace: "till", secretName: "shop-api", from: ["api"] },
  ])(input);
};
const withKeys =
  (change: Change): Change =>
  (input) => {
    generated(input);
    change(input);
  };
const quoted = password({ length: 64, symbols: '"' });

/** Templates that the operator fills, and what it can't do. */
export const generatedTemplates: CaseClass = {
  title: "templates of secrets that a cluster generates",
  cases: [
    ...accepted({
      "as they are": generated,
      ...each(
        {
          "JSON of letters and digits": '{"a":"${password|json}","b":${password|json}}',
          base64: "${username|base64}:${password|base64}",
          "a URL of letters and digits": "pg://${username|uri}:${password|uri}@db",
          "a literal dollar and brace": "$${HOME}:${password}",
        },
        (text) => withKeys(dbKey(template(text))),
      ),
      "JSON of a quotation mark, with those of the filter": withKeys(
        dbKeys({ quoted, extra: template('{"a":${quoted|json}}') }),
      ),
      "a literal with a quotation mark": withKeys(
        dbKeys({ name: literal('the "shop"'), extra: template('"${name|json}" ${password}') }),
      ),
      "a key without a value": withKeys(dbKeys({ token: providedOptionally("unset"), extra: template("${token}") })),
    }),
    ...refused({
      "JSON of a quotation mark, within others": withKeys(
        dbKeys({ quoted, extra: template('{"a":"${quoted|json}"}') }),
      ),
      "a URL of a quotation mark": withKeys(dbKeys({ quoted, extra: template("x://${quoted|uri}") })),
      "a brace before a value": withKeys(dbKey(template("{${password}}"))),
      "a brace that a literal brings": withKeys(
        dbKeys({ brace: literal("{"), extra: template("${brace}${password}") }),
      ),
      "double braces": withKeys(dbKey(literal("{{ .x }}"))),
      "double braces in a template": withKeys(dbKey(template("{{ ${password} }}"))),
      "a hash": withKeys(dbKey(bcryptOf("password"))),
      "a hash of a value": withKeys(dbKey(template("#${password|sha256}"))),
      "an htpasswd file": withKeys(dbKey(htpasswd({ admin: "password" }))),
      "a key pair": withKeys(dbKeys({ id: sshKeyPair(), pub: publicKeyOf("id") })),
      "what people bring": withKeys(dbKey(provided("other"))),
      "nothing random": withKeys((input) => void (dbOf(input)["keys"] = { username: literal("shop") })),
    }),
  ],
};
