import assert from "node:assert/strict";
import fc from "fast-check";
import { templatePattern } from "../../../../../components/external-secrets/admission/secrets.ts";
import { metadataProblems } from "../../../../../stacks/config/check/catalogue/secret-metadata.ts";
import { catalogue, deliveriesIn, environment, refusal, refusalOf } from "../../../../support/fixtures.ts";

const withMetadata = (changes: object) => {
  const [delivery = assert.fail()] = catalogue["shop"]?.deliveries ?? [];
  const secrets = catalogue["shop"]?.secrets ?? {};
  return { catalogue: { shop: { secrets, deliveries: [{ ...delivery, ...changes }] } } };
};
const at = '  catalogue.shop.deliveries["shop/shop-db"]';
const fields = ["labels", "annotations"] as const;
const articles = { labels: "a label", annotations: "an annotation" };
const examples = { labels: "argocd.argoproj.io/secret-type", annotations: "example.com/owner" };

describe("labels and annotations of a delivery", () => {
  it("are not there where none are named", () => {
    const [delivery = assert.fail()] = deliveriesIn(environment());
    assert.deepEqual(["labels" in delivery, "annotations" in delivery], [false, false]);
  });

  it("are as they were written", () => {
    const labels = {
      "argocd.argoproj.io/secret-type": "repository",
      grafana_datasource: "1",
      empty: "",
      ["x".repeat(63)]: "y".repeat(63),
      [`${"x".repeat(63)}.example.com/a`]: "A-b_c.9",
    };
    const annotations = {
      "example.com/Some_Owner": "a text: with {braces}, ünicode\nand lines",
      "Example.com/a": "legal for annotations alone",
      json: '{"a":{"b":1}}',
    };
    const [delivery] = deliveriesIn(environment(withMetadata({ labels, annotations })));
    assert.deepEqual([delivery?.labels, delivery?.annotations], [labels, annotations]);
  });

  for (const field of fields) {
    const article = articles[field];

    for (const [name, shown] of [
      ["a b", '"a b"'],
      ["", '""'],
      ["-a", '"-a"'],
      ["a.", '"a."'],
      ["x".repeat(64), "(64 characters, not shown)"],
      ["example.com/", '"example.com/"'],
      ["/a", '"/a"'],
      ["a/b/c", '"a/b/c"'],
      ["ex_ample.com/a", '"ex_ample.com/a"'],
      ...(field === "labels" ? [["Example.com/a", '"Example.com/a"'] as const] : []),
    ] as const) {
      it(`have legal names: ${field}, ${shown}`, () => {
        assert.equal(
          refusalOf(withMetadata({ [field]: { [name]: "a" } })),
          refusal(
            1,
            `${at}.${field}: ${shown} is not a legal name of ${article}: it must be up to 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit; a domain and a slash may stand before it`,
            `    fix: such as ${examples[field]}`,
          ),
        );
      });
    }

    for (const [name, why] of [
      ["app.kubernetes.io/managed-by", "says who makes the Secret, which is not the catalogue"],
      [
        "kubectl.kubernetes.io/last-applied-configuration",
        "is kubectl's own record of an object, with the values in it",
      ],
      ["kubernetes.io/service-account.name", "names the account whose token Kubernetes writes into a Secret"],
      ["multicloud-secrets/stack", "is this program's own"],
      ["pulumi.com/patchForce", "is an instruction to Pulumi, and this program's own"],
      ["pulumi.com/waitFor", "is an instruction to Pulumi, and this program's own"],
      ["reconcile.external-secrets.io/managed", "is the operator's own"],
      ["reconcile.external-secrets.io/data-hash", "is the operator's own"],
      [
        "sealedsecrets.bitnami.com/skip-set-owner-references",
        "is an instruction to the Sealed Secrets controller, and this program's own",
      ],
    ] as const) {
      it(`are not those that others set: ${field}, ${name}`, () => {
        assert.equal(
          refusalOf(withMetadata({ [field]: { [name]: "true" } })),
          refusal(1, `${at}.${field}: ${field.slice(0, -1)} ${name} ${why}`, "    fix: remove it"),
        );
      });
    }

    it(`hold no secret, in name or value: ${field}`, () => {
      const token = `ghp_${"a1".repeat(18)}`;
      const secret = `holds a token of GitHub, and ${article} is not secret: whoever may list Secrets reads it`;
      const fix = "    fix: replace it at its source, and deliver it as a key";
      assert.equal(refusalOf(withMetadata({ [field]: { token } })), refusal(1, `${at}.${field}.token: ${secret}`, fix));
      assert.equal(
        refusalOf(withMetadata({ [field]: { [token]: "a" } })),
        refusal(1, `${at}.${field}: ${secret}`, fix),
      );
    });

    for (const [value, received] of [
      [true, "received true"],
      [1, "received 1"],
      [null, "received nothing"],
      [["a"], "received a list"],
    ] as const) {
      it(`are texts: ${field}, ${received}`, () => {
        assert.equal(
          refusalOf(withMetadata({ [field]: { enabled: value } })),
          refusal(1, `${at}.${field}.enabled: must be a text, ${received}`, "    fix: write it in quotation marks"),
        );
      });
    }

    it(`are an object: ${field}`, () => {
      assert.equal(
        refusalOf(withMetadata({ [field]: ["a"] })),
        refusal(1, `${at}.${field}: must be an object of ${field} by name, received a list`),
      );
    });
  }

  const labelRule =
    'must be empty, or up to 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit';
  for (const [value, fault] of [
    ["a b", "character 2 is a space"],
    ["a/b", 'character 2 is "/"'],
    ["x".repeat(64), "it has 64 characters"],
    ["-a", "it begins or ends with another"],
    ["a.", "it begins or ends with another"],
  ] as const) {
    it(`have values of labels that Kubernetes takes: ${fault}`, () => {
      assert.equal(
        refusalOf(withMetadata({ labels: { team: value } })),
        refusal(
          1,
          `${at}.labels.team: ${labelRule}; ${fault}`,
          "    fix: write what has other characters as an annotation",
        ),
      );
    });
  }

  it("are no template, which the operator would execute", () => {
    assert.equal(
      refusalOf(withMetadata({ annotations: { note: "{{ .password }}" } })),
      refusal(
        1,
        `${at}.annotations.note: has "{{", which the operator would execute as a template over the values of the Secret`,
        '    fix: write single braces, or with a space between them: "{ {"',
      ),
    );
  });

  it("are what the admission policies let in, if they are let in here", () => {
    const allowed = new RegExp(templatePattern);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("{", "}", " ", ".", "a", "\n", "|", "-") }), (note) => {
        const legal = metadataProblems({ path: [], annotations: { note } }).length === 0;
        assert.ok(!legal || allowed.test(note));
      }),
      { numRuns: 1000 },
    );
  });

  it("have a size that Kubernetes takes, beside what is set anyway", () => {
    const most = 256 * 1024 - 1024;
    const ofBytes = (bytes: number) => withMetadata({ annotations: { note: "é".repeat((bytes - 4) / 2) } });
    environment(ofBytes(most));
    assert.equal(
      refusalOf(ofBytes(most + 2)),
      refusal(
        1,
        `${at}.annotations: have ${most + 2} bytes, names and values together, and may have up to ${most}: the 256 KiB of Kubernetes less 1 KiB for annotations that are set besides`,
        "    fix: keep long texts in a ConfigMap",
      ),
    );
  });

  it("have problems that are told at once, with that of the type", () => {
    const message = refusalOf(
      withMetadata({ type: "", labels: { "a b": "a", team: "a b" }, annotations: { note: "{{" } }),
    );
    assert.match(message, /has 4 problems/);
  });
});
