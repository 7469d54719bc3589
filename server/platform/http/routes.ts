import type { Request, Response } from 'express';
import { policy, type Permission } from '../../permissions/policy.ts';
import type { ActionContext, Hub, Subject } from '../context.ts';

/**
 * One HTTP route. `open` ones get the hub; all others get a context whose actor has been permitted. A GET is audited
 * before it is answered; what changes something streams first and then commits in one short step with context.commit,
 * which holds its audit entry.
 */
export type Route = {
  method: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options';
  /** Express 5 path. */
  path: string;
  /** One line for /openapi.json. */
  summary: string;
} & (
  | { permission: 'open'; handle: (request: Request, response: Response, hub: Hub) => Promise<void> }
  | ({
      permission: Exclude<Permission, 'open'>;
      /**
       * Loads what the permission is decided on; required where the permission is about a record. `in-body`: only
       * the body says which record, and the action calls context.permit itself before it does anything.
       */
      subject?: ((request: Request, context: ActionContext) => Promise<Subject | null>) | 'in-body';
      /** A GET that a reader repeats, frame by frame: the trail counts it as one act instead of naming each. */
      repeats?: true;
    } & (
      | { handle: (request: Request, response: Response, context: ActionContext) => Promise<void>; find?: undefined }
      | {
          /** Of a GET: looks while the read is being audited; what it gives back then sends what it found. */
          find: (request: Request, context: ActionContext) => Promise<(response: Response) => void>;
        }
    ))
);

/** Refuses to start a hub in which a route lacks a declared permission. */
export function checkRoutes(routes: readonly Route[]): void {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const route of routes) {
    const name = `${route.method.toUpperCase()} ${route.path}`;
    if (seen.has(name)) problems.push(`${name} is declared twice`);
    seen.add(name);
    if (!Object.hasOwn(policy, route.permission)) problems.push(`${name} declares no known permission`);
    else if (
      policy[route.permission].scope === 'record' &&
      (route.permission === 'open' || route.subject === undefined)
    )
      problems.push(`${name} names no record for ${route.permission}`);
  }
  if (problems.length > 0) throw new Error(`HTTP routes are not declared as they must be:\n${problems.join('\n')}`);
}
