import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { realClock, type Clock } from "../../support/clock.ts";

/** A request as it is sent. Its headers and its body may hold passwords. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** At most `mostBytes` of it. It may quote what was sent: for programs to read, never for messages. */
  readonly body: string;
  /** Whether it sends the client elsewhere. Nothing follows it: the values would go to another place than facts name. */
  readonly isRedirect: boolean;
}

export interface SendOptions {
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
  /** Statuses that are an answer for good. Default: all but 429 and 5xx. */
  readonly final?: readonly number[];
  readonly clock?: Clock;
}

/** Longest wait for one answer, in milliseconds. */
const patience = 10_000;
/** Most attempts of one request. */
const mostAttempts = 4;
/** Longest wait between two attempts, in milliseconds: a server that asks for more is answered by a failed run. */
const mostWait = 20_000;
/** Most bytes of an answer that are kept. */
const mostBytes = 1024 * 1024;

/**
 * Sends a request over HTTP(S). An answer of 429 or 5xx is tried again, later each time or when `Retry-After` says (RFC 9110, 10.2.3);
 * what is sent must be safe to repeat. Redirects are not followed.
 *
 * @returns the last answer, whatever its status is.
 * @throws what kept the server from answering: an error of Node's, which quotes nothing that was sent.
 */
export async function send(request: HttpRequest, options: SendOptions = {}): Promise<HttpAnswer> {
  const { caBundle, final = [], clock = realClock } = options;
  for (let attempt = 1; ; attempt += 1) {
    const { retryAfter, date, ...answer } = await sendOnce(request, caBundle);
    if (!isTemporary(answer.status) || final.includes(answer.status) || attempt === mostAttempts) return answer;
    const wait = retryAfter === undefined ? 500 * 2 ** attempt : retryAfterMilliseconds(retryAfter, date);
    if (wait > mostWait) return answer;
    await clock.sleep(wait);
  }
}

/** 501 says that the server will never do it. */
function isTemporary(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/**
 * What `Retry-After` asks for: seconds, or a date, which is compared with the answer's own `Date`, since clocks differ.
 * Something else counts as a second. Pure.
 */
export function retryAfterMilliseconds(header: string, answeredAt = ""): number {
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const wait = Date.parse(header) - Date.parse(answeredAt);
  return Number.isNaN(wait) ? 1000 : Math.max(0, wait);
}

function sendOnce(
  { method, url, headers, body }: HttpRequest,
  caBundle: string | undefined,
): Promise<HttpAnswer & { readonly retryAfter?: string; readonly date?: string }> {
  return new Promise((resolve, reject) => {
    const ask = url.protocol === "https:" ? overHttps : overHttp;
    const signal = AbortSignal.timeout(patience);
    const fail = (error: unknown) => {
      reject(signal.aborted ? new Error(`no answer within ${patience / 1000} s`) : asError(error));
    };
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const options = {
      method,
      headers: { Accept: "application/json", "User-Agent": "multicloud-secrets", ...headers, ...length },
      signal,
      // A connection of its own: none stays open when the program is done.
      agent: false,
      ...(caBundle === undefined ? {} : { ca: caBundle }),
    };
    const sent = ask(url, options, (response) => {
      const parts: Buffer[] = [];
      let kept = 0;
      response.on("data", (part: Buffer) => {
        const taken = part.subarray(0, mostBytes - kept);
        kept += taken.length;
        if (taken.length > 0) parts.push(taken);
      });
      response.on("error", fail);
      response.on("end", () => {
        const { statusCode: status = 0 } = response;
        const { date, "retry-after": retryAfter } = response.headers;
        resolve({
          status,
          body: Buffer.concat(parts).toString("utf8"),
          isRedirect: status >= 300 && status < 400 && response.headers.location !== undefined,
          ...(retryAfter === undefined ? {} : { retryAfter }),
          ...(date === undefined ? {} : { date }),
        });
      });
    });
    sent.on("error", fail);
    sent.end(body);
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
