/** What the SDK's errors carry. */
interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Errors that a Go client does not know by type and shows as "api error". */
const UNMODELED =
  /^(AccessDenied|Throttl|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|Validation(Exception|Error)$)/;

/** A refusal of AWS, in the words of the official plugin (aws-sdk-go-v2): they are what people search for. */
export class AwsCallError extends Error {
  /** AWS' own code, such as `ResourceNotFoundException`. */
  readonly code: string;

  constructor(service: string, operation: string, error: SdkError) {
    const { httpStatusCode = 0, requestId = "" } = error.$metadata ?? {};
    const kind = UNMODELED.test(error.name) ? "api error " : "";
    super(
      `operation error ${service}: ${operation}, https response error StatusCode: ${httpStatusCode}, RequestID: ${requestId}, ` +
        `${kind}${error.name}: ${error.message}`,
      { cause: error },
    );
    this.name = "AwsCallError";
    this.code = error.name;
  }
}

/** Waits for a call and puts a refusal into the official plugin's words. */
export async function said<Output>(service: string, operation: string, call: Promise<Output>): Promise<Output> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof Error ? new AwsCallError(service, operation, error) : error;
  }
}

/** Says what was being done when a call failed: "creating SSM Parameter (/a/b): operation error …". */
export async function doing<Output>(what: string, work: () => Promise<Output>): Promise<Output> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    throw new Error(`${what}: ${error.message}`, { cause: error });
  }
}

/** The result, or undefined when AWS answers with one of these codes. */
export async function unless<Output>(
  codes: readonly string[],
  work: () => Promise<Output>,
): Promise<Output | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AwsCallError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
