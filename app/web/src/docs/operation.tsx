// One route of the API: its parameters, request body and responses.
import { follow, nameOf, repliesOf, typeText, type Document, type Parameter, type Route, type Schema } from "./openapi";

const kDeepest = 5;

export function Operation({ route, document }: { route: Route; document: Document }) {
  const { operation } = route;
  const body = Object.entries(operation.requestBody?.content ?? {});
  return (
    <article id={route.id} aria-labelledby={`${route.id}-name`}>
      <h2 id={`${route.id}-name`}>
        <span class={`method ${route.method.toLowerCase()}`}>{route.method}</span> <code>{route.path}</code>
      </h2>
      {route.summary && <p>{route.summary}</p>}
      {operation.description && operation.description !== route.summary && <p class="more">{operation.description}</p>}
      {route.parameters.length > 0 && <Parameters all={route.parameters} document={document} />}
      {body.map(([type, { schema }]) => (
        <section key={type}>
          <h3>Request body <small>{type}</small></h3>
          {schema && <Fields schema={schema} document={document} />}
        </section>
      ))}
      <section>
        <h3>Responses</h3>
        <ul class="replies">
          {repliesOf(document, route).map(({ statuses, reply }) => {
            const contents = Object.entries(reply.content ?? {});
            return (
              <li key={statuses[0]}>
                <details>
                  <summary>{statuses.map((status) => <><b key={status} class={status.startsWith("2") ? "good" : ""}>{status}</b> </>)}{reply.description}</summary>
                  {contents.map(([type, { schema }]) => (
                    <div key={type}>
                      <small>{type}{schema && nameOf(schema) && ` · ${nameOf(schema)}`}</small>
                      {schema && <Fields schema={schema} document={document} />}
                    </div>
                  ))}
                </details>
              </li>
            );
          })}
        </ul>
      </section>
    </article>
  );
}

function Parameters({ all, document }: { all: Parameter[]; document: Document }) {
  return (
    <section>
      <h3>Parameters</h3>
      <dl class="fields">
        {all.map((one) => (
          <div key={`${one.in} ${one.name}`}>
            <dt><code>{one.name}</code>{one.required && one.in !== "path" && <em>required</em>}{one.in !== "query" && <em>{one.in}</em>}</dt>
            <dd><span class="type">{typeText(document, one.schema)}</span>{(one.description ?? one.schema?.description) && <p>{one.description ?? one.schema?.description}</p>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Fields({ schema, document, depth = 0 }: { schema: Schema; document: Document; depth?: number }) {
  const at = follow(document, schema);
  if (at.type === "array" && at.items) return <Fields schema={at.items} document={document} depth={depth} />;
  const properties = Object.entries(at.properties ?? {});
  if (properties.length === 0) return <p class="type">{typeText(document, schema)}</p>;
  return (
    <dl class="fields">
      {properties.map(([name, one]) => {
        const inner = follow(document, one);
        const nested = follow(document, inner.type === "array" && inner.items ? inner.items : one);
        return (
          <div key={name}>
            <dt><code>{name}</code>{at.required?.includes(name) && <em>required</em>}</dt>
            <dd>
              <span class="type">{typeText(document, one)}</span>
              {(one.description ?? inner.description) && <p>{one.description ?? inner.description}</p>}
              {nested.properties && depth < kDeepest && (
                <details><summary>Fields</summary><Fields schema={one} document={document} depth={depth + 1} /></details>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
