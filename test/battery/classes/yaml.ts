import { accepted, at, canary, refused, type Case, type CaseClass, type Input } from "../case.ts";
import { factsFile } from "../run.ts";

/** The valid file with more text at its end, which belongs to `config`. */
const withText = (text: string) => (input: Input) => void (input.yaml = `${factsFile(input.facts)}${text}`);

/** The valid file with another text in place of one. */
const replaced = (from: string | RegExp, to: string) => (input: Input) => {
  const file = factsFile(input.facts);
  const changed = file.replace(from, to);
  if (changed === file) throw new Error(`the valid file does not hold ${String(from)}`);
  input.yaml = changed;
};
const whole = (text: string) => (input: Input) => void (input.yaml = text);

/** What breaks the line of a token. */
const brokenLines: Readonly<Record<string, Case["change"]>> = {
  "a second colon": withText(`  shopToken: a: ${canary}\n`),
  "an open quotation mark": withText(`  shopToken: "${canary}\n`),
  "an open single quotation mark": withText(`  shopToken: '${canary}\n`),
  "an open bracket": withText(`  shopToken: [${canary}\n`),
  "an open brace": withText(`  shopToken: {${canary}: \n`),
  "a text behind a quotation mark": withText(`  shopToken: "a" ${canary}\n`),
  "a tab as indentation": withText(`\tshopToken: ${canary}\n`),
  "wrong indentation": withText(` shopToken: ${canary}\n`),
  "an alias of nothing": withText(`  shopToken: *${canary}\n`),
  "an unknown escape": withText(`  shopToken: "\\q${canary}"\n`),
  "an at sign": withText(`  shopToken: @${canary}\n`),
  "a backtick": withText(`  shopToken: \`${canary}\`\n`),
  "a percent sign": withText(`%${canary}\n`),
  "no colon": withText(`  shopToken ${canary}\n`),
  "a key of a list": withText(`  ? [${canary}]\n  : a\n`),
  "the same key twice": withText(`  shopToken: ${canary}\n  shopToken: ${canary}\n`),
  "the same key twice, the second in quotation marks": withText(`  shopToken: ${canary}\n  "shopToken": ${canary}\n`),
  "a tag of another type": withText(`  shopToken: !!int ${canary}\n`),
  "bytes that are none": withText(`  shopToken: !!binary ${canary}\n`),
  "a merge of a text": withText(`  <<: ${canary}\n`),
  "a number that is none": withText("  shopToken: .nan\n"),
  "a control character": withText(`  shopToken: "${canary}\u0007"\n`),
  "a line separator": withText(`  shopToken: ${canary}\u2028x\n`),
  "an escape sequence": withText(`  shopToken: ${canary}\u001b[31m\n`),
  "an alias within itself": withText("  shopToken: &a [*a]\n"),
  "aliases without end": withText(
    `  shopToken: [&a0 [x], ${Array.from({ length: 30 }, (_, index) => `&a${index + 1} [*a${index}, *a${index}]`).join(", ")}]\n`,
  ),
  "brackets without end": withText(`  shopToken: ${"[".repeat(1000)}\n`),
  "a list under a key of the file": whole(`config:\n- ${canary}\n`),
  "a text for a configuration": whole(`config: ${canary}\n`),
  "a text for a file": whole(`${canary}\n`),
  "a list for a file": whole(`- ${canary}\n`),
  "a number among the keys of the file": withText(`5: ${canary}\n`),
  "a number among the keys of the configuration": withText(`  5: ${canary}\n`),
  "a newer version of YAML": replaced(/^/, "%YAML 1.2\n---\n"),
  "a private key that is not indented": withText(
    `  shopToken: |\n-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n`,
  ),
  "marks of a merge": withText(`<<<<<<< HEAD\n  shopToken: ${canary}\n=======\n>>>>>>> main\n`),
};

/** Files that are no YAML, or none that a stack can be read from. */
export const brokenYaml: CaseClass = { title: "files that can't be read", cases: refused(brokenLines) };

