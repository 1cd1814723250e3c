import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../sandbox/support/errors.ts";
import { decode, fingerprint, readSecret } from "../support/cluster.ts";

/** One login with what the Secret said at that moment. */
export interface Attempt {
  /** Which password it was, in a form that may be printed. */
  readonly print: string;
  readonly username: string;
  /** Why the server refused it. Absent where it did not. */
  readonly refusal?: string;
}

/** A server that can be logged in to. */
interface Server {
  readonly logIn: (login: { readonly user: string; readonly password: string }) => Promise<void>;
}

/** How often a client logs in, in milliseconds: each with a connection of its own, as after a restart. */
const period = 20;

/** A client that reads its Secret and logs in with what it says, again and again, until `body` is done. */
export async function loggingIn(
  server: Server,
  secret: { readonly namespace: string; readonly name: string },
  body: () => Promise<void>,
): Promise<readonly Attempt[]> {
  const attempts: Promise<Attempt>[] = [];
  let done = false;
  const client = (async () => {
    while (!done) {
      attempts.push(attempt(server, await login(secret)));
      await sleep(period);
    }
  })();
  try {
    await body();
  } finally {
    done = true;
    await client;
  }
  return Promise.all(attempts);
}

/** What a Secret says. */
export async function login({ namespace, name }: { readonly namespace: string; readonly name: string }) {
  const secret = await readSecret(namespace, name);
  if (secret === undefined) throw new Error(`there is no Secret ${namespace}/${name}`);
  const { username = "", password = "" } = decode(secret);
  return { username, password };
}

async function attempt(
  server: Server,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<Attempt> {
  const made = { print: fingerprint(password), username };
  try {
    await server.logIn({ user: username, password });
    return made;
  } catch (error) {
    return { ...made, refusal: messageOf(error) };
  }
}
