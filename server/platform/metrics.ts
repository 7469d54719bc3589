import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Counts for /metrics (Prometheus); never a name, an id or anything clinical. */
export function openMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Counter({
      name: 'lianzhen_requests_total',
      help: 'Requests by name and result.',
      labelNames: ['request', 'result'],
      registers: [registry],
    }),
    requestSeconds: new Histogram({
      name: 'lianzhen_request_seconds',
      help: 'Time from arrival to reply.',
      labelNames: ['request'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [registry],
    }),
    windows: new Gauge({ name: 'lianzhen_windows', help: 'Connected browser windows.', registers: [registry] }),
  };
}
export type Metrics = ReturnType<typeof openMetrics>;
