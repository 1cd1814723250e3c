import { randomUUID } from "node:crypto";
import type { Protocol } from "./call.ts";

/** An answer of the front or of moto. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A refusal in AWS' own words. Thrown anywhere below a call; the protocol decides how it is written. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = "AwsError";
    this.code = code;
    this.status = status;
  }
}

const XML = { STS: "https://sts.amazonaws.com/doc/2011-06-15/", IAM: "https://iam.amazonaws.com/doc/2010-05-08/" };

/** Writes an error as the protocol does: JSON 1.1 with `__type`, the Query protocol's XML, or REST JSON with a header. */
export function errorAnswer(protocol: Protocol, { code, message, status }: AwsError): Answer {
  const id = randomUUID();
  switch (protocol) {
    case "json":
      // The member is "Message" in some services and "message" in others; clients read both.
      return json(status, { __type: code, message, Message: message }, id);
    case "rest":
      return {
        ...json(status, { message }, id),
        headers: { ...json(status, {}, id).headers, "x-amzn-ErrorType": code },
      };
    case "query":
      return xml(
        status,
        `<ErrorResponse xmlns="${XML.STS}"><Error><Type>Sender</Type><Code>${code}</Code>` +
          `<Message>${escapeXml(message)}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>`,
      );
  }
}

/** A JSON answer. */
export function jsonAnswer(body: unknown, status = 200): Answer {
  return json(status, body, randomUUID());
}

/** The answer of an STS action: `<ActionResponse><ActionResult>…`. */
export function stsAnswer(action: string, result: string): Answer {
  return queryAnswer(XML.STS, action, result);
}

/** The answer of an IAM action. */
export function iamAnswer(action: string, result: string): Answer {
  return queryAnswer(XML.IAM, action, result);
}

function queryAnswer(namespace: string, action: string, result: string): Answer {
  return xml(
    200,
    `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${action}Response>`,
  );
}

/** Text as XML content. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function json(status: number, body: unknown, id: string): Answer {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": id };
  return { status, headers, body: JSON.stringify(body) };
}

function xml(status: number, body: string): Answer {
  return { status, headers: { "content-type": "text/xml" }, body };
}
