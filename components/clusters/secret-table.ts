import type * as Client from "@kubernetes/client-node";

/**
 * Makes the API send Secrets as the table that kubectl prints: per Secret its metadata and its type, which plain metadata
 * lacks, and no value. The client knows lists only, so each row becomes an item of one.
 */
export function asTypedMetadata(library: typeof Client): Options {
  const header = library.setHeaderMiddleware("accept", table);
  return {
    middleware: [{ ...header, post: (response) => header.post(response).pipe(withList) }],
    middlewareMergeStrategy: "append",
  };
}

type Options = ReturnType<typeof Client.setHeaderOptions>;
type Response = Parameters<ReturnType<typeof Client.setHeaderMiddleware>["post"]>[0];

const table = "application/json;as=Table;g=meta.k8s.io;v=v1";

interface Table {
  readonly kind?: string;
  readonly metadata?: object;
  readonly columnDefinitions?: readonly { readonly name: string }[];
  readonly rows?: readonly { readonly cells: readonly unknown[]; readonly object?: { readonly metadata?: object } }[];
}

async function withList(response: Response): Promise<Response> {
  if (response.httpStatusCode !== 200) return response;
  const text = JSON.stringify(listOf(JSON.parse(await response.body.text()) as Table));
  response.body = {
    text: () => Promise.resolve(text),
    binary: () => Promise.resolve(Buffer.from(text)),
    stream: () => new Response(text).body,
  };
  return response;
}

function listOf({ kind, metadata = {}, columnDefinitions = [], rows = [] }: Table): object {
  // Anything else would read as an empty table, and each Secret that exists as one that does not.
  if (kind !== "Table") throw new Error("the API sent no table of Secrets, which was asked for");
  const column = columnDefinitions.findIndex(({ name }) => name === "Type");
  const items = rows.map(({ cells, object }) => ({ metadata: object?.metadata ?? {}, type: cells[column] }));
  return { apiVersion: "v1", kind: "SecretList", metadata, items };
}
