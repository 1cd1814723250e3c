import { accepted, at, canary, refused, type Case, type CaseClass } from "../case.ts";

/** The delivery to namespace `shop` with these templates. */
const templates =
  (value: unknown, more: object = {}): Case["change"] =>
  ({ catalogue }) =>
    void Object.assign(at(catalogue, "shop", "deliveries", 0), { templates: value, ...more });

export const deliveryTemplates: CaseClass = {
  title: "templates of a Secret",
  cases: [
    ...accepted({
      "of keys of several secrets, with every filter": templates({
        URL: "pg://${db/username|uri}:${shop/db/password|uri}@db",
        JSON: '{"a":"${api/token|json}","b":${db/url|json},"c":"${api/token|base64}"}',
      }),
      "the only keys of a Secret": templates({ URL: "${db/username}${api/token}" }, { from: [] }),
      "braces of the operator's own language": templates({
        URL: '{{ range . }}{${db/username}}{{"x"}}$${db/username}',
      }),
      none: templates({}),
      "facts of the environment": (input) => {
        templates({ URL: "pg://${db/username|uri}@${fact:dbHost}" })(input);
        input.facts["templateFacts"] = { dbHost: "db.example" };
      },
    }),
    ...refused({
      "a list": templates(["${db/username}"]),
      "a text": templates(canary),
      "a number for a text": templates({ URL: 7 }),
      "an empty text": templates({ URL: "" }),
      "no value at all": templates({ URL: canary }),
      "none, and no key either": templates({}, { from: [] }),
      "an illegal key": templates({ "a/b": "${db/username}" }),
      "a key without its secret": templates({ URL: "${password}" }),
      "a secret that is not there": templates({ URL: "${bd/password}" }),
      "a key that is not there": templates({ URL: "${db/pasword}" }),
      "an unknown filter": templates({ URL: "${db/password|upper}" }),
      "two filters": templates({ URL: "${db/password|uri|json}" }),
      "a placeholder that is not closed": templates({ URL: `\${db/password ${canary}` }),
      "a fact that is not there": templates({ URL: "${db/username}@${fact:dbHost}" }),
      "a fact with a dot": templates({ URL: "${db/username}@${fact.dbHost}" }),
      "a fact in the plural": templates({ URL: "${db/username}@${facts:dbHost}" }),
      "a fact alone": (input) => {
        templates({ URL: "${fact:dbHost}" })(input);
        input.facts["templateFacts"] = { dbHost: "db.example" };
      },
      "an output of another stack": (input) => {
        templates({ URL: "${db/username}@${fact:dbHost}" })(input);
        input.facts["templateFacts"] = { dbHost: { stack: "acme/network/test", output: "host" } };
      },
      "JSON as a part of a text": templates({ URL: '{"a":"x ${db/password|json}"}' }),
      "a key that comes from a secret as well": templates({ username: "${db/password}" }),
      "more bytes than a Secret holds": templates({ URL: `\${db/password}${"x".repeat(1024 * 1024)}` }),
      "a Secret that is delivered plain": (input) => {
        templates({ URL: "${db/password}" })(input);
        at(input.facts, "namespaces", "shop")["via"] = "plain";
      },
      "a Secret whose values are to be adopted": (input) => {
        templates({ URL: "${db/password}" })(input);
        input.facts["existingSecrets"] = { "shop/shop-db": "adopt" };
      },
    }),
  ],
};
