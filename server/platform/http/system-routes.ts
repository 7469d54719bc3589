import type { Route } from './routes.ts';

/** What monitors and outsiders ask: alive, ready, counts, and the list of routes itself. */
export function systemRoutes(routes: () => readonly Route[]): Route[] {
  return [
    {
      method: 'get',
      path: '/healthz',
      summary: 'The process is up.',
      permission: 'open',
      handle: async (_request, response) => void response.json({ status: 'up' }),
    },
    {
      method: 'get',
      path: '/readyz',
      summary: 'Store, blobs and SFU are ready.',
      permission: 'open',
      async handle(_request, response, hub) {
        const media = hub.media.status();
        const parts = { store: hub.store.ready(), blobs: await hub.blobs.ready(), sfu: media.ready };
        response.status(Object.values(parts).every(Boolean) ? 200 : 503).json(parts);
      },
    },
    {
      method: 'get',
      path: '/metrics',
      summary: 'Prometheus counts.',
      permission: 'open',
      async handle(_request, response, hub) {
        response.type(hub.metrics.registry.contentType).send(await hub.metrics.registry.metrics());
      },
    },
    {
      method: 'get',
      path: '/openapi.json',
      summary: 'This list, as OpenAPI 3.1.',
      permission: 'open',
      handle: async (_request, response) => void response.json(openApi(routes())),
    },
    {
      method: 'get',
      path: '/docs',
      summary: 'This list, to read.',
      permission: 'open',
      async handle(_request, response) {
        const rows = routes().map(
          (route) =>
            `<tr><td><code>${route.method.toUpperCase()}</code></td><td><code>${route.path}</code></td><td>${route.summary}</td><td>${route.permission}</td></tr>`,
        );
        response
          .type('html')
          .send(
            `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lianzhen HTTP</title><style>body{font:16px/1.5 system-ui;margin:2rem}td{padding:.25rem .75rem;border-bottom:1px solid #ddd}</style><h1>联诊 · HTTP</h1><p><a href="/openapi.json">openapi.json</a></p><table>${rows.join('')}</table></html>`,
          );
      },
    },
  ];
}

function openApi(routes: readonly Route[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const parameters = [...route.path.matchAll(/:(\w+)/g)].map((match) => ({
      name: match[1],
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    (paths[path] ??= {})[route.method] = {
      summary: route.summary,
      parameters,
      security: route.permission === 'open' ? [] : [{ session: [] }, { token: [] }],
      'x-permission': route.permission,
      responses: { default: { description: 'The answer, or application/problem+json (RFC 9457) with a code.' } },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Lianzhen 联诊', version: '0.1.0' },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'lianzhen.sid' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}
