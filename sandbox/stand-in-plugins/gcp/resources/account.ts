import { type PropertyMap, textOf } from "../../support/values.ts";
import { projectOf } from "../names.ts";
import type { GcpResource } from "../resource.ts";
import { gone, wrapped } from "./secret.ts";

const IAM = "https://iam.googleapis.com/v1";

/** A service account (google/services/resourcemanager/resource_google_service_account.go). */
export const account: GcpResource = {
  fields: {
    accountId: { forceNew: true },
    project: { forceNew: true, computed: true },
    displayName: { fallback: "" },
    description: { fallback: "" },
    disabled: { fallback: false },
    deletionPolicy: { fallback: "DELETE" },
  },
  required: [],
  computed: ["email", "uniqueId", "name", "member"],
  secretOutputs: [],
  autoname: "accountId",
  validate: ({ accountId }) =>
    /^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/.test(textOf(accountId))
      ? []
      : [
          {
            property: "accountId",
            reason: `accountId must have 6 to 30 of a-z, 0-9 and -, and start with a letter: ${textOf(accountId)}`,
          },
        ],
  // Google makes the address from the id: it is known before the account is there.
  planned: planned,
  create: async (context, inputs) => {
    const { displayName, description } = inputs;
    const body = {
      accountId: textOf(inputs["accountId"]),
      serviceAccount: { displayName: textOf(displayName), description: textOf(description) },
    };
    try {
      const url = `${IAM}/projects/${projectOf(inputs, context)}/serviceAccounts`;
      const created = await context.api.call("POST", url, { body, signal: context.signal });
      const name = textOf(created["name"]);
      if (inputs["disabled"] === true)
        await context.api.call("POST", `${IAM}/${name}:disable`, { body: {}, signal: context.signal });
      return name;
    } catch (error) {
      throw wrapped("Error creating service account", error);
    }
  },
  update: async (context, id, { inputs, of }) => {
    if (of("disabled")) {
      const verb = inputs["disabled"] === true ? "disable" : "enable";
      await context.api.call("POST", `${IAM}/${id}:${verb}`, { body: {}, signal: context.signal });
    }
    const mask = [...(of("description") ? ["description"] : []), ...(of("displayName") ? ["display_name"] : [])];
    if (mask.length === 0) return;
    const serviceAccount = { displayName: textOf(inputs["displayName"]), description: textOf(inputs["description"]) };
    const body = { updateMask: mask.join(","), serviceAccount };
    await context.api.call("PATCH", `${IAM}/${id}`, { body, signal: context.signal });
  },
  read: async (context, id) => {
    const found = await context.api.find(`${IAM}/${id}`, { signal: context.signal });
    if (found === undefined) return undefined;
    const email = textOf(found["email"]);
    return {
      email,
      member: `serviceAccount:${email}`,
      name: textOf(found["name"]),
      uniqueId: textOf(found["uniqueId"]),
      project: textOf(found["projectId"]),
      accountId: email.split("@")[0] ?? "",
      displayName: textOf(found["displayName"]),
      description: textOf(found["description"]),
      disabled: found["disabled"] === true,
    };
  },
  remove: async (context, id, { deletionPolicy }) => {
    if (deletionPolicy === "PREVENT") {
      throw new Error(
        `cannot destroy service account without setting deletion_policy="DELETE" and running \`pulumi up\`: ${id}`,
      );
    }
    if (deletionPolicy === "ABANDON") return;
    await gone(context.api.call("DELETE", `${IAM}/${id}`, { signal: context.signal }));
  },
};

// CustomizeDiff of the newer provider versions sets email and member at plan time.
function planned({ accountId, project }: PropertyMap): PropertyMap {
  if (typeof accountId !== "string" || typeof project !== "string") return {};
  const email = `${accountId}@${project}.iam.gserviceaccount.com`;
  return { email, member: `serviceAccount:${email}` };
}
