import {
  bcryptOf,
  htpasswd,
  literal,
  password,
  provided,
  providedOptionally,
  template,
} from "../../../components/values/recipe.ts";
import { accepted, at, canary, refused, type CaseClass } from "../case.ts";
import { all, dbKey, dbKeys, deliveryField, each, onlyVault, shopOf } from "../catalogue-changes.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
/** Each key names all later ones. */
const later = Object.fromEntries(
  [...letters].map((letter, index) => [
    letter,
    index === letters.length - 1
      ? literal("x")
      : template([...letters.slice(index + 1)].map((name) => `\${${name}}`).join("")),
  ]),
);
/** Each key names the next. */
const chain = (length: number, last: unknown) =>
  Object.fromEntries(
    Array.from({ length }, (_, index) => [`k${index}`, index === length - 1 ? last : template(`\${k${index + 1}}`)]),
  );
const loosely = template as unknown as (text: unknown) => unknown;

/** Templates that can't be filled, and filters. */
export const templates: CaseClass = {
  title: "templates",
  cases: [
    ...refused({
      "a fact that no template names": ({ facts }) => void (facts["templateFacts"] = { dbHost: "db.example" }),
      "a fact that is misspelt": all(
        dbKey(template("${fact:dbHost}")),
        ({ facts }) => void (facts["templateFacts"] = { dbhots: "db.example" }),
      ),
      "facts that are a list": ({ facts }) => void (facts["templateFacts"] = ["db.example"]),
      ...Object.fromEntries(
        Object.entries({
          "a fact without a value": null,
          "an empty fact": "",
          "a fact with a point": 1.1,
          "a fact that is true": true,
          "a fact that is a list": [canary],
          "a fact that is a map": { value: canary },
          "a short name of a stack": { stack: "network", output: "host" },
          "a name of a stack with spaces": { stack: `acme/net work/${canary}`, output: "host" },
          "an output without a stack": { output: "host" },
          "a stack without an output": { stack: "acme/network/test" },
          "an output with a default": { stack: "acme/network/test", output: "host", default: canary },
          "a fact with a token in it": "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        }).map(([name, value]) => [
          name,
          all(dbKey(template("${fact:dbHost}")), ({ facts }) => void (facts["templateFacts"] = { dbHost: value })),
        ]),
      ),
    }),
    ...accepted({
      "facts of every kind": all(
        dbKey(template("${fact:db.host}:${fact:0port}${fact:path|uri}-${fact:date}")),
        ({ facts }) =>
          void (facts["templateFacts"] = {
            "db.host": { stack: "acme/network/test", output: "host" },
            "0port": 5432,
            path: "${password}",
            date: "2026-01-31",
          }),
      ),
    }),
    ...refused({
      ...each(
        {
          "no key": "text",
          empty: "",
          "an unknown key": "${pasword}",
          "what every object has": "${constructor}",
          itself: "${extra}",
          "an unknown filter": "${password|upper}",
          "a filter that is misspelt": "${password|jsn}",
          "a filter in capitals": "${password|JSON}",
          "a filter that every object has": "${password|constructor}",
          "an empty filter": "${password|}",
          "two filters": "${password|json|base64}",
          "spaces within": "${ password }",
          "a fact that is not there": "${fact:dbHost}",
          "a fact with a dot": "${fact.dbHost}",
          "facts in the plural": "${facts:dbHost}",
          "a fact without a name": "${fact:}",
          "a fact with an unknown filter": "${fact:dbHost|url}",
          "a value as a fact": `\${fact:${canary}!}`,
          "an open placeholder": "${password",
          "an open one with a value in it": `\${${canary}`,
          "a value that looks like one": `pg://shop:\${${canary}!}@db/\${password}`,
          "an empty placeholder": "${}",
          "a placeholder within another": "${pass${word}}",
          "a value beside an unknown key": `${canary}\${pasword}`,
          "a value beside an unknown filter": `${canary}\${password|upper}`,
          "a value as a key": `\${${canary}}`,
          "only a literal placeholder": "$${password}",
          "half a pair": "${password}\ud800",
          "two megabytes": `\${password}${"x".repeat(2_000_000)}`,
          "a million placeholders that are open": "${".repeat(500_000),
          "a hundred thousand unknown keys": Array.from({ length: 100_000 }, (_, index) => `\${k${index}}`).join(""),
        },
        (text) => dbKey(template(text)),
      ),
      "a hash as a filter": dbKey(template("${username}:${password|bcrypt}")),
      "a hash and another filter": dbKey(template("${password|sha256|base64}")),
      "another template": dbKeys({ text: template("${url}") }),
      "a circle of two": dbKeys({ a: template("${b}"), b: template("${a}") }),
      "a circle of three": dbKeys({ a: template("${b}"), b: template("${c}"), c: template("${a}") }),
      "26 keys that name all later ones": dbKeys(later),
      "a chain of 2,000": dbKeys(chain(2000, literal("x"))),
      "a circle of 2,000": dbKeys(chain(2000, template("${k0}"))),
      "a number": dbKey(loosely(5)),
      nothing: dbKey(loosely(undefined)),
      "a list": dbKey(loosely(["${password}"])),
    }),
    ...accepted(
      each(
        {
          JSON: '{"user":"${username|json}","password":${password|json}}',
          base64: "${password|base64}",
          "a URL": "pg://${username|uri}:${password|uri}@db",
          "a hash in hexadecimal": "user default on #${password|sha256}",
          "a literal dollar and brace": "$${HOME}/${username}",
          "a dollar before a value": "$$${password}",
          "dollars alone": "$ $a {b} ${username} $(c) $$",
          "the same key a thousand times": "${username}".repeat(1000),
        },
        (text) => dbKey(template(text)),
      ),
    ),
    ...accepted({
      "a hash": dbKeys({ hash: bcryptOf("password"), text: template("${username}:${hash|json}") }),
      "an htpasswd file": dbKeys({ auth: htpasswd({ admin: "password" }), text: template("${auth|base64}") }),
      "a template without a value": all(
        onlyVault,
        dbKeys({ token: providedOptionally("unset"), text: template("Bearer ${token}") }),
      ),
      "a hash without a value": dbKeys({ token: providedOptionally("unset"), hash: bcryptOf("token") }),
      "a template and a hash of the same key without a value": dbKeys({
        token: providedOptionally("unset"),
        hash: bcryptOf("token"),
        text: template("${username}:${token|json}"),
      }),
      "a template of a key of other environments": dbKeys({
        standby: { when: "high-availability", recipe: password() },
        text: template("${standby}"),
        hash: bcryptOf("standby"),
      }),
      "a delivery that names a key without a value": (input) => {
        dbKeys({ token: providedOptionally("unset"), text: template("${token}") })(input);
        deliveryField("from", ["api", { secret: "db", keys: { PASSWORD: "password", TEXT: "text" } }])(input);
      },
      "a delivery of nothing but keys without a value": (input) => {
        dbKeys({ token: providedOptionally("unset"), text: template("${token}") })(input);
        deliveryField("from", [{ secret: "db", keys: { TEXT: "text" } }])(input);
      },
      "a secret of nothing but keys without a value": (input) => {
        at(shopOf(input), "secrets")["more"] = {
          keys: { token: providedOptionally("unset"), hash: bcryptOf("token"), text: template("${token}") },
        };
        deliveryField("from", ["db", "more"])(input);
      },
      "a primary key without a value": (input) => {
        at(shopOf(input), "secrets", "db")["primaryKey"] = "text";
        dbKeys({ token: providedOptionally("unset"), text: template("${token}") })(input);
      },
      "a template of what people must bring": dbKeys({ token: provided("other"), text: template("${token|base64}") }),
    }),
  ],
};
