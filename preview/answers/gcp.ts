import { text, type Answers } from "./contract.ts";

const kind = "gcp-secret-manager";

/** Functions of the Google Cloud provider. */
export const gcp: Answers = {
  /** Google finds the filter `name:<part>` anywhere in a name. */
  "gcp:secretmanager/getSecrets:getSecrets": (inputs, { accounts, names, labels }) => {
    const project = text(inputs["project"]);
    const [, part = ""] = /^name:(.+)$/.exec(text(inputs["filter"])) ?? [];
    const prefix = `projects/${project}/secrets/`;
    const ids = names(kind)
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .filter((id) => id.includes(part));
    return {
      ...inputs,
      id: prefix,
      secrets: ids.map((secretId) => ({
        secretId,
        project,
        // Inputs name the project by its id; Google answers with its number.
        name: `projects/${accounts.projectNumber}/secrets/${secretId}`,
        effectiveLabels: labels?.(kind, `${prefix}${secretId}`) ?? {},
        replications: [{ autos: [{ customerManagedEncryptions: [] }], userManageds: [] }],
      })),
    };
  },
  /** A project without audit logs of its own; rights are not asked for here. */
  "gcp:projects/getIamPolicy:getIamPolicy": (inputs) => ({
    ...inputs,
    id: inputs["project"],
    etag: "",
    policyData: "{}",
  }),
  "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess": (inputs, { read }) => {
    const name = `projects/${text(inputs["project"])}/secrets/${text(inputs["secret"])}`;
    const held = read(kind, name);
    if (held === undefined) {
      throw new Error(
        `Error retrieving available secret manager secret version access: googleapi: Error 404: Secret [${name}] not found or has no versions.`,
      );
    }
    // Which versions a secret has, nobody knows here: each that is asked for.
    const version = text(inputs["version"]).replace("latest", "") || String(held.version);
    return { ...inputs, id: `${name}/versions/${version}`, name, secretData: held.payload, version };
  },
};
