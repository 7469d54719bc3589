import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { ZodError } from 'zod';
import type { Actor, AuditNote, Hub } from '../context.ts';
import { asHubError, HubError } from '../errors.ts';
import { makeContext, permit } from '../make-context.ts';
import { compressedFiles } from './compressed-files.ts';
import { allowedOrigin } from './origin.ts';
import { checkRoutes, type Route } from './routes.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** RFC 9457. */
export function sendProblem(response: Response, thrown: unknown): void {
  const error =
    thrown instanceof ZodError
      ? new HubError('invalid', { field: thrown.issues[0]?.path.join('.') ?? '' })
      : asHubError(bodyError(thrown));
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response
    .status(error.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        status: error.status,
        title: error.message,
        code: error.code,
        ...(error.details && { details: error.details }),
        ...error.extensions,
      }),
    );
}

/** What express's own body parser throws. */
function bodyError(thrown: unknown): unknown {
  const type = (thrown as { type?: unknown } | null)?.type;
  if (type === 'entity.too.large') return new HubError('too-large');
  if (
    typeof type === 'string' &&
    (type.startsWith('entity.') ||
      type.startsWith('encoding.') ||
      type.startsWith('charset.') ||
      type.startsWith('request.'))
  )
    return new HubError('malformed');
  // A compressed body that is none comes without a type, with the status alone.
  if (thrown instanceof URIError || (thrown as { status?: unknown } | null)?.status === 400)
    return new HubError('malformed');
  return thrown;
}

/** The web side of the hub: security headers, origin check, session, every declared route, the client's files. */
export function createHttpApp(options: {
  hub: Hub;
  routes: readonly Route[];
  session: RequestHandler;
  authenticate: (request: Request, authorization: string | undefined) => Promise<Actor | null>;
  clientFolder: string;
}): Express {
  const { hub } = options;
  checkRoutes(options.routes);
  const hasClient = existsSync(join(options.clientFolder, 'index.html'));
  const app = express();
  app.disable('x-powered-by');
  // What routes answer is never kept by a browser: hashing it would be for nothing.
  app.disable('etag');
  // An https address without a certificate of its own: a TLS proxy stands before the hub, here or on its own network,
  // and only its word makes a request secure enough for the session cookie.
  const behindProxy = hub.config.tls === null && hub.config.publicUrl?.startsWith('https:') === true;
  app.set('trust proxy', behindProxy ? ['loopback', 'uniquelocal'] : 'loopback');
  app.set('query parser', 'simple');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          mediaSrc: ["'self'", 'blob:'],
          connectSrc: ["'self'", 'ws:', 'wss:'],
          workerSrc: ["'self'"],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      strictTransportSecurity: hub.config.tls !== null || hub.config.publicUrl?.startsWith('https:') === true,
      crossOriginEmbedderPolicy: false,
    }),
  );
  app.use((request, _response, next) => {
    if (!SAFE.has(request.method) && !allowedOrigin(request.headers.origin, request.headers.host, hub.config.publicUrl))
      throw new HubError('foreign-origin');
    next();
  });
  app.use(options.session);
  // A person who scans the code of a printed report gets the client's page; programs get the route's JSON.
  app.get('/verify/:code', (request, response, next) => {
    if (!hasClient || request.accepts(['json', 'html']) !== 'html') return next();
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(join(options.clientFolder, 'index.html'));
  });

  for (const route of options.routes)
    app[route.method](route.path, (request, response, next) => void answer(route, request, response).catch(next));

  async function answer(route: Route, request: Request, response: Response) {
    const name = `${route.method.toUpperCase()} ${route.path}`;
    const endTimer = hub.metrics.requestSeconds.startTimer({ request: name });
    response.once('close', () => {
      endTimer();
      hub.metrics.requests.inc({
        request: name,
        result: response.statusCode < 400 ? 'ok' : String(response.statusCode),
      });
    });
    if (route.permission !== 'open') response.setHeader('Cache-Control', 'private, no-store');
    if (route.permission === 'open') return route.handle(request, response, hub);
    const actor = await options.authenticate(request, request.headers.authorization);
    if (actor === null) throw new HubError('unauthenticated');
    // A window left over from another sign-in must not act under the new name.
    const expected = request.headers['x-lianzhen-account'];
    if (typeof expected === 'string' && expected !== actor.accountId) throw new HubError('session-replaced');
    const context = makeContext(hub, actor, null);
    let subject: Awaited<ReturnType<Exclude<typeof route.subject, 'in-body' | undefined>>> = null;
    const noteOf = (outcome: 'done' | 'refused' | 'failed', code?: string): AuditNote => ({
      action: name,
      outcome,
      code,
      subject: subject === null ? undefined : { type: subject.type, id: subject.id, patientId: subject.patientId },
    });
    try {
      if (route.subject !== 'in-body') {
        subject = route.subject === undefined ? null : await route.subject(request, context);
        permit(actor, route.permission, subject);
      }
      const audited =
        route.method === 'get' &&
        (route.repeats === true ? hub.auditRead(actor, noteOf('done')) : context.audit(noteOf('done')));
      if (route.find === undefined) {
        await audited;
        return await route.handle(request, response, context);
      }
      const [send] = await Promise.all([route.find(request, context), audited]);
      send(response);
    } catch (thrown) {
      const error = thrown instanceof ZodError ? new HubError('invalid') : asHubError(bodyError(thrown));
      await context
        .audit(noteOf(error.code === 'internal' ? 'failed' : 'refused', error.code))
        .catch((auditError: unknown) => hub.log.error({ err: auditError }, 'a refusal could not be audited'));
      throw thrown;
    }
  }

  if (hasClient) {
    const assets = join(options.clientFolder, 'assets');
    app.use(
      '/assets',
      compressedFiles(assets),
      express.static(assets, { immutable: true, maxAge: '365d', fallthrough: false }),
    );
    app.use(express.static(options.clientFolder, { index: false, maxAge: 0 }));
    // The client's own addresses; anything that looks like an interface stays a plain 404.
    app.get(/^\/(?!api\/|dicom-web|fhir\/|socket\.io|verify\/|assets\/)/, (_request, response) => {
      response.setHeader('Cache-Control', 'no-cache');
      response.sendFile(join(options.clientFolder, 'index.html'));
    });
  }
  app.use(() => {
    throw new HubError('not-found');
  });
  app.use((thrown: unknown, request: Request, response: Response, _next: NextFunction) => {
    const status = (thrown as { status?: number } | null)?.status;
    const error = !(thrown instanceof HubError) && status === 404 ? new HubError('not-found') : thrown;
    if (!(error instanceof ZodError) && asHubError(bodyError(error)).code === 'internal')
      hub.log.error({ err: thrown, method: request.method, path: request.route?.path }, 'request failed');
    sendProblem(response, error);
  });
  return app;
}
