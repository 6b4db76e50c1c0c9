import { problem } from '#lib/server/web/http/error-responses.ts';

/** Unknown API addresses get a problem response instead of an HTML page. */
export const fallback = () => problem(404);
