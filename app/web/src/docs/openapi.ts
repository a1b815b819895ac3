// The parts of OpenAPI 3.1 that this page shows.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  format?: string;
  oneOf?: Schema[];
  anyOf?: Schema[];
  additionalProperties?: Schema | boolean;
}
interface Content {
  [mediaType: string]: { schema?: Schema };
}
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
interface Reply {
  $ref?: string;
  description?: string;
  content?: Content;
}
interface OperationObject {
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content?: Content; required?: boolean };
  responses?: Record<string, Reply>;
  security?: Record<string, string[]>[];
}
export interface Document {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, OperationObject | Parameter[]>>;
  components?: Record<string, Record<string, unknown>>;
}
export interface Route {
  id: string;
  method: string;
  path: string;
  summary: string;
  operation: OperationObject;
  parameters: Parameter[];
}

const kMethods = ["get", "post", "put", "patch", "delete"];

// Resolves references such as "#/components/schemas/Song".
export function follow<T extends { $ref?: string }>(document: Document, one: T): T {
  let now = one;
  for (let i = 0; now.$ref && i < 16; i++) {
    const parts = now.$ref.replace(/^#\//, "").split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    now = (parts.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document) ?? {}) as T;
  }
  return now;
}

export const nameOf = (schema: Schema) => schema.$ref?.split("/").pop() ?? "";

export function operationsOf(document: Document): Route[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    kMethods.flatMap((method) => {
      const operation = item[method] as OperationObject | undefined;
      if (!operation) return [];
      const shared = (item.parameters as Parameter[] | undefined) ?? [];
      const parameters = [...shared, ...(operation.parameters ?? [])].map((one) => follow(document, one as Parameter & { $ref?: string }));
      const id = `${method}${path.replace(/[^a-z0-9]+/gi, "-")}`.replace(/-$/, "");
      return [{ id, method: method.toUpperCase(), path, summary: operation.summary ?? "", operation, parameters }];
    }),
  );
}

// Groups statuses that have the same response, mostly errors.
export function repliesOf(document: Document, { operation }: Route): { statuses: string[]; reply: Reply }[] {
  const together = new Map<string, { statuses: string[]; reply: Reply }>();
  for (const [status, given] of Object.entries(operation.responses ?? {})) {
    const reply = follow(document, given);
    const key = JSON.stringify(reply);
    const same = together.get(key);
    if (same) same.statuses.push(status);
    else together.set(key, { statuses: [status], reply });
  }
  return [...together.values()];
}

// "number, 0 to 1, default 0.2"
export function typeText(document: Document, schema: Schema | undefined): string {
  if (!schema) return "";
  const at = follow(document, schema);
  const choices = at.oneOf ?? at.anyOf;
  if (choices) return choices.map((one) => typeText(document, one)).join(" or ");
  const parts: string[] = [];
  const name = nameOf(schema);
  const type = Array.isArray(at.type) ? at.type.join(" or ") : (at.type ?? "");
  if (at.enum) parts.push(at.enum.map(String).join(" | "));
  else if (at.const !== undefined) parts.push(String(at.const));
  else if (type === "array") parts.push(`list of ${typeText(document, at.items) || "anything"}`);
  else parts.push(name || type || "anything");
  if (at.minimum !== undefined && at.maximum !== undefined) parts.push(`${at.minimum} to ${at.maximum}`);
  else if (at.minimum !== undefined) parts.push(`at least ${at.minimum}`);
  else if (at.maximum !== undefined) parts.push(`at most ${at.maximum}`);
  if (at.maxItems !== undefined) parts.push(`at most ${at.maxItems}`);
  if (at.default !== undefined && at.default !== "") parts.push(`default ${JSON.stringify(at.default)}`);
  return parts.join(", ");
}
