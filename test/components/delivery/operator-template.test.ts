import assert from "node:assert/strict";
import fc from "fast-check";
import {
  deliveryTemplateParts,
  deliveryTemplateSources,
  operatorTemplate,
  unrenderable,
} from "../../../components/delivery/operator-template.ts";
import { composedPattern, templatePattern } from "../../../components/external-secrets/admission/secrets.ts";

const rendered = (text: string) => operatorTemplate(text, (source) => `of_${source.replaceAll(/\W/g, "_")}`);

const uri =
  'urlquery | replace "+" "%20" | replace "%21" "!" | replace "%27" "\'" | replace "%28" "(" | replace "%29" ")" | replace "%2A" "*"';

describe("a template of a Secret, as the operator reads it", () => {
  for (const [title, text, expected] of [
    ["a value as it is", "x ${db/a} y", "x {{ .of_db_a }} y"],
    ["a secret of another application", "${shop/db/a.b}", "{{ .of_shop_db_a_b }}"],
    ["a value in base64", "${db/a|base64}", "{{ .of_db_a | b64enc }}"],
    ["a part of a URL", "pg://${db/a|uri}@db", `pg://{{ .of_db_a | ${uri} }}@db`],
    ["a value as JSON", '{"a":${db/a|json}}', '{"a":{{ .of_db_a | toJson }}}'],
    ["a value as JSON between quotation marks", '{"a":"${db/a|json}"}', '{"a":{{ .of_db_a | toJson }}}'],
    [
      "two of them side by side",
      '["${db/a|json}","${db/b|json}"]',
      "[{{ .of_db_a | toJson }},{{ .of_db_b | toJson }}]",
    ],
    ["braces of the text", "${db/a}{{ .x }}{y}", '{{ .of_db_a }}{{ "{{" }} .x }}{y}'],
    ["a brace right before a value", "{${db/a}}", '{{ "{" }}{{ .of_db_a }}}'],
    ["braces at the end", "${db/a}{{", '{{ .of_db_a }}{{ "{{" }}'],
    ["what was doubled to be no placeholder", "$${db/a}${db/a}", "${db/a}{{ .of_db_a }}"],
  ] as const) {
    it(`writes ${title}`, () => {
      assert.equal(rendered(text), expected);
      assert.match(expected, new RegExp(composedPattern));
    });
  }

  it("has no function for JSON as a part of a text, and says which value that is", () => {
    for (const text of ['{"a":"x ${db/a|json}"}', '"${db/a|json} y"', '"\\"${db/a|json}"']) {
      assert.deepEqual(unrenderable(text), ["db/a"], text);
      assert.throws(() => rendered(text), /db\/a stands within a text of JSON/);
    }
  });

  it("is let through by the admission policy for composed Secrets, whatever text is around its values", () => {
    const piece = fc.constantFrom(
      "{",
      "{{",
      "}}",
      "${db/a}",
      "${db/a|uri}",
      "${db/b|base64}",
      "$",
      '"',
      "a",
      "\n",
      "\\",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join("");
        if (deliveryTemplateParts(text).some(({ kind }) => kind === "broken")) return;
        assert.match(rendered(text), new RegExp(composedPattern));
      }),
    );
  });

  it("needs more of the policy than other templates do, and gets no more than that", () => {
    for (const text of ["{{ .a | urlquery }}", '{{ "{{" }}']) {
      assert.match(text, new RegExp(composedPattern));
      assert.doesNotMatch(text, new RegExp(templatePattern));
    }
    for (const text of ['{{ "x" }}', '{{ "{" | urlquery }}', "{{ env }}", "{{ .a | html }}", '{{ "{{ .a }}" }}']) {
      assert.doesNotMatch(text, new RegExp(composedPattern), text);
    }
  });

  it("names each source once, and no key without its secret", () => {
    assert.deepEqual(deliveryTemplateSources("${db/a} ${x/db/a|uri} ${db/a|json}"), ["db/a", "x/db/a"]);
    for (const text of ["${a}", "${a/b/c/d}", "${DB/a}", "${db/}", "${db/a|upper}", "${db/a"]) {
      assert.deepEqual(
        deliveryTemplateParts(text).map(({ kind }) => kind),
        ["broken"],
        text,
      );
    }
  });
});
