/** Liveness check: succeeds whenever the process responds. `/readyz` checks database, disk and jobs. */
export const GET = () => new Response('ok', { headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } });
