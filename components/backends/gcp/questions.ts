import { readFile } from "node:fs/promises";
import type { AuthClient, JWTInput } from "google-auth-library";
import { messageOf } from "../../support/messages/errors.ts";
import { remembered } from "../../support/remembered.ts";
import { childOf } from "../../support/value-at.ts";
import type { Told } from "../examiner.ts";

/** An environment variable of whoever asks. */
type Variable = (name: string) => string | undefined;

/** A JSON object of Google's. */
export type GoogleJson = Readonly<Record<string, unknown>>;

/** Reads a URL of Google's APIs. `POST` for what only that reads, such as the policy of a service account. */
export type AskGoogle = (url: string, method?: "GET" | "POST") => Promise<Told<GoogleJson>>;

const scope = "https://www.googleapis.com/auth/cloud-platform";

/** How long an answer may take, in milliseconds. */
const patience = 20_000;

/**
 * The deployer's credentials, by the variables that Pulumi's provider reads: an access token, a key or a configuration (its
 * text or its file), or else those of `gcloud` and of the machine.
 */
export async function deployerClient(variable: Variable): Promise<AuthClient> {
  const { GoogleAuth, OAuth2Client } = await import("google-auth-library");
  const token = variable("GOOGLE_OAUTH_ACCESS_TOKEN") ?? "";
  if (token !== "") {
    const client = new OAuth2Client();
    client.setCredentials({ access_token: token });
    return client;
  }
  const given = variable("GOOGLE_CREDENTIALS") ?? variable("GOOGLE_APPLICATION_CREDENTIALS") ?? "";
  if (given === "") return new GoogleAuth({ scopes: [scope] }).getClient();
  const text = given.trimStart().startsWith("{") ? given : await readFile(given, "utf8");
  return new GoogleAuth({ scopes: [scope], credentials: credentialsIn(text) }).getClient();
}

function credentialsIn(text: string): JWTInput {
  try {
    return JSON.parse(text) as JWTInput;
  } catch {
    // The parser's own message quotes the text.
    throw new Error("GOOGLE_CREDENTIALS is neither JSON nor the path of a file with JSON");
  }
}

/** Asks Google with these credentials; what is asked twice is read once, but for values. */
export function googleQuestions(client: AuthClient): AskGoogle {
  const ask: AskGoogle = async (url, method = "GET") => {
    try {
      const { status, data } = await client.request<unknown>({
        url,
        method,
        timeout: patience,
        responseType: "json",
        validateStatus: () => true,
      });
      return told(status, typeof data === "object" && data !== null ? (data as GoogleJson) : {});
    } catch (error) {
      return { refused: messageOf(error).split("\n")[0] ?? "" };
    }
  };
  const once = remembered(ask);
  return (url, method) => (url.endsWith(":access") ? ask(url, method) : once(url, method));
}

function told(status: number, body: GoogleJson): Told<GoogleJson> {
  if (status === 404) return { absent: true };
  if (status >= 200 && status < 300) return { value: body };
  const message = childOf(childOf(body, "error"), "message");
  return { refused: typeof message === "string" ? (message.split("\n")[0] ?? "") : `Google answered ${status}` };
}