/** What Pulumi reads in its own way. */
export const oddYaml: CaseClass = {
  title: "odd but valid YAML",
  cases: [
    ...accepted({
      "underscores in a number": withText("  multicloud-secrets:refreshSeconds: 7_200\n"),
      "an octal number": withText("  multicloud-secrets:refreshSeconds: 07777\n"),
      "a hexadecimal number": withText("  multicloud-secrets:refreshSeconds: 0xE10\n"),
      "an exponent": withText("  multicloud-secrets:refreshSeconds: 3.6e3\n"),
      "a number in quotation marks": withText('  multicloud-secrets:refreshSeconds: "7200"\n'),
      "a date in quotation marks": replaced("created: 2026-01-31", 'created: "2026-01-31"'),
      "a date with a tag": replaced("2026-01-31", "!!timestamp 2026-01-31"),
      "a time with a space": withText("  multicloud-secrets:rotations: { shop/db: 2026-12-01 10:00:00 }\n"),
      "a time with a T": withText("  multicloud-secrets:rotations: { shop/db: 2026-12-01T10:00:00Z }\n"),
      "a date of a rotation": withText("  multicloud-secrets:rotations:\n    shop/db: 2026-12-01\n"),
      "a merge of maps": (input) =>
        void (input.yaml = `place: &place { cluster: main }\n${factsFile(input.facts)}`.replace(
          "till:\n      cluster: main\n",
          "till:\n      <<: *place\n",
        )),
      "an anchor": replaced('"123456789012"', '&account "123456789012"'),
      "an account number without quotation marks": replaced('"123456789012"', "123456789012"),
      "keys without the project's name": (input) =>
        void (input.yaml = factsFile(input.facts).replaceAll("multicloud-secrets:", "")),
      "a key of another namespace": withText("  aws:region: eu-central-1\n"),
      "a byte order mark": replaced(/^/, "\ufeff"),
      "Windows' ends of lines": (input) => void (input.yaml = factsFile(input.facts).replaceAll("\n", "\r\n")),
      "two documents": withText("---\nother: true\n"),
      "a start of a document": replaced(/^/, "---\n"),
      "an end of a document": withText("...\n"),
      "a version of YAML": replaced(/^/, "%YAML 1.1\n---\n"),
      "a map with an entry called secure": ({ facts }) =>
        void (at(facts, "stores", "parameters")["tags"] = { secure: "yes", team: "platform" }),
      "a store called secure": ({ facts }) => {
        const { parameters, ...stores } = at(facts, "stores");
        facts["stores"] = { ...stores, secure: parameters };
        at(facts, "namespaces", "till")["store"] = "secure";
      },
      "the only cluster called secure": ({ facts }) => {
        facts["clusters"] = { secure: at(facts, "clusters")["main"] };
        delete at(facts, "stores", "google")["identityProviders"];
        at(facts, "stores", "google")["identityPools"] = {
          secure: { id: "acme", issuer: "https://issuer.example/main" },
        };
        for (const name of Object.keys(at(facts, "namespaces"))) at(facts, "namespaces", name)["cluster"] = "secure";
      },
      "a value of nothing": withText("  multicloud-secrets:via:\n"),
      "a tilde": withText("  multicloud-secrets:via: ~\n"),
      "an empty text": withText('  multicloud-secrets:via: ""\n'),
      "an encrypted token": withText("  multicloud-secrets:shopToken: { secure: v1:AAAA }\n"),
      "an encrypted token without the project's name": withText("  shopToken:\n    secure: v1:AAAA\n"),
      "a block": withText("  multicloud-secrets:detectDrift: !!bool false\n"),
      "comments with anything": withText("  # ' \" [ { : & * %\n"),
    }),
    ...refused({
      "yes for a truth value": withText("  multicloud-secrets:detectDrift: yes\n"),
      "no for a truth value of a cluster": ({ facts }) =>
        void (at(facts, "clusters", "main")["upsertExistingObjects"] = "no"),
      "an account number that begins with 0": replaced('"123456789012"', "012345670123"),
      "a sexagesimal number": withText("  multicloud-secrets:refreshSeconds: 1:00:00\n"),
      "a version of two parts": replaced("2.9.0", "2.9"),
      "a time in another zone": withText("  multicloud-secrets:rotations: { shop/db: 2026-12-01T10:00:00+02:00 }\n"),
      "a date that is none": replaced("2026-01-31", "2026-02-31"),
      "an empty file": whole(""),
      "a file of comments": whole("# nothing\n"),
      "an empty configuration": whole("config: {}\n"),
      "a configuration of nothing": whole("config:\n"),
      "JSON as a text for a map": (input) => {
        input.project = "name: multicloud-secrets\nconfig:\n  stores: { type: object }\n";
        input.facts["stores"] = JSON.stringify(input.facts["stores"]);
      },
      "JSON as a text for a list": (input) => {
        input.project = "name: multicloud-secrets\nconfig:\n  applications: { type: array, items: { type: string } }\n";
        input.facts["applications"] = '["shop"]';
      },
      "a map for a text": (input) => {
        input.project = "name: multicloud-secrets\nconfig:\n  shopToken: { type: string, default: '' }\n";
        input.facts["shopToken"] = { main: { secure: "v1:AAAA" } };
      },
      "half a JSON text": (input) => void (input.facts["stores"] = `{"vault": "${canary}`),
      "a map whose only entry is secure": ({ facts }) =>
        void (at(facts, "stores", "parameters")["tags"] = { secure: "yes" }),
      "a map for a date": (input) => void (input.facts["created"] = { year: 2026 }),
      "the same key with and without the project's name": withText("  platform: other\n"),
    }),
  ],
};
