import { literal, password, provided, template } from "../../../components/values/recipe.ts";
import { accepted, canary, refused, type CaseClass } from "../case.ts";
import { all, dbKey, dbKeys, each, onlyVault } from "../catalogue-changes.ts";

const json = '{"a":{"b":"${password|json}"},"c":{}}';

/** What one store can't hold and others can: names that differ by capitals, double braces. */
export const storeLimits: CaseClass = {
  title: "what stores hold",
  cases: [
    ...refused({
      ...each(
        {
          "double braces in a literal": literal("Hello {{name}}"),
          "a value with double braces": literal(`${canary}{{`),
          "an open pair in a literal": literal("{{"),
          "double braces in a template": template("{{ssm:${username}}}"),
          "braces that meet in a template": template("{${brace}${password}"),
          "a password that may hold them": password({ symbols: "-{}" }),
          "a template of such a password": template("x${braces}"),
          "such a password as JSON": template('"${braces|json}"'),
        },
        (recipe) => dbKeys({ extra: recipe, brace: literal("{"), braces: password({ symbols: "{" }) }),
      ),
    }),
    ...accepted({
      "double braces in Vault": all(onlyVault, dbKey(literal("{{name}}"))),
      "nested JSON": dbKey(template(json)),
      "closing braces": dbKey(literal("a}}b")),
      "braces apart": dbKey(literal("{a}{b}")),
      "braces in a URL": all(
        onlyVault,
        dbKeys({ braces: password({ symbols: "{" }), extra: template("${braces|uri}") }),
      ),
      "names that differ by capitals": dbKeys({
        HTTP_PROXY: literal("a"),
        http_proxy: literal("b"),
        Http_Proxy: literal("c"),
      }),
      "what people bring": dbKey(provided("proxy")),
    }),
  ],
};
