import { accepted, canary, refused, type CaseClass, type Input } from "../case.ts";

const project = (text: string | null) => (input: Input) => void (input.project = text);
const stack = (name: string) => (input: Input) => {
  input.stack = name;
};

/** What may stand in `Pulumi.yaml`. */
export const projectFiles: CaseClass = {
  title: "project files",
  cases: [
    ...refused({
      "no file": project(null),
      "an empty file": project(""),
      "comments alone": project("# nothing\n"),
      "a text": project("multicloud-secrets\n"),
      "a list": project("- name: multicloud-secrets\n"),
      "no name": project("runtime: nodejs\n"),
      "an empty name": project("name: ''\nruntime: nodejs\n"),
      "a name that is a number": project("name: 7\n"),
      "a name that is a list": project("name: [a]\n"),
      "a name of nothing": project("name:\n"),
      "a name with a space": project("name: multicloud secrets\n"),
      "a name that is a token": project(`name: "${canary}:${canary}"\n`),
      "a name of 101 characters": project(`name: ${"a".repeat(101)}\n`),
      "a configuration that is a list": project("name: multicloud-secrets\nconfig: [a]\n"),
      "broken YAML": project(`name: multicloud-secrets\ndescription: "${canary}\n`),
      "another name than the facts have": project("name: other\n"),
      "no text": project("\u0000\u0001"),
      "another folder for the files of stacks": project("name: multicloud-secrets\nstackConfigDir: stacks\n"),
    }),
    ...accepted({
      "no configuration": project("name: multicloud-secrets\nruntime: nodejs\nconfig:\n"),
      "a default without a declaration": project("name: multicloud-secrets\nconfig:\n  refreshSeconds: 7200\n"),
      "a default of a list": project("name: multicloud-secrets\nconfig:\n  applications: [shop]\n"),
      "a default with the project's name": project(
        "name: multicloud-secrets\nconfig:\n  multicloud-secrets:refreshSeconds: { default: 7200 }\n",
      ),
      "a value of another namespace": project(
        "name: multicloud-secrets\nconfig:\n  aws:region: { value: eu-central-1 }\n",
      ),
      "a declaration of nothing": project("name: multicloud-secrets\nconfig:\n  refreshSeconds:\n"),
      "Windows' ends of lines": project("name: multicloud-secrets\r\nruntime: nodejs\r\n"),
    }),
  ],
};

/** Names that a stack may be asked for by. */
export const stackNames: CaseClass = {
  title: "names of stacks",
  cases: [
    ...refused(
      Object.fromEntries(
        [
          "constructor",
          "toString",
          "__proto__",
          "hasOwnProperty",
          "tset",
          "Test",
          "test ",
          "prod",
          "",
          ".",
          "..",
          "../test",
          "test/test",
          "organization/multicloud-secrets/test",
          "::error::",
          "a\u001b[31m",
          "te\u0455t",
          "-",
          "--json",
          "a".repeat(200),
          "a".repeat(5000),
          ".test",
        ].map((name) => [
          JSON.stringify(name.slice(0, 40)) + (name.length > 40 ? ` (${name.length})` : ""),
          stack(name),
        ]),
      ),
    ),
    ...accepted({
      "a part of an environment": stack("test.payments"),
      "a stack called constructor that has a policy": (input) => {
        input.stack = "constructor";
        input.policies = { constructor: input.policies["test"] };
      },
    }),
  ],
};
