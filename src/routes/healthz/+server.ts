/** The process answers; nothing more is promised. */
export const GET = () => new Response('ok', { headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } });
