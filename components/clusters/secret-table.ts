import type { ApiPlace } from "./api-path.ts";
import { listAll, type ClusterClient, type Page } from "./client.ts";

/** Metadata and type of a Secret. */
export interface TypedMetadata {
  readonly metadata: object;
  readonly type?: string;
}

/**
 * Lists Secrets as the table that kubectl prints: per Secret its metadata and its type, which plain metadata lacks, and no
 * value.
 */
export function listTyped(client: ClusterClient, at: ApiPlace): Promise<readonly TypedMetadata[]> {
  return listAll(client, { at, accept: "application/json;as=Table;g=meta.k8s.io;v=v1" }, pageOf);
}

interface Table extends Pick<Page<never>, "metadata"> {
  readonly kind?: string;
  readonly columnDefinitions?: readonly { readonly name: string }[];
  readonly rows?:
    readonly { readonly cells: readonly unknown[]; readonly object?: { readonly metadata?: object } }[] | null;
}

function pageOf({ kind, metadata = {}, columnDefinitions = [], rows }: Table): Page<TypedMetadata> {
  // Anything else would read as an empty table, and each Secret that exists as one that does not.
  if (kind !== "Table") throw new Error("the API sent no table of Secrets, which was asked for");
  const column = columnDefinitions.findIndex(({ name }) => name === "Type");
  const items = (rows ?? []).map(({ cells, object }) => {
    const type = cells[column];
    return { metadata: object?.metadata ?? {}, ...(typeof type === "string" ? { type } : {}) };
  });
  return { metadata, items };
}
